/** Attention as one call, forward and backward, against the interpreter. */
import {
  compile,
  type Device,
  gradients,
  interpreter,
  profile,
  scaledDotProductAttention,
  sum,
  type Tensor,
  tensor,
} from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpu } from '../../src/index';
import { largestError, noise, sizeOf } from './harness';

const TOLERANCE = 1e-5;

let device: Device;
beforeAll(async () => {
  device = await cpu();
});

const random = (shape: readonly number[], seed: number, on: Device): Tensor => {
  const next = noise(seed);
  return tensor(Float32Array.from({ length: sizeOf(shape) }, next), { shape, device: on });
};

/** Heads, queries, keys, features and values, around the widths of vectors, panels, tiles and blocks. */
const EXTENTS = [
  [1, 1, 1, 1, 1],
  [2, 3, 5, 7, 2],
  [3, 49, 33, 8, 12],
  [2, 100, 130, 16, 9],
  // So many keys that blocks are smaller.
  [1, 30, 1030, 5, 4],
] as const;

interface Form {
  readonly causal: boolean;
  readonly isMasked: boolean;
  readonly isMoved: boolean;
}

async function resultsOn(
  on: Device,
  [heads, queries, keys, depth, width]: readonly [number, number, number, number, number],
  { causal, isMasked, isMoved }: Form,
): Promise<ArrayLike<number>[]> {
  const operand = (rows: number, columns: number, seed: number): Tensor =>
    isMoved
      ? random([heads, columns, rows], seed, on).transpose([0, 2, 1])
      : random([heads, rows, columns], seed, on);
  const operands = [operand(queries, depth, 1), operand(keys, depth, 2), operand(keys, width, 3)] as const;
  // The first query may attend to nothing.
  const mask = isMasked
    ? random([queries, keys], 4, on).greater(
        tensor([2, ...new Array<number>(queries - 1).fill(-0.3)], { device: on }).reshape([queries, 1]),
      )
    : undefined;
  const attended = scaledDotProductAttention(...operands, { causal, ...(mask && { mask }) });
  const found = [attended, ...gradients(sum(attended.mul(attended)), operands)];
  return Promise.all(found.map((each) => each.data()));
}

describe('attention', () => {
  for (const extents of EXTENTS) {
    it.each([
      { causal: false, isMasked: false, isMoved: false },
      { causal: true, isMasked: false, isMoved: true },
      { causal: false, isMasked: true, isMoved: true },
      { causal: true, isMasked: true, isMoved: false },
    ])(`of ${extents} agrees with the interpreter: %o`, async (form) => {
      const actual = await resultsOn(device, extents, form);
      const expected = await resultsOn(interpreter(), extents, form);
      for (const [i, values] of actual.entries()) {
        expect(largestError(values, expected[i] ?? [])).toBeLessThan(TOLERANCE);
      }
    });
  }

  it('gives NaN where a score is NaN, and only there', async () => {
    const query = tensor([[Number.NaN], [1]], { device });
    const key = tensor([[1], [2], [3]], { device });
    const attended = await scaledDotProductAttention(query, key, key, {}).data();
    expect([...attended].map(Number.isNaN)).toEqual([true, false]);
  });

  it('over a long sequence holds no scores in memory, forward and backward', async () => {
    const [query, key, value] = [1, 2, 3].map((seed) => random([1, 2048, 8], seed, device));
    if (!query || !key || !value) throw new Error('There are three operands.');
    const step = compile((q: Tensor, k: Tensor, v: Tensor) => {
      const loss = sum(scaledDotProductAttention(q, k, v, { causal: true }).square());
      return gradients(loss, [q, k, v]);
    });
    const { arenaBytes, entries } = await profile(() => step(query, key, value), { runs: 1, warmup: 1 });
    expect(entries.map(({ name }) => name)).toContain('attentionGradient');
    const scoreBytes = 2048 * 2048 * 4;
    expect(arenaBytes).toBeLessThan(scoreBytes / 4);
  });
});
