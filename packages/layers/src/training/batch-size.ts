/** Finds the batch size from which on larger ones are hardly faster. */
import type { HostArray } from '@hadal/core';
import { ArgumentError, DeviceError } from '@hadal/core';
import type { AnyModel, Model } from '../model/model';
import { mapSamples } from './array-dataset';
import { type ArrayInput, hostArraysOf, rows, sampleCount } from './arrays';
import { readSamples } from './data';
import { readRandomState, writeRandomState } from './random-state';

export interface BatchSizeOptions {
  /** The first size (default 8). */
  readonly from?: number;
  /** The last size (default 1024, or as many samples as there are). */
  readonly to?: number;
  /** Steps that are timed with each size, after one that is not (default 5). */
  readonly steps?: number;
  /** Clock in milliseconds, for tests. */
  readonly now?: () => number;
}

/** A size that was tried. */
export interface TriedBatchSize {
  /** Samples of each update. */
  readonly batchSize: number;
  /** How fast it learnt from them. */
  readonly samplesPerSecond: number;
}

export interface BatchSizes {
  /** In order; it ends where the device had no memory for more. */
  readonly tried: readonly TriedBatchSize[];
  /** The smallest size that is nearly as fast as the fastest. */
  readonly suggestion: number;
}

/** How much of the greatest rate is enough. */
const ENOUGH = 0.9;

/**
 * Trains a few steps with batches of 8, 16, 32 … and measures how many samples a second each takes; then weights,
 * optimizer and random numbers are put back. Small batches learn more from each sample, so that there is no reason to
 * take a larger one than the suggestion.
 *
 * @throws {ArgumentError} when there are fewer samples than `from`, or an option is out of range
 * @example
 * const { suggestion } = await findBatchSize(model, images, labels);
 * await model.fit(images, labels, { batchSize: suggestion });
 */
export async function findBatchSize(
  model: Model | AnyModel,
  x: ArrayInput,
  y: ArrayInput,
  { from = 8, to = 1024, steps = 5, now = () => performance.now() }: BatchSizeOptions = {},
): Promise<BatchSizes> {
  for (const [name, value] of Object.entries({ from, to, steps })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new ArgumentError('findBatchSize', `${name} is ${value}; expected a positive integer.`);
  }
  const samples = await readSamples('findBatchSize', model.structure, x, y);
  const [[name, array] = []] = hostArraysOf('x', samples.x);
  const count = name === undefined || array === undefined ? 0 : sampleCount('findBatchSize', name, array);
  if (count < from)
    throw new ArgumentError('findBatchSize', `${count} samples are fewer than from, ${from}.`);
  const restore = await remember(model);
  const tried: TriedBatchSize[] = [];
  try {
    for (let batchSize = from; batchSize <= Math.min(to, count); batchSize *= 2) {
      const batch = mapSamples(samples, (each) => rows(each, 0, batchSize));
      const step = (): Promise<unknown> => model.trainOnBatch(batch.x as HostArray, batch.y as HostArray);
      await step();
      const start = now();
      for (let index = 0; index < steps; index++) await step();
      tried.push({ batchSize, samplesPerSecond: (batchSize * steps * 1000) / (now() - start) });
    }
  } catch (error) {
    // No memory for as many: those before are what there is.
    if (!(error instanceof DeviceError) || tried.length === 0) throw error;
  } finally {
    restore();
  }
  const best = Math.max(...tried.map(({ samplesPerSecond }) => samplesPerSecond));
  const found = tried.find(({ samplesPerSecond }) => samplesPerSecond >= ENOUGH * best);
  return { tried, suggestion: found?.batchSize ?? from };
}

/** What puts a model back to where it is now. */
async function remember(model: Model | AnyModel): Promise<() => void> {
  if (!model.built) {
    throw new ArgumentError(
      'findBatchSize',
      'the model has no weights yet that could be put back afterwards.',
      'Give its first layer an inputShape, or call model.build([null, …]).',
    );
  }
  model.optimizer.build(model.trainableWeights);
  const weights = await model.getWeights();
  const state = await model.optimizer.state();
  const random = await readRandomState(model.generators);
  return () => {
    model.setWeights(weights);
    model.optimizer.setState(state);
    writeRandomState(model.generators, random);
    model.resetMetrics();
  };
}
