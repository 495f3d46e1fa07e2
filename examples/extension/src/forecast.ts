/** Trains, saves and loads a model in which everything is an extension. */
import { setSeed, tensor } from '@hadal/core';
import { dense, loadModel, memoryStorage, sequential } from '@hadal/layers';
import { airPassengers, Coverage, Maxout, maxout, Pinball, WINDOW, Yogi } from './index';

export interface Forecast {
  /** Of the months held back, the part within the interval from the 10 % to the 90 % quantile. */
  readonly coverage: number;
  /** The pinball loss of the months held back, and that of the quantiles of all changes without a model. */
  readonly loss: number;
  readonly baseline: number;
  /** The largest difference between predictions of the model and of the one loaded from its file. */
  readonly difference: number;
  /** The same after both were trained on. */
  readonly resumedDifference: number;
}

const QUANTILES = [0.1, 0.5, 0.9];

/** The pinball loss of constant quantiles, those of the changes trained on. */
async function baselineLoss(changes: readonly number[], later: readonly number[]): Promise<number> {
  const sorted = [...changes].sort((a, b) => a - b);
  const constant = QUANTILES.map((quantile) => sorted[Math.floor(quantile * sorted.length)]!);
  const outputs = tensor(later.map(() => constant));
  return new Pinball(QUANTILES).apply(tensor(later.map((change) => [change])), outputs).item();
}

/** @param epochs passes over the 106 windows */
export async function forecast({ epochs = 60 }: { readonly epochs?: number } = {}): Promise<Forecast> {
  setSeed(7);
  const { train, test } = airPassengers();
  const targets = async (data: typeof train): Promise<number[]> =>
    (await data.toArray()).map(({ y }) => Number(y.data[0]));
  const model = sequential([maxout(16, { pieces: 3, inputShape: [WINDOW] }), dense(QUANTILES.length)]);
  model.compile({ optimizer: new Yogi(0.01), loss: new Pinball(QUANTILES), metrics: [new Coverage()] });
  await model.fit(train.shuffle(7).batch(16), { epochs, verbose: 0 });
  const { loss, coverage } = await model.evaluate(test.batch(24), { verbose: 0 });

  const storage = memoryStorage();
  await model.save(storage);
  const loaded = await loadModel(storage, {
    layers: [Maxout],
    losses: [Pinball],
    metrics: [Coverage],
    optimizers: [Yogi],
  });
  const windows = (await test.toArray()).map(({ x }) => Array.from(x.data, Number));
  const difference = async (): Promise<number> => {
    const [ours, theirs] = [await model.predict(windows), await loaded.predict(windows)];
    const [a, b] = [await ours.data(), await theirs.data()];
    return Math.max(...Array.from(a, (value, index) => Math.abs(Number(value) - Number(b[index]))));
  };
  const before = await difference();
  for (const each of [model, loaded]) await each.fit(train.batch(16), { epochs: 2, verbose: 0 });
  return {
    coverage: coverage!,
    loss: loss!,
    baseline: await baselineLoss(await targets(train), await targets(test)),
    difference: before,
    resumedDifference: await difference(),
  };
}
