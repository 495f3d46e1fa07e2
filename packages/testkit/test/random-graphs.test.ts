/**
 * Thousands of random programs against the interpreter. A failure names its seed; HADAL_SEED=<seed> runs that one alone.
 */
import { createDevice } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { checkRandomGraph, HostileBackend, PlainBackend } from '../src/index';

const only = process.env.HADAL_SEED;
const seeds = (count: number): number[] =>
  only === undefined ? Array.from({ length: count }, (_, index) => index) : [Number(only)];
/** Few programs a device: kernels of programs that are gone would pile up. */
const PER_DEVICE = 50;

describe.each([
  ['a plain backend', () => createDevice(new PlainBackend()), 1500],
  ['the hostile backend', () => createDevice(new HostileBackend()), 300],
] as const)('random programs on %s', (_, makeDevice, count) => {
  const groups = Array.from({ length: Math.ceil(seeds(count).length / PER_DEVICE) }, (_each, group) =>
    seeds(count).slice(group * PER_DEVICE, (group + 1) * PER_DEVICE),
  );
  it.each(groups.map((group) => [group[0], group.at(-1), group] as const))(
    'agree with the interpreter for seeds %i to %i',
    async (_first, _last, group) => {
      const device = makeDevice();
      const failures: string[] = [];
      for (const seed of group) {
        await checkRandomGraph(seed, device).catch((error: unknown) => failures.push(String(error)));
      }
      expect(failures).toEqual([]);
    },
    120_000,
  );
});
