/**
 * Random programs on several threads against the interpreter. A failure names its seed; HADAL_SEED=<seed> runs that alone.
 */
import { checkRandomGraph } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { threadedDevice } from '../support/threaded';

const only = process.env.HADAL_SEED;
const PER_DEVICE = 50;
const cases = [2, 3].flatMap((threads) =>
  only === undefined
    ? Array.from({ length: 4 }, (_, group) => ({
        threads,
        first: 100_000 + group * PER_DEVICE,
        count: PER_DEVICE,
      }))
    : [{ threads, first: Number(only), count: 1 }],
);

describe('random programs on several threads', () => {
  it.each(cases)(
    'agree with the interpreter on $threads threads from seed $first on',
    async ({ threads, first, count }) => {
      const device = await threadedDevice(threads);
      const failures: string[] = [];
      for (let seed = first; seed < first + count; seed++) {
        await checkRandomGraph(seed, device).catch((error: unknown) => failures.push(String(error)));
      }
      await device.close();
      expect(failures).toEqual([]);
    },
    120_000,
  );
});
