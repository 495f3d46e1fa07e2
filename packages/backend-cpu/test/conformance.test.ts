import { conformanceCases } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { cpu } from '../src/index';

describe('the CPU device', () => {
  it.each(conformanceCases({ device: () => cpu() }))('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
