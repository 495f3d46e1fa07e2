/**
 * A convolutional network on the same clothes: slower to train than the dense one, and better.
 */
import { cpu } from '@hadal/backend-cpu';
import { setDevice, setSeed } from '@hadal/core';
import { fashionMnist } from '@hadal/data';
import { conv2d, dense, flatten, maxPooling2d, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';

export interface Options {
  /** Passes over the 12,000 training images. */
  readonly epochs?: number;
  /** Train on this many batches only, and judge on a few images: a quick look instead of a good model. */
  readonly steps?: number;
}

const BATCH_SIZE = 32;

export async function main({ epochs = 3, steps }: Options = {}) {
  setDevice(await cpu());
  setSeed(1);
  const data = await fashionMnist();
  const train = steps === undefined ? data.train : data.train.shuffle(0).take(steps * BATCH_SIZE);
  const test = steps === undefined ? data.test : data.test.take(512);

  const model = sequential([
    conv2d(32, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu' }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu' }),
    flatten(),
    dense(64, { activation: 'relu' }),
    dense(10, { activation: 'softmax' }),
  ]);
  model.compile({
    optimizer: adam(1e-3),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(train.shuffle(1).batch(BATCH_SIZE), { epochs: steps === undefined ? epochs : 1 });
  return model.evaluate(test.batch(256));
}
