/** Trains, saves, loads and predicts; run on every runtime. Prints one line, and ends by itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@hadal/backend-cpu';
import { setDevice, setSeed, tensor } from '@hadal/core';
import { dense, loadModel, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';

setDevice(await cpu());
setSeed(1);

// Two classes: is the sum of four numbers positive?
const count = 256;
const features = Float32Array.from({ length: 4 * count }, (_, i) => Math.sin(12.9898 * i));
const labels = Int32Array.from({ length: count }, (_, i) =>
  features.subarray(4 * i, 4 * i + 4).reduce((sum, x) => sum + x, 0) > 0 ? 1 : 0,
);
const x = tensor(features, { shape: [count, 4] });
const y = tensor(labels);

const model = sequential([
  dense(16, { activation: 'relu', inputShape: [4] }),
  dense(2, { activation: 'softmax' }),
]);
model.compile({ optimizer: adam(0.02), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
await model.fit(x, y, { epochs: 12, batchSize: 32, verbose: 0 });
const { accuracy = 0 } = await model.evaluate(x, y, { verbose: 0 });
if (accuracy < 0.95) throw new Error(`the model reached an accuracy of ${accuracy} only`);

const folder = await mkdtemp(join(tmpdir(), 'hadal-smoke-'));
await model.save(folder);
const again = await loadModel(folder);
await rm(folder, { recursive: true });
const before = await (await model.predict(x)).data();
const after = await (await again.predict(x)).data();
if (before.some((value, i) => value !== after[i]))
  throw new Error('the loaded model predicts something else');
console.log(`accuracy ${accuracy.toFixed(3)}, predictions equal after loading`);
