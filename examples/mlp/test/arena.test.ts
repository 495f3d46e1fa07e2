/** The temporary memory of one training step of the dense network. */
import { cpu } from '@hadal/backend-cpu';
import { memoryTimeline, ones, setDevice, setSeed, zeros } from '@hadal/core';
import { dense, flatten, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';
import { expect, it } from 'vitest';

it('is what lives at once, give or take a twentieth', async () => {
  setDevice(await cpu());
  setSeed(1);
  const model = sequential([
    flatten({ inputShape: [28, 28, 1] }),
    dense(64, { activation: 'relu' }),
    dense(64, { activation: 'relu' }),
    dense(10, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: adam(1e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const step = await model.trainProgram(ones([64, 28, 28, 1]), zeros([64], { dtype: 'int32' }));
  const { arenaBytes, peakBytes, steps, peakStep } = memoryTimeline(step);
  console.log(`arena ${arenaBytes}, peak ${peakBytes} at ${steps[peakStep]?.name}`);
  expect(peakBytes).toBeGreaterThan(2 ** 16);
  expect(arenaBytes / peakBytes).toBeLessThanOrEqual(1.05);
});
