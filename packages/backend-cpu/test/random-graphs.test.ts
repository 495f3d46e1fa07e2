/**
 * Random programs on the CPU device against the interpreter. A failure names its seed; HADAL_SEED=<seed> runs that alone.
 */
import { randomGraphCases } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { cpu } from '../src/index';

const only = process.env.HADAL_SEED;

describe('the CPU device', () => {
  const cases = randomGraphCases({
    device: () => cpu(),
    count: 1500,
    ...(only !== undefined && { only: Number(only) }),
  });
  it.each(cases)(
    '$group: $name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    120_000,
  );
});
