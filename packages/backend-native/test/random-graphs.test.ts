/**
 * Random programs on the native device against the interpreter, on one to three threads. A failure names its seed;
 * HADAL_SEED=<seed> runs that alone.
 */
import { randomGraphCases } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

const only = process.env.HADAL_SEED;
/** Seeds that share a number of threads. */
const PER_THREADS = 50;

describeNative('the native device', () => {
  const cases = randomGraphCases({
    device: (first) => native({ threads: 1 + (Math.floor(first / PER_THREADS) % 3) }),
    count: 600,
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
