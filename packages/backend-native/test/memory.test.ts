/** What overwrites memory while it is being read, and programs that take turns. */
import { tensor, zeros } from '@hadal/core';
import { overwritingCases } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

/** The largest is more than a block of a product. */
const extents = [8, 64, 300];

describeNative('the native device', () => {
  it.each(overwritingCases({ device: () => native(), extents }))('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describeNative('the native device on three threads', () => {
  it.each(overwritingCases({ device: () => native({ threads: 3 }), extents }))(
    '$group: $name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});

describeNative('a tensor of more bytes than indices reach', () => {
  it('is refused before it takes memory, and the device goes on', async () => {
    const device = await native();
    await expect(zeros([2 ** 30], { device }).realize()).rejects.toThrow(
      'a tensor of 4294967296 bytes is over the 2147483584 that one may take on this device.',
    );
    expect(device.memory().usedBytes).toBe(0);
    expect(await tensor([1, 2], { device }).add(1).data()).toEqual(new Float32Array([2, 3]));
  });
});
