/** What overwrites memory while it is being read, and programs that take turns. */
import { compile, matmul, variable, zeros } from '@hadal/core';
import { overwritingCases } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { cpu } from '../src/index';

describe('the CPU device', () => {
  // The largest is more than a block of a product.
  it.each(overwritingCases({ device: () => cpu(), extents: [8, 64, 300] }))(
    '$group: $name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );

  it('updates a variable in place where each element is read only for itself', async () => {
    const device = await cpu();
    const [a, b] = [await zeros([32, 8], { device }).realize(), await zeros([8, 32], { device }).realize()];
    const v = variable(zeros([32, 32], { device }));
    const step = compile(() => {
      v.assign(v.value.sub(matmul(a, b)));
    });
    const { dispatches } = await step.program();
    expect(dispatches.map(({ kind }) => kind)).toEqual(['library']);
  });
});
