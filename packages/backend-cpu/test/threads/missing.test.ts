/** A page whose server lacks the code that is loaded on demand, which has the threads. */
import { createDevice, setDevice, tensor } from '@hadal/core';
import { describe, expect, it, vi } from 'vitest';
import { cpuBackend } from '../../src/index';

const failed = vi.fn(() => {
  throw new Error('not there');
});
vi.mock('../../src/on-demand', () => failed());

describe('a device whose threads cannot be had', () => {
  it('computes long programs alone, and closes', async () => {
    const device = createDevice(cpuBackend({ threads: 2 }));
    setDevice(device);
    const x = await tensor(new Float32Array(2 ** 22).fill(0.5)).realize();
    for (let i = 0; i < 3; i++) {
      const y = await x.mul(2).add(1).exp().add(x).sum().item();
      expect(y / 2 ** 22).toBeCloseTo(Math.exp(2) + 0.5, 3);
    }
    await device.sync();
    expect(failed).toHaveBeenCalled();
    await device.close();
  });
});
