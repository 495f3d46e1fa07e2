/**
 * The whole suite on devices that must pass it. The plain backend passes it in saboteur.test.ts.
 */
import { interpreter } from '@hadal/core';
import { createDevice } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { conformanceCases, HostileBackend } from '../src/index';

describe.each([
  ['the interpreter', interpreter],
  // It refuses to prepare a kernel twice, so none is let go of.
  ['the hostile backend', () => createDevice(new HostileBackend(), { cacheBytes: Number.POSITIVE_INFINITY })],
])('%s conforms', (_, device) => {
  const cases = conformanceCases({ device });
  it.each(cases.map((each) => [each.group, each.name, each.run] as const))(
    '%s %s',
    async (_group, _name, run) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});
