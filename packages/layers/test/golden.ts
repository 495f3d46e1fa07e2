/** Reads the golden values and compares with them. */
import { type HostArray, type Tensor, tensor } from '@hadal/core';
import { expect } from 'vitest';
import golden from './fixtures/golden.json';

export { golden };

export interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A golden array as a tensor. */
export const tensorOf = ({ shape, data }: GoldenArray): Tensor => tensor(Float32Array.from(data), { shape });

/** A golden array on the host. */
export const hostOf = ({ shape, data }: GoldenArray): HostArray => ({
  data: Float32Array.from(data),
  shape,
  dtype: 'float32',
});

/** Expects values that agree to `tolerance`, relative to 1 + their size. */
export function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const worst = expected.reduce(
    (most, value, index) =>
      Math.max(most, Math.abs(value - (actual[index] ?? Number.NaN)) / (1 + Math.abs(value))),
    0,
  );
  expect(worst).toBeLessThan(tolerance);
}

/** Expects a tensor of the shape and values of a golden array. */
export async function expectGolden(actual: Tensor, expected: GoldenArray, tolerance = 2e-6): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(await actual.data(), expected.data, tolerance);
}
