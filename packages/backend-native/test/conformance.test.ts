import { conformanceCases } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

describeNative('the native device', () => {
  const cases = conformanceCases({ device: () => native() });
  // The table of operations reads the group off the title, where `$group` would stand in quotes.
  it.each(cases.map(({ group, name, run }) => [group, name, run] as const))(
    '%s: %s',
    async (_group, _name, run) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});
