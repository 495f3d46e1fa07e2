/**
 * Learning without labels: two views of a picture should be told from all other pictures (SimCLR). Then a linear layer shows, with
 * five labels of each kind, what has been learnt.
 */
import { SimCLR } from '@hadal/applications';
import {
  adam,
  best,
  conv2d,
  cosineDecay,
  dense,
  fashionMnist,
  flatten,
  type HostArray,
  inferenceContext,
  maxPooling2d,
  random,
  randomBrightness,
  randomErasing,
  randomFlip,
  randomTranslation,
  randomZoom,
  type Sequential,
  sequential,
  setDevice,
  setSeed,
  standardScaler,
  tensor,
} from 'hadal';
import type { Options } from '../../common/src/command-line';

const BATCH_SIZE = 128;
const KINDS = 10;
/** Labelled images of each kind, and how often others are drawn, so that the result does not hang on their luck. */
const [LABELLED, DRAWS] = [5, 5];

const encoder = (): Sequential =>
  sequential([
    conv2d(32, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu' }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu' }),
    flatten(),
  ]);

/** What a picture may look like as well and still show the same. */
const views = (): Sequential =>
  sequential([
    randomFlip('horizontal', { inputShape: [28, 28, 1] }),
    randomZoom([-0.35, 0.1], undefined, { fillMode: 'constant' }),
    randomTranslation(0.12, 0.12, { fillMode: 'constant' }),
    randomBrightness(0.3, { valueRange: [0, 1] }),
    randomErasing(0.5, { scale: [0.03, 0.12], fillValue: 0 }),
  ]);

/** Rows of numbers with their labels. */
interface Rows {
  readonly x: HostArray;
  readonly y: readonly number[];
}

const select = ({ x, y }: Rows, rows: readonly number[]): Rows => {
  const width = x.data.length / (x.shape[0] ?? 1);
  const data = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) {
    data.set(Float32Array.from(x.data.subarray(row * width, (row + 1) * width), Number), at * width);
  }
  return { x: { data, shape: [rows.length, width], dtype: 'float32' }, y: rows.map((row) => y[row] ?? 0) };
};

/** The accuracy of a linear layer, mean over draws of the few labelled rows it learns from. */
async function probe(all: Rows, test: Rows): Promise<number> {
  const accuracies: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    setSeed(draw);
    const order = [...random(draw).permutation(all.y.length)];
    const few = Array.from({ length: KINDS }, (_, kind) =>
      order.filter((row) => all.y[row] === kind).slice(0, LABELLED),
    ).flat();
    const chosen = select(all, few);
    // Features are scaled alike, so that none has an advantage by the size of its numbers.
    const scaler = standardScaler();
    const seen = scaler.fitTransform(chosen.x);
    const linear = sequential([
      dense(KINDS, { activation: 'softmax', kernelRegularizer: 'l2', inputShape: seen.shape.slice(1) }),
    ]);
    linear.compile({ optimizer: adam(3e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    await linear.fit(seen, chosen.y, { epochs: 100, batchSize: KINDS * LABELLED, verbose: 0 });
    const { accuracy } = await linear.evaluate(scaler.transform(test.x), test.y, {
      batchSize: 500,
      verbose: 0,
    });
    accuracies.push(accuracy ?? Number.NaN);
  }
  return accuracies.reduce((sum, each) => sum + each, 0) / DRAWS;
}

export async function main({ epochs = 10, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const { train, test } = await fashionMnist();
  const rowsOf = async (some: typeof train): Promise<Rows> => {
    const [batch] = await some.batch(some.size ?? 1).toArray();
    if (batch === undefined) throw new Error('The set is empty.');
    return { x: batch.x, y: Array.from(batch.y.data, Number) };
  };
  const [known, unseen] = [await rowsOf(train.take(2000)), await rowsOf(test)];

  const eyes = encoder();
  const passes = steps === undefined ? epochs : 1;
  const pictures = steps === undefined ? train.shuffle(1) : train.shuffle(1).take(steps * BATCH_SIZE);
  const learner = new SimCLR(eyes, {
    projectionDim: 32,
    hiddenUnits: 128,
    temperature: 0.2,
    optimizer: adam(cosineDecay(2e-3, passes * Math.floor((pictures.size ?? 0) / BATCH_SIZE))),
  });
  const augment = views();
  const training = { ...inferenceContext, training: true };
  const losses: number[] = [];
  for (let epoch = 0; epoch < passes; epoch++) {
    let [sum, count] = [0, 0];
    for await (const { x } of pictures.batch(BATCH_SIZE, { dropRemainder: true }).iterate({ epoch })) {
      const images = tensor(x.data, { shape: x.shape });
      sum += await learner.trainStep(augment.apply(images, training), augment.apply(images, training));
      count += 1;
    }
    losses.push(sum / count);
    console.log(`epoch ${epoch + 1}: loss ${losses.at(-1)?.toFixed(3)}`);
  }

  const by = async (model: Sequential, { x, y }: Rows): Promise<Rows> => {
    const seen = await model.predict(x, { batchSize: 500 });
    return { x: { data: await seen.data(), shape: seen.shape, dtype: 'float32' }, y };
  };
  const asRows = (rows: Rows): Rows => select(rows, [...rows.y.keys()]);
  const untrained = encoder();
  return {
    pretrained: await probe(await by(eyes, known), await by(eyes, unseen)),
    untrained: await probe(await by(untrained, known), await by(untrained, unseen)),
    pixels: await probe(asRows(known), asRows(unseen)),
    losses,
  };
}
