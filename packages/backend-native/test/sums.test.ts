/**
 * A row that is added up lane by lane is brought together in float64 and rounded once: one of no more elements than there
 * are lanes is exact but for that, and what is equal has itself as its mean. (Of many rows shorter than a vector, several
 * are added up side by side, term by term.)
 */
import { broadcastTo, layerNorm, mean, prod, sum, type Tensor, tensor } from '@hadal/core';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

const ROWS = 7;

/** Numbers of one binade and a half, whose sums are exact in float64. */
const value = (i: number): number => Math.fround(1.25 + 0.75 * Math.sin(i * 0.7));

const matrix = async (extent: number): Promise<Tensor> =>
  tensor(
    Float32Array.from({ length: ROWS * extent }, (_, i) => value(i)),
    { shape: [ROWS, extent], device: await native() },
  );

const folded = (extent: number, fold: (a: number, b: number) => number, start: number): number[] =>
  Array.from({ length: ROWS }, (_, row) =>
    Math.fround(
      Array.from({ length: extent }, (_, i) => value(row * extent + i)).reduce((a, b) => fold(a, b), start),
    ),
  );

describeNative('rows no longer than the lanes of a sum', () => {
  it.each([16, 31, 63, 64])('are rounded once: %i elements', async (extent) => {
    const found = await sum(await matrix(extent), 1).data();
    expect([...found]).toEqual(folded(extent, (a, b) => a + b, 0));
  });

  it('are multiplied with one rounding', async () => {
    const found = await prod(await matrix(16), 1).data();
    expect([...found]).toEqual(folded(16, (a, b) => a * b, 1));
  });

  it('have themselves as their mean when they are equal, and 0 when normalized', async () => {
    // Twice this and three times this, each rounded, add up to a float32 beside five times this.
    const given = tensor([0.9908448457717896], { shape: [1, 1], device: await native() });
    const row = broadcastTo(given, [1, 5]);
    expect([...(await mean(row, 1).data())]).toEqual([0.9908448457717896]);
    expect([...(await layerNorm(row, { epsilon: 1e-3 }).data())]).toEqual([0, 0, 0, 0, 0]);
  });
});
