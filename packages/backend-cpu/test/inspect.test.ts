/** Looking inside of programs on this backend, with workers at work. */
import {
  compile,
  drawProgram,
  memoryTimeline,
  ones,
  profile,
  scan,
  setDebug,
  type Tensor,
  tensor,
} from '@hadal/core';
import { afterEach, describe, expect, it } from 'vitest';
import { cpu } from '../src/index';

afterEach(() => setDebug(false));

const step = compile(
  (x: Tensor, w: Tensor) => {
    const [last, sums] = scan((h: Tensor, each: Tensor) => [h.matmul(w).add(each).tanh(), h.sum()], w, x);
    return last.matmul(w).relu().add(sums.sum());
  },
  { name: 'step' },
);

describe('programs of the cpu backend', () => {
  it('are profiled dispatch by dispatch, library calls with their operations', async () => {
    const device = await cpu();
    const x = await ones([4, 32, 32], { device }).realize();
    const w = await ones([32, 32], { device }).realize();
    const { entries, arenaBytes } = await profile(() => step(x, w), { runs: 3 });
    const product = entries.find(({ kind, calls }) => kind === 'library' && calls === 4);
    // The product of each iteration, the addition fused into it and tanh.
    expect(product?.flops).toBe(4 * (2 * 32 ** 3 + 2 * 32 ** 2));
    expect(product?.medianMs).toBeGreaterThan(0);
    expect(arenaBytes).toBeGreaterThan(0);
  });

  it('are drawn with their library calls, and have a memory timeline', async () => {
    const device = await cpu();
    const program = await step.program(ones([4, 32, 32], { device }), ones([32, 32], { device }));
    expect(drawProgram(program)).toMatch(/library dot/);
    const { peakBytes, arenaBytes } = memoryTimeline(program);
    expect(peakBytes).toBeGreaterThan(0);
    expect(peakBytes).toBeLessThanOrEqual(arenaBytes);
  });

  it('pass debug mode operation by operation', async () => {
    setDebug({ everyOperation: true });
    const device = await cpu();
    const x = tensor(
      Float32Array.from({ length: 4 * 9 }, (_, i) => Math.sin(i)),
      { shape: [4, 3, 3], device },
    );
    const w = tensor(
      Float32Array.from({ length: 9 }, (_, i) => Math.cos(i)),
      { shape: [3, 3], device },
    );
    const result = await step(x, w);
    expect((await result.data()).every(Number.isFinite)).toBe(true);
  });
});
