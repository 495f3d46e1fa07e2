/** What overwrites memory while it is being read, and programs that take turns. */
import { overwritingCases } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { webgpu } from '../src/index';
import { describeWebGpu } from './support/available';

const TIMEOUT_MS = 120_000;

describeWebGpu('the WebGPU device', () => {
  it.each(overwritingCases({ device: () => webgpu(), extents: [8, 64] }))(
    '$group: $name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
