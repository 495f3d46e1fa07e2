/**
 * Every operation refuses what it cannot take, at the call, in words that say what was given.
 */
import { HadalError } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../src/index';

const cases = FAMILIES.flatMap(({ errors }) => errors);

describe('operations refuse', () => {
  it.each(cases.map((each) => [each.operation, each.name, each] as const))(
    '%s %s',
    async (_operation, _name, { run, error, message }) => {
      let thrown: unknown;
      try {
        await run();
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown).toBeInstanceOf(HadalError);
      expect(thrown).toMatchObject({ name: error, message: expect.stringContaining(message) });
    },
  );
});
