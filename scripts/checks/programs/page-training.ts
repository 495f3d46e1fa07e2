/**
 * Runs in a page: trains a small convolutional network on made-up images, on the device that the page's address asks for.
 * The title becomes `trained, loss A to B` when it is over, or `failed`.
 */
import { setDevice } from '@hadal/core';
import { conv2d, dense, flatten, maxPooling2d, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';
import { openDevice } from './page-device';

const IMAGES = 256;
const SIDE = 20;
const CLASSES = 4;

/** Bright in the quarter that is the class. */
const images = new Float32Array(IMAGES * SIDE * SIDE);
const labels = new Int32Array(IMAGES);
for (let image = 0; image < IMAGES; image++) {
  const label = image % CLASSES;
  labels[image] = label;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const quarter = 2 * Number(2 * y >= SIDE) + Number(2 * x >= SIDE);
      const noise = ((image * 7919 + y * 104729 + x * 1299709) % 97) / 97;
      images[(image * SIDE + y) * SIDE + x] = noise + (quarter === label ? 0.5 : 0);
    }
  }
}

performance.mark('the program begins');
try {
  setDevice(await openDevice());
  const model = sequential([
    conv2d(16, 3, { activation: 'relu', inputShape: [SIDE, SIDE, 1] }),
    maxPooling2d(2),
    conv2d(16, 3, { activation: 'relu' }),
    flatten(),
    dense(CLASSES, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: adam(3e-3), loss: 'sparseCategoricalCrossentropy' });
  const { history } = await model.fit(
    { data: images, shape: [IMAGES, SIDE, SIDE, 1], dtype: 'float32' },
    { data: labels, shape: [IMAGES], dtype: 'int32' },
    { epochs: 12, batchSize: 32, verbose: 0 },
  );
  const losses = history.loss ?? [];
  document.title = `trained, loss ${losses[0]?.toFixed(3)} to ${losses.at(-1)?.toFixed(3)}`;
} catch (error) {
  document.body.textContent = String(error);
  document.title = 'failed';
}
