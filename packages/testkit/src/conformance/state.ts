/**
 * What changes: variables, compiled functions, random numbers, numbers that differ from call to call.
 */
import {
  bernoulli,
  compile,
  type Device,
  dropout,
  Generator,
  gradients,
  interpreter,
  matmul,
  mean,
  packVariables,
  randomBits,
  randomInt,
  randomNormal,
  randomUniform,
  sum,
  type Tensor,
  tensor,
  truncatedNormal,
  variable,
} from '@hadal/core';
import { type Result, requireClose } from '../compare';
import { input, makeValues } from '../inputs';
import { seededRandom } from '../random';
import { type ToleranceClass, toleranceOf } from '../tolerance';
import type { CaseContext, ConformanceCase } from './case';

/** Runs a scenario that reads values as it goes, on the device and on the interpreter. */
type Scenario = (device: Device, seed: number) => Promise<Result[]>;

const resultOf = async (value: Tensor): Promise<Result> => ({
  shape: value.shape,
  values: await value.data(),
});

/** Random numbers that lie on the device already, so that whatever is made of them is computed there. */
const floats = (device: Device, shape: readonly number[], seed: number, name: string): Promise<Tensor> =>
  tensor(makeValues(input(shape), seededRandom(seed, name)), { shape, device }).realize();

/** A stream of random numbers whose state lies on the device. */
async function generatorOn(device: Device, seed: number): Promise<Generator> {
  const start = await tensor([0, seed, 0], { dtype: 'int32', device }).realize();
  const generator = new Generator(seed);
  generator.state.assign(start);
  return generator;
}

const SCENARIOS: readonly (readonly [group: string, name: string, ToleranceClass, Scenario])[] = [
  [
    'variables',
    'hold what was assigned last',
    'arithmetic',
    async (device, seed) => {
      const w = variable(await floats(device, [3], seed, 'w'));
      const results = [await resultOf(w.value)];
      for (let i = 0; i < 3; i++) {
        w.assign(w.value.mul(2).add(i));
        results.push(await resultOf(w.value));
      }
      return results;
    },
  ],
  [
    'variables',
    'keep their old value for tensors that were computed from it',
    'arithmetic',
    async (device, seed) => {
      const w = variable(await floats(device, [4], seed, 'w'));
      const loss = sum(w.value.mul(w.value));
      w.assign(w.value.mul(10));
      const updated = await resultOf(w.value);
      return [updated, await resultOf(loss)];
    },
  ],
  [
    'variables',
    'swap their values',
    'exact',
    async (device, seed) => {
      const a = variable(await floats(device, [3], seed, 'a'));
      const b = variable(await floats(device, [3], seed, 'b'));
      const held = a.value;
      a.assign(b.value);
      b.assign(held);
      return [await resultOf(a.value), await resultOf(b.value)];
    },
  ],
  [
    'variables',
    'share one storage once packed',
    'arithmetic',
    async (device, seed) => {
      const a = variable(await floats(device, [2, 2], seed, 'a'));
      const b = variable(await floats(device, [3], seed, 'b'));
      const packed = packVariables([a, b]);
      packed.assign(packed.value.mul(3));
      b.assign(b.value.add(1));
      return [await resultOf(packed.value), await resultOf(a.value), await resultOf(b.value)];
    },
  ],
  [
    'compile',
    'replays an update with fresh arguments',
    'contraction',
    async (device, seed) => {
      const w = variable(await floats(device, [3, 2], seed, 'w'));
      const step = compile((x: Tensor, rate: Tensor) => {
        const loss = mean(matmul(x, w.value).square());
        const [gradient] = gradients(loss, [w]);
        if (gradient !== undefined) w.assign(w.value.sub(gradient.mul(rate)));
        return loss;
      });
      const results: Result[] = [];
      for (let i = 0; i < 4; i++) {
        results.push(await resultOf(await step(await floats(device, [4, 3], seed + i, 'x'), 0.1 / (i + 1))));
      }
      results.push(await resultOf(await step(await floats(device, [1, 3], seed, 'a shorter batch'), 0.1)));
      return [...results, await resultOf(w.value)];
    },
  ],
  [
    'compile',
    'returns structures and several results',
    'arithmetic',
    async (device, seed) => {
      const f = compile((x: Tensor) => ({ twice: x.mul(2), both: [x.add(1), x] }));
      const { twice, both } = await f(await floats(device, [5], seed, 'x'));
      return [await resultOf(twice), ...(await Promise.all(both.map(resultOf)))];
    },
  ],
  [
    'compile',
    'sees variables that changed between calls',
    'arithmetic',
    async (device, seed) => {
      const w = variable(await floats(device, [3], seed, 'w'));
      const f = compile((x: Tensor) => x.mul(w.value));
      const x = await floats(device, [3], seed, 'x');
      const before = await resultOf(await f(x));
      w.assign(w.value.add(5));
      return [before, await resultOf(await f(x))];
    },
  ],
  [
    'numbers',
    'that change from call to call reach the kernel',
    'arithmetic',
    async (device, seed) => {
      const x = await floats(device, [6], seed, 'x');
      const results: Result[] = [];
      for (const factor of [0.5, 3, 0, 1, -1, 1e-3]) results.push(await resultOf(x.mul(factor).add(factor)));
      return results;
    },
  ],
  [
    'random',
    'bits are the same everywhere',
    'exact',
    async (device, seed) => {
      const generator = await generatorOn(device, seed);
      return [
        await resultOf(randomBits([7], { generator })),
        await resultOf(randomBits([3, 5], { generator })),
        await resultOf(randomInt([20], -3, 9, { generator })),
      ];
    },
  ],
  [
    'random',
    'uniform numbers and flags are the same everywhere',
    'exact',
    async (device, seed) => {
      const generator = await generatorOn(device, seed);
      return [
        await resultOf(randomUniform([33], { generator })),
        await resultOf(bernoulli(0.3, [33], { generator })),
      ];
    },
  ],
  [
    'random',
    'normal numbers agree',
    'elementary',
    async (device, seed) => {
      const generator = await generatorOn(device, seed);
      return [
        await resultOf(randomNormal([50], { generator })),
        await resultOf(truncatedNormal([50], { generator })),
      ];
    },
  ],
  [
    'random',
    'dropout drops the same elements, and others at each replay',
    'arithmetic',
    async (device, seed) => {
      const generator = await generatorOn(device, seed);
      const x = await floats(device, [40], seed, 'x');
      const drop = compile((given: Tensor) => dropout(given, 0.5, generator));
      return [
        await resultOf(await drop(x)),
        await resultOf(await drop(x)),
        await resultOf(dropout(x, 0.2, generator)),
      ];
    },
  ],
];

const reference = interpreter();

export function stateCases({ device, seed }: CaseContext): ConformanceCase[] {
  return SCENARIOS.map(([group, name, kind, scenario]) => ({
    group,
    name,
    run: async () => {
      const actual = await scenario(await device(), seed);
      const expected = await scenario(reference, seed);
      expected.forEach((result, index) => {
        const found = actual[index];
        if (found === undefined) throw new TypeError(`result ${index} is missing`);
        const dtype = result.values instanceof Float64Array ? 'float64' : 'float32';
        const isFloat = result.values instanceof Float32Array || result.values instanceof Float64Array;
        requireClose(found, result, toleranceOf(isFloat ? dtype : 'int32', kind));
      });
    },
  }));
}
