import { conformanceCases } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { webgpu } from '../src/index';
import { describeWebGpu } from './support/available';

describeWebGpu('the WebGPU device', () => {
  const cases = conformanceCases({ device: () => webgpu() });
  // The table of operations reads the group off the title, where `$group` would stand in quotes.
  it.each(cases.map(({ group, name, run }) => [group, name, run] as const))(
    '%s: %s',
    async (_group, _name, run) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});
