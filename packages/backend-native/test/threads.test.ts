/** What threads share: the same bits, however many there are, and as the interpreter has them. */
import { type Device, grad, interpreter, maxPool2d, type Tensor, tensor } from '@hadal/core';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

const wave = (shape: readonly number[], device: Device): Tensor => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(i * 0.7) * 3),
    { shape, device },
  );
};

const pooledGradient = (x: Tensor): Tensor => grad((y: Tensor) => maxPool2d(y, 2).square().sum())(x);

const transposedSums = (x: Tensor): Tensor => x.mul(2).transpose([0, 2, 1]).add(1).sum({ axis: 2 });

/** Programs large enough to be divided. */
const programs: readonly [string, (device: Device) => Tensor][] = [
  ['an element-wise chain', (device) => wave([300_001], device).mul(2).add(1).tanh()],
  ['a sum of everything', (device) => wave([400_003], device).abs().sum()],
  ['sums of rows', (device) => wave([500, 901], device).sum({ axis: 1 })],
  ['sums of columns', (device) => wave([901, 500], device).sum({ axis: 0 })],
  ['softmax of rows', (device) => wave([700, 333], device).softmax()],
  ['softmax of rows too long to keep exponentials', (device) => wave([5, 40_003], device).softmax()],
  ['the gradient of pooling', (device) => pooledGradient(wave([40, 12, 8, 24], device))],
  ['the gradient of pooling beside a border', (device) => pooledGradient(wave([40, 11, 9, 20], device))],
  ['sums over columns of a transposed factor', (device) => transposedSums(wave([60, 130, 150], device))],
  ['places of maxima', (device) => wave([600, 401], device).argMax(1)],
  ['a transposition', (device) => wave([513, 700], device).transpose().add(1)],
  ['rows of ten elements', (device) => wave([40_000, 10], device).add(wave([10], device))],
  ['float64', (device) => wave([90_001], device).cast('float64').exp().add(1)],
];

describeNative('any number of threads', () => {
  it.each(programs)('gives the same bits: %s', async (_, build) => {
    const found = await Promise.all(
      [1, 2, 3].map(async (threads) => (await build(await native({ threads }))).data()),
    );
    const [one, two, three] = found.map((values) =>
      Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    );
    expect(
      one !== undefined && two !== undefined && three !== undefined && one.equals(two) && one.equals(three),
    ).toBe(true);
    const wanted = await build(interpreter()).data();
    let worst = 0;
    for (let i = 0; i < wanted.length; i++) {
      const value = wanted[i] ?? Number.NaN;
      const error = Math.abs(value - (found[0]?.[i] ?? Number.NaN)) / (1 + Math.abs(value));
      if (!(error <= worst)) worst = error;
    }
    expect(worst).toBeLessThan(1e-5);
  });
});
