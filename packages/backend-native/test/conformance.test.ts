import { conformanceCases } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

describeNative('the native device', () => {
  it.each(conformanceCases({ device: () => native() }))('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
