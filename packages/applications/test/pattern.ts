/** Weights and inputs by formula, the same as in `fixtures/pattern.py`, so that fixtures store none. */
import { type Tensor, tensor } from '@hadal/core';
import type { NamedWeight } from '@hadal/layers';
import { expect } from 'vitest';

const nameSeed = (name: string): number =>
  [...new TextEncoder().encode(name)].reduce((seed, code) => (Math.imul(seed, 31) + code) >>> 0, 7);

/** Values in [-0.5, 0.5). */
export function uniform(name: string, size: number): Float64Array {
  const seed = nameSeed(name);
  return Float64Array.from({ length: size }, (_, index) => {
    let hash = (Math.imul(index, 2654435761) + seed) >>> 0;
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 2246822519) >>> 0;
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 3266489917) >>> 0;
    hash ^= hash >>> 16;
    return (hash >>> 0) / 2 ** 32 - 0.5;
  });
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** A weight of a name and a shape. */
export function patternWeight(path: string, shape: readonly number[]): Tensor {
  const size = sizeOf(shape);
  const last = path.split('/').at(-1) ?? '';
  const fanIn = size / (shape.at(-1) ?? 1);
  const [scale, shift] = ['gamma', 'moving_variance', 'variance'].includes(last)
    ? [0.5, 1]
    : last === 'embeddings'
      ? [2, 0]
      : shape.length >= 2
        ? [Math.sqrt(12 / fanIn), 0]
        : [0.5, 0];
  const values = uniform(path, size);
  return tensor(
    Float32Array.from(values, (value) => value * scale + shift),
    { shape },
  );
}

/** The last parts of a path, which is all that frameworks agree on. */
export const lastParts = (path: string, depth = 2): string => path.split('/').slice(-depth).join('/');

/** Gives weights their patterns. */
export function fillWeights(
  weights: readonly NamedWeight[],
  nameOf: (path: string) => string = (path) => lastParts(path),
): void {
  for (const { path, variable } of weights) variable.assign(patternWeight(nameOf(path), variable.shape));
}

/** Inputs in [-scale, scale). */
export const patternInput = (name: string, shape: readonly number[], scale = 1): Tensor =>
  tensor(
    Float32Array.from(uniform(name, sizeOf(shape)), (value) => Math.fround(2 * value) * scale),
    { shape },
  );

/** Whole numbers from 0 to below `limit`. */
export const patternNumbers = (name: string, shape: readonly number[], limit: number): Tensor =>
  tensor(
    Int32Array.from(uniform(name, sizeOf(shape)), (value) => Math.floor((value + 0.5) * limit)),
    { shape },
  );

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
