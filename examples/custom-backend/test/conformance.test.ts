/** The example is a device of Hadal: it passes what every device must pass. */
import { createDevice } from '@hadal/core/backend';
import { conformanceCases } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { PrintingBackend } from '../src/index';

describe('the printing backend', () => {
  for (const { group, name, run } of conformanceCases({
    device: () => createDevice(new PrintingBackend()),
  })) {
    it(`${group}: ${name}`, async () => {
      await expect(run()).resolves.toBeUndefined();
    });
  }
});
