/**
 * The whole suite on devices that must pass it.
 */
import { interpreter } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { conformanceCases } from '../src/index';

describe.each([['the interpreter', () => interpreter()]])('%s conforms', (_, device) => {
  const cases = conformanceCases({ device });
  it.each(cases.map((each) => [each.group, each.name, each.run] as const))(
    '%s %s',
    async (_group, _name, run) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});
