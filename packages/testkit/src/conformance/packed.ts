/**
 * Packed variables that are assigned one after another, each from values of the same pack, before anything is read:
 * joins that are made of slices of joins. Held against the interpreter, for every number of variables up to 24.
 */
import { type Device, interpreter, packVariables, sin, type Tensor, tensor, variable } from '@hadal/core';
import { type Result, requireClose } from '../compare';
import { input, makeValues } from '../inputs';
import { type Random, seededRandom, shuffled } from '../random';
import { toleranceOf } from '../tolerance';
import type { CaseContext, ConformanceCase } from './case';

const MOST_VARIABLES = 24;
/** Few, so that many variables are of one size and could share a kernel. */
const SIZES = [3, 3, 3, 4];

interface Pack {
  /** All of the pack, as it is by now. */
  readonly whole: Tensor;
  readonly own: Tensor;
  readonly random: Random;
}

const window = (whole: Tensor, size: number, random: Random): Tensor => {
  const start = Math.floor(random() * (whole.size - size + 1));
  return whole.slice(start, start + size);
};

/** What a variable is given: made of itself, or of elements that may belong to several variables. */
const UPDATES: readonly ((pack: Pack) => Tensor)[] = [
  ({ own }) => own.add(1),
  ({ own, whole, random }) => own.sub(window(whole, own.size, random).mul(0.5)),
  ({ own, whole, random }) => sin(window(whole, own.size, random)).add(own),
  ({ own, whole }) => own.mul(0.5).add(whole.mean()),
  ({ whole, own, random }) => window(whole, own.size, random),
];

/** The pack and its variables after each was assigned once, in random order. */
async function assigned(
  device: Device,
  count: number,
  seed: number,
  updates: typeof UPDATES,
): Promise<Result[]> {
  const random = seededRandom(seed, `${count} packed variables`);
  const variables = Array.from({ length: count }, () => {
    const shape = [SIZES[Math.floor(random() * SIZES.length)] ?? 1];
    return variable(tensor(makeValues(input(shape), random), { shape, device }));
  });
  const pack = packVariables(variables);
  if (random() < 0.5) await pack.value.data();
  for (const index of shuffled(random, count)) {
    const update = updates[Math.floor(random() * updates.length)];
    const target = variables[index];
    if (update !== undefined) target?.assign(update({ whole: pack.value, own: target.value, random }));
  }
  return Promise.all(
    [pack, ...variables].map(async ({ value }) => ({ shape: value.shape, values: await value.data() })),
  );
}

const reference = interpreter();

/** Cases of packs of one to 24 variables, each assigned from itself alone, and from anything in the pack. */
export function packedCases({ device, seed }: CaseContext): ConformanceCase[] {
  const ways = [
    ['themselves', UPDATES.slice(0, 1)],
    ['the pack', UPDATES],
  ] as const;
  return ways.map(([source, updates]) => ({
    group: 'variables',
    name: `that are packed are assigned from ${source}, however many they are`,
    run: async () => {
      const made = await device();
      for (let count = 1; count <= MOST_VARIABLES; count++) {
        const actual = await assigned(made, count, seed, updates);
        const expected = await assigned(reference, count, seed, updates);
        expected.forEach((result, index) => {
          const found = actual[index] ?? { shape: [], values: new Float32Array() };
          try {
            requireClose(found, result, toleranceOf('float32', 'elementary'));
          } catch (error) {
            throw new Error(`${count} variables, result ${index}: ${String(error)}`, { cause: error });
          }
        });
      }
    },
  }));
}
