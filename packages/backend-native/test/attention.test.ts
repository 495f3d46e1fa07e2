import {
  compile,
  gradients,
  profile,
  scaledDotProductAttention,
  sum,
  type Tensor,
  tensor,
} from '@hadal/core';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

const filled = (shape: readonly number[], seed: number, device: Awaited<ReturnType<typeof native>>): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
    { shape, device },
  );

describeNative('attention', () => {
  it('over a long sequence holds no scores in memory, forward and backward', async () => {
    const device = await native({ threads: 1 });
    const shape = [1, 2048, 8];
    const query = filled(shape, 1, device);
    const key = filled(shape, 2, device);
    const value = filled(shape, 3, device);
    const step = compile((q: Tensor, k: Tensor, v: Tensor) => {
      const loss = sum(scaledDotProductAttention(q, k, v, { causal: true }).square());
      return gradients(loss, [q, k, v]);
    });
    const { arenaBytes, entries } = await profile(() => step(query, key, value), { runs: 1, warmup: 1 });
    expect(entries.map(({ name }) => name)).toContain('attentionGradient');
    const scoreBytes = 2048 * 2048 * 4;
    expect(arenaBytes).toBeLessThan(scoreBytes / 8);
  });

  it('has the same bits with 1, 2 and 3 threads', async () => {
    const results: Float32Array[][] = [];
    for (const threads of [1, 2, 3]) {
      const device = await native({ threads });
      const [query, key, value] = [1, 2, 3].map((seed) => filled([6, 300, 20], seed, device));
      if (!query || !key || !value) throw new Error('There are three operands.');
      const attended = scaledDotProductAttention(query, key, value, { causal: true });
      const values = [attended, ...gradients(sum(attended.square()), [query, key, value])];
      results.push(await Promise.all(values.map(async (each) => Float32Array.from(await each.data()))));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});
