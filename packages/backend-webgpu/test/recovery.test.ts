/**
 * The way on after a device was lost: the same program, on a new device, from the last backup. It ends where a run without
 * the loss does, bit for bit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevice, DeviceError, setDevice, setSeed } from '@hadal/core';
import { BackupAndRestore, type Callback, dense, dropout, LambdaCallback, sequential } from '@hadal/layers';
import { afterAll, expect, it } from 'vitest';
import { webgpuBackend } from '../src/index';
import { describeWebGpu } from './support/available';

const TIMEOUT_MS = 120_000;
const EPOCHS = 4;
const SAMPLES = 40;
const FEATURES = 6;

const folder = mkdtempSync(join(tmpdir(), 'hadal-lost-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const samples = Array.from({ length: SAMPLES }, (_, sample) =>
  Array.from({ length: FEATURES }, (_, i) => Math.sin(sample * 12.9898 + i * 78.233)),
);
const labels = samples.map(([first = 0]) => Number(first > 0));

/** What a program does from its beginning: makes a device and a model on it, and trains. */
async function train(callbacks: readonly Callback[], begun?: (device: GPUDevice) => void) {
  const backend = await webgpuBackend();
  setDevice(createDevice(backend));
  begun?.(backend.device);
  setSeed(4);
  const model = sequential([
    dense(8, { activation: 'relu', inputShape: [FEATURES] }),
    dropout(0.2),
    dense(2, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const { history } = await model.fit(samples, labels, {
    epochs: EPOCHS,
    batchSize: 8,
    verbose: 0,
    callbacks: [...callbacks],
  });
  return { history, weights: await model.getWeights() };
}

describeWebGpu('a training whose device is lost', () => {
  it(
    'goes on from its last backup on a new device, to the same curve and the same weights',
    async () => {
      const unbroken = await train([]);
      const backup = () => new BackupAndRestore(join(folder, 'backup'), { saveFreq: 2 });
      let lose = (): void => undefined;
      let batches = 0;
      const loser = new LambdaCallback({
        onTrainBatchEnd: () => {
          if (++batches === 13) lose();
        },
      });
      const lost = train([backup(), loser], (device) => {
        lose = () => device.destroy();
      });
      await expect(lost).rejects.toThrow(DeviceError);
      await expect(lost).rejects.toThrow(/the device was lost/);
      expect(batches).toBeLessThan((EPOCHS * SAMPLES) / 8);
      expect(await train([backup()])).toEqual(unbroken);
    },
    TIMEOUT_MS,
  );
});
