/**
 * Two networks against each other (DCGAN): one draws clothes, the other tells drawn ones from real ones, and both get better.
 */
import { dcgan } from '@hadal/applications';
import {
  best,
  fashionMnist,
  type HostArray,
  randomNormal,
  setDevice,
  setSeed,
  type Tensor,
  tensor,
} from 'hadal';
import type { Options } from '../../common/src/command-line';
import { distance, judgeOf, kindsAmong, pixelByPixel } from './judge';

const BATCH_SIZE = 64;
const SIZES = { imageShape: [28, 28, 1], latentDim: 64, filters: 32 } as const;
const SHOWN = 10;
const PIXELS = 28 * 28;

/** From −1 … 1, as the artist draws, to 0 … 1. */
const toImages = async (drawn: Tensor): Promise<HostArray> => ({
  data: Float32Array.from(await drawn.data(), (value) => (Number(value) + 1) / 2),
  shape: drawn.shape,
  dtype: 'float32',
});

export async function main({ epochs = 20, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const { train, test } = await fashionMnist();
  const gan = dcgan(SIZES);

  const judge = await judgeOf(train, steps);
  const features = async (images: HostArray): Promise<HostArray> => {
    const seen = await judge.features.predict(images, { batchSize: 500 });
    return { data: await seen.data(), shape: seen.shape, dtype: 'float32' };
  };
  const count = steps === undefined ? 2000 : 500;
  const imagesOf = async (from: typeof train): Promise<HostArray> => {
    const [batch] = await from.take(count).batch(count).toArray();
    if (batch === undefined) throw new Error('The set is empty.');
    return batch.x;
  };
  const truth = await features(await imagesOf(test));
  const noise = randomNormal([count, SIZES.latentDim]);
  const drawings = async (): Promise<HostArray> =>
    toImages(await gan.generator.predict(noise, { batchSize: 500 }));

  const first = await drawings();
  const gallery = [first];
  const distances = [distance(await features(first), truth)];
  const passes = steps === undefined ? epochs : 1;
  for (let epoch = 0; epoch < passes; epoch++) {
    const seen = train.shuffle(1);
    const part = steps === undefined ? seen : seen.take(steps * BATCH_SIZE);
    for await (const { x } of part.batch(BATCH_SIZE, { dropRemainder: true }).iterate({ epoch })) {
      await gan.trainStep(tensor(x.data, { shape: x.shape }).mul(2).sub(1));
    }
    const drawn = await drawings();
    gallery.push(drawn);
    distances.push(distance(await features(drawn), truth));
    console.log(`epoch ${epoch + 1}: distance ${distances.at(-1)?.toFixed(2)}`);
  }
  return {
    distances,
    /** Other real images, which are as near as can be. */
    real: distance(await features(await imagesOf(train)), truth),
    /** Drawings of single pixels by their mean and deviation. */
    simple: distance(await features(await pixelByPixel(train, count)), truth),
    /** Of the ten kinds, how many are drawn. */
    kinds: await kindsAmong(gallery.at(-1) ?? first, judge),
    /** The same beginnings after each epoch, a row for each. */
    rows: gallery.flatMap(({ data }) =>
      Array.from(
        { length: SHOWN },
        (_, at): HostArray => ({
          data: data.slice(at * PIXELS, (at + 1) * PIXELS),
          shape: [28, 28, 1],
          dtype: 'float32',
        }),
      ),
    ),
    shown: SHOWN,
  };
}
