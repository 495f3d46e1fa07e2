/** Recurrent cells as one call for all steps, with what the scheduler hands over, against the interpreter. */
import {
  compile,
  type Device,
  type GruOptions,
  gradients,
  gru,
  interpreter,
  type LstmOptions,
  lstm,
  profile,
  sum,
  type Tensor,
  tensor,
} from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpu } from '../../src/index';
import { largestError, noise, sizeOf } from './harness';

/** Sums of a few hundred steps, each within some units in the last place. */
const TOLERANCE = 1e-5;

let device: Device;
beforeAll(async () => {
  device = await cpu();
});

const random = (shape: readonly number[], seed: number, on: Device, scale = 1): Tensor => {
  const next = noise(seed);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => scale * next()),
    { shape, device: on },
  );
};

/** Sequences, steps and units around the widths of vectors, panels, tiles, and of what goes through a step together. */
const EXTENTS = [
  [1, 4, 1],
  [3, 5, 3],
  [6, 3, 8],
  [25, 4, 13],
  [31, 3, 34],
] as const;
const FEATURES = 3;

interface Case {
  readonly name: string;
  readonly gates: number;
  run(
    x: Tensor,
    kernel: Tensor,
    recurrentKernel: Tensor,
    bias: Tensor,
    options: LstmOptions & GruOptions,
  ): Tensor[];
}

const CELLS: readonly Case[] = [
  {
    name: 'lstm',
    gates: 4,
    run: (x, kernel, recurrentKernel, bias, options) => {
      const { outputs, hidden, cell } = lstm(x, { kernel, recurrentKernel, bias }, options);
      return [outputs, hidden, cell];
    },
  },
  ...[true, false].map(
    (resetAfter): Case => ({
      name: resetAfter ? 'gru whose gate meets the product' : 'gru whose gate meets the state',
      gates: 3,
      run: (x, kernel, recurrentKernel, bias, options) => {
        const { outputs, hidden } = gru(x, { kernel, recurrentKernel, bias }, { ...options, resetAfter });
        return [outputs, hidden];
      },
    }),
  ),
];

async function resultsOn(
  on: Device,
  { gates, run }: Case,
  [batch, length, units]: readonly number[],
  options: { readonly reverse: boolean; readonly isMasked: boolean; readonly isMoved: boolean },
): Promise<ArrayLike<number>[]> {
  const { reverse, isMasked, isMoved } = options;
  const [b = 0, l = 0, u = 0] = [batch, length, units];
  // Either as it lies in memory, or with the axes of time and sequences exchanged.
  const x = isMoved ? random([l, b, FEATURES], 1, on).transpose([1, 0, 2]) : random([b, l, FEATURES], 1, on);
  const kernel = random([FEATURES, gates * u], 2, on);
  const recurrentKernel = isMoved
    ? random([gates * u, u], 3, on, 1 / u).transpose()
    : random([u, gates * u], 3, on, 1 / u);
  const bias = random([gates * u], 4, on);
  const operands = [x, kernel, recurrentKernel, bias];
  const mask = isMasked ? random([b, l], 5, on).greater(-0.5) : undefined;
  const results = run(x, kernel, recurrentKernel, bias, { reverse, ...(mask && { mask }) });
  const loss = results.map((result, i) => sum(result.mul(result).mul(i + 1))).reduce((a, c) => a.add(c));
  const found = [...results, ...gradients(loss, operands)];
  return Promise.all(found.map((each) => each.data()));
}

describe.each(CELLS)('$name', (cell) => {
  for (const extents of EXTENTS) {
    for (const [reverse, isMasked, isMoved] of [
      [false, false, false],
      [true, false, true],
      [false, true, true],
      [true, true, false],
    ] as const) {
      const how = [reverse && 'from the end', isMasked && 'under a mask', isMoved && 'moved'].filter(Boolean);
      it(`of ${extents} agrees with the interpreter ${how.join(', ')}`, async () => {
        const options = { reverse, isMasked, isMoved };
        const actual = await resultsOn(device, cell, extents, options);
        const expected = await resultsOn(interpreter(), cell, extents, options);
        for (const [i, values] of actual.entries()) {
          expect(largestError(values, expected[i] ?? [])).toBeLessThan(TOLERANCE);
        }
      });
    }
  }

  it('is one call for all steps, and one for its gradient', async () => {
    const operands = [[2, 40, 3], [3, cell.gates * 5], [5, cell.gates * 5], [cell.gates * 5]].map(
      (shape, i) => random(shape, i, device),
    );
    const [x, kernel, recurrentKernel, bias] = operands;
    if (!x || !kernel || !recurrentKernel || !bias) throw new Error('an operand is missing');
    const step = compile((...given: Tensor[]) => {
      const [a = x, b = kernel, c = recurrentKernel, d = bias] = given;
      const [outputs = a] = cell.run(a, b, c, d, {});
      return gradients(sum(outputs), [a, b, c, d]);
    });
    const { entries } = await profile(() => step(x, kernel, recurrentKernel, bias), { runs: 1, warmup: 1 });
    const [name = ''] = cell.name.split(' ');
    const counted = entries.filter((entry) => entry.name.startsWith(name)).map((entry) => entry.name);
    expect(counted.toSorted()).toEqual([name, `${name}Gradient`]);
  });
});
