/** A thousand training steps of the dense network on the CPU, with nothing disposed. */
import { cpu } from '@hadal/backend-cpu';
import { setDevice, setSeed } from '@hadal/core';
import { fashionMnist } from '@hadal/data';
import { dense, flatten, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';
import { expect, it } from 'vitest';

const MIB = 2 ** 20;

it('leaves memory where a hundred steps did, on the device and in the process', async () => {
  const device = await cpu();
  setDevice(device);
  setSeed(1);
  const { train } = await fashionMnist();
  const model = sequential([
    flatten({ inputShape: [28, 28, 1] }),
    dense(64, { activation: 'relu' }),
    dense(64, { activation: 'relu' }),
    dense(10, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: adam(1e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const run = async (steps: number): Promise<{ used: number; peak: number; process: number }> => {
    await model.fit(
      train
        .shuffle(1)
        .repeat()
        .take(steps * 16)
        .batch(16),
      { epochs: 1, verbose: 0 },
    );
    await device.collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const { usedBytes, peakBytes } = device.memory();
    return { used: usedBytes, peak: peakBytes, process: heapUsed + external + arrayBuffers };
  };
  const hundred = await run(100);
  const thousand = await run(900);
  // One batch of images and labels is 50 KB: leaking one per step would be 45 MB.
  expect(thousand.used - hundred.used).toBeLessThanOrEqual(64 * 1024);
  expect(thousand.process - hundred.process).toBeLessThan(8 * MIB);
  expect(thousand.peak).toBeLessThan(64 * MIB);
});
