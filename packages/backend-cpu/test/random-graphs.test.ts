/**
 * Random programs on the CPU device against the interpreter. A failure names its seed; HADAL_SEED=<seed> runs that alone.
 */
import { checkRandomGraph } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { cpu } from '../src/index';

const only = process.env.HADAL_SEED;
const COUNT = 1500;
const PER_DEVICE = 50;
const firsts =
  only === undefined
    ? Array.from({ length: COUNT / PER_DEVICE }, (_, group) => group * PER_DEVICE)
    : [Number(only)];

describe('random programs on the CPU device', () => {
  it.each(firsts)(
    'agree with the interpreter from seed %i on',
    async (first) => {
      const device = await cpu();
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
