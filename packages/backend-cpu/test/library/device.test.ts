/** The library as a device uses it: what the scheduler hands over, with its epilogues, against the interpreter. */
import {
  conv2d,
  type Device,
  explainPlan,
  interpreter,
  matmul,
  relu,
  type Tensor,
  type TensorFunction,
  take,
  tensor,
  vjp,
} from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpu } from '../../src/index';
import { largestError, noise, sizeOf } from './harness';

const TOLERANCE = 1e-5;

let device: Device;
beforeAll(async () => {
  device = await cpu();
});

const random = (shape: readonly number[], seed: number): Float32Array => {
  const next = noise(seed);
  return Float32Array.from({ length: sizeOf(shape) }, next);
};

/** Builds the same thing on both devices and compares all results. */
async function expectEqualOnBoth(
  shapes: readonly (readonly number[])[],
  build: (...inputs: Tensor[]) => readonly Tensor[],
): Promise<void> {
  const reference = interpreter();
  const results = await Promise.all(
    [device, reference].map(async (on) => {
      const inputs = shapes.map((shape, i) => tensor(random(shape, i + 1), { shape, device: on }));
      return Promise.all(build(...inputs).map((result) => result.data()));
    }),
  );
  const [actual = [], expected = []] = results;
  expect(actual).toHaveLength(expected.length);
  for (const [i, values] of actual.entries()) {
    expect(largestError(values, expected[i] ?? [])).toBeLessThan(TOLERANCE);
  }
}

describe('a device with this library', () => {
  it.each([
    { strides: 1, padding: 'valid' },
    { strides: 1, padding: 'same' },
    { strides: 2, padding: 'same' },
    { strides: 3, padding: 'valid' },
  ] as const)('convolves, adds a bias, clamps, and finds all gradients: %o', async ({ strides, padding }) => {
    await expectEqualOnBoth([[3, 11, 10, 4], [3, 3, 4, 9], [9]], (input, kernel, bias) => {
      const layer: TensorFunction = (x, w, b) => relu(conv2d(x, w, { strides, padding }).add(b));
      const [output, pullback] = vjp(layer, input, kernel, bias);
      return [output, ...pullback(output.mul(output).sub(0.5))];
    });
  });

  it('multiplies, adds a bias, clamps, and finds all gradients', async () => {
    await expectEqualOnBoth([[13, 50], [50, 21], [21]], (input, weights, bias) => {
      const layer: TensorFunction = (x, w, b) => relu(matmul(x, w).add(b));
      const [output, pullback] = vjp(layer, input, weights, bias);
      return [output, ...pullback(output.sub(1))];
    });
  });

  it('looks up rows, and adds their gradients where they came from', async () => {
    await expectEqualOnBoth([[7, 16]], (table) => {
      const rows = tensor([3, 1, 3, 3, 0, 6], { dtype: 'int32', device: table.device });
      const [output, pullback] = vjp((t) => take(t, rows, 0), table);
      return [output, ...pullback(output.mul(output))];
    });
  });

  it('runs a dense layer with its bias and activation as one library call', async () => {
    const x = tensor(random([32, 40], 1), { shape: [32, 40], device });
    const w = tensor(random([40, 24], 2), { shape: [40, 24], device });
    const b = tensor(random([24], 3), { shape: [24], device });
    const plan = await explainPlan(relu(matmul(x, w).add(b)));
    expect(plan.split('\n').filter((line) => /^\s*\d+ /.test(line))).toHaveLength(1);
    expect(plan).toMatch(/library\s+dot/);
  });
});
