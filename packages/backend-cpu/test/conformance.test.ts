import { conformanceCases } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { cpu } from '../src/index';

describe('the CPU device', () => {
  const cases = conformanceCases({ device: () => cpu() });
  // The table of operations reads the group off the title, where `$group` would stand in quotes.
  it.each(cases.map(({ group, name, run }) => [group, name, run] as const))(
    '%s: %s',
    async (_group, _name, run) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});
