/** The example is a device of Hadal: it passes what every device must pass. */
import { createDevice } from '@hadal/core/backend';
import { backendCases, conformanceCases } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { PrintingBackend } from '../src/index';

describe('the printing backend', () => {
  const promises = backendCases({
    backend: () => new PrintingBackend(),
    filter: (group) => group !== 'strictness',
  });
  it.each(promises)('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  for (const { group, name, run } of conformanceCases({
    device: () => createDevice(new PrintingBackend()),
  })) {
    it(`${group}: ${name}`, async () => {
      await expect(run()).resolves.toBeUndefined();
    });
  }
});
