/**
 * Random programs on the native device against the interpreter. A failure names its seed; HADAL_SEED=<seed> runs that
 * alone.
 */
import { checkRandomGraph } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

const only = process.env.HADAL_SEED;
const COUNT = 600;
const PER_DEVICE = 50;
const firsts =
  only === undefined
    ? Array.from({ length: COUNT / PER_DEVICE }, (_, group) => group * PER_DEVICE)
    : [Number(only)];

describeNative('random programs on the native device', () => {
  it.each(firsts)(
    'agree with the interpreter from seed %i on',
    async (first) => {
      const threads = 1 + (Math.floor(first / PER_DEVICE) % 3);
      const device = await native({ threads });
      const failures: string[] = [];
      for (let seed = first; seed < first + (only === undefined ? PER_DEVICE : 1); seed++) {
        await checkRandomGraph(seed, device).catch((error: unknown) => failures.push(String(error)));
      }
      await device.close();
      expect(failures).toEqual([]);
    },
    120_000,
  );
});
