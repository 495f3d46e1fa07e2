/**
 * The convolutional network on colour images: CIFAR-10 where its files are at hand, emoji where they are not.
 */
import {
  adam,
  best,
  conv2d,
  dense,
  dropout,
  flatten,
  maxPooling2d,
  sequential,
  setDevice,
  setSeed,
} from 'hadal';
import { type ColourImages, cifar10, emoji } from '../../common/src/colour-images';
import type { Options } from '../../common/src/command-line';

export interface ColourOptions extends Options {
  /** Emoji come with the example (default); CIFAR-10 is read from `folder`, or downloaded without one. */
  readonly data?: 'emoji' | 'cifar10';
  /** Folder of data_batch_1.bin to data_batch_5.bin and test_batch.bin. */
  readonly folder?: string;
}

const BATCH_SIZE = 32;

export async function main({ epochs = 25, steps, data = 'emoji', folder }: ColourOptions = {}) {
  setDevice(await best());
  setSeed(1);
  const images: ColourImages = data === 'emoji' ? await emoji() : await cifar10(folder);
  const shuffled = images.train.shuffle(1);
  const train = steps === undefined ? shuffled : shuffled.repeat().take(steps * BATCH_SIZE);

  const model = sequential([
    conv2d(32, 3, { activation: 'relu', inputShape: [32, 32, 3] }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu' }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu' }),
    flatten(),
    dense(64, { activation: 'relu' }),
    dropout(0.5),
    dense(images.classNames.length, { activation: 'softmax' }),
  ]);
  model.compile({
    optimizer: adam(1e-3),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(train.batch(BATCH_SIZE), {
    epochs: steps === undefined ? epochs : 1,
    validationData: images.test.batch(256),
  });
  const { accuracy } = await model.evaluate(images.test.batch(256), { verbose: 0 });
  return { accuracy, majority: await largestClass(images), history };
}

/** How often one would be right who always names the class that is the most frequent. */
async function largestClass({ test, classNames }: ColourImages): Promise<number> {
  const counts = classNames.map(() => 0);
  for await (const { y } of test) {
    const label = Number(y.data[0]);
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return Math.max(...counts) / (test.size ?? Number.NaN);
}
