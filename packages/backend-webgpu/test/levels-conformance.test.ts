/**
 * The conformance suite and random programs: a part of them, or all where HADAL_LEVELS is `whole`
 * (`npm test -- --only levels`). Every case compiles kernels, which takes an adapter that computes on the processor ten
 * milliseconds each.
 */
import { casesAtLevel, conformanceCases, randomGraphCases, wantsWholeLevels } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { webgpu } from '../src/index';
import { describeWebGpu } from './support/available';

const only = process.env.HADAL_SEED;
const PROGRAMS = wantsWholeLevels() ? 600 : 10;
const TIMEOUT_MS = 600_000;

describeWebGpu('the WebGPU device', () => {
  const cases = casesAtLevel(conformanceCases({ device: () => webgpu() }), 0);
  // The table of operations reads the group off the title, where `$group` would stand in quotes.
  it.each(cases.map(({ group, name, run }) => [group, name, run] as const))(
    '%s: %s',
    async (_group, _name, run) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );

  const programs = randomGraphCases({
    device: () => webgpu(),
    count: PROGRAMS,
    ...(only !== undefined && { only: Number(only) }),
  });
  it.each(programs)(
    '$group: $name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
