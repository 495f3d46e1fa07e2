/**
 * The loops of training and evaluation: batches in, steps run, callbacks told. The next batch is fetched while a step
 * runs, and the figures are read only when somebody asks.
 */
import type { DatasetIterator, HostArray, Tensor, TrainingBatch } from '@hadal/core';
import { DataError, tensor } from '@hadal/core';
import type { BatchProgress, Callback } from '../callbacks/callback';
import { breathe, isDue } from './breathe';
import type { CheckedBatch, TrainingData } from './data';
import { STEPS_IN_FLIGHT } from './in-flight';
import type { Logs } from './logs';
import type { TrainingPosition } from './position';
import type { StepArguments } from './steps';

/** What the loops need of a model that trains. */
export interface Trainee {
  /** Checks a batch and makes everything ready to compute it; `weighted` applies class weights. */
  prepare(where: string, batch: TrainingBatch, weighted: boolean): CheckedBatch;
  trainStep(...batch: StepArguments): Promise<undefined>;
  /** Records and plans what a step runs, where that is new, without running it. */
  planStep(...batch: StepArguments): Promise<unknown>;
  testStep(...batch: StepArguments): Promise<undefined>;
  resetMetrics(): void;
  readLogs(): Promise<Logs>;
  /** Shows the weights that a run ends with. A run that continues goes on from those before. */
  finalize(): void;
  /** Waits for the device, so that work in flight stays bounded. */
  drain(): Promise<void>;
  /** Set by callbacks to end the run after the current batch. */
  stopTraining: boolean;
  position: TrainingPosition;
}

export interface PassOptions {
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
  /** Most batches of the pass. */
  readonly limit: number | undefined;
}

/** Calls one hook of all callbacks, in order. */
export async function tell(
  callbacks: readonly Callback[],
  hook: (callback: Callback) => void | Promise<void>,
): Promise<void> {
  for (const callback of callbacks) {
    // Most hooks do nothing, and there may be thousands of them in a second.
    const told = hook(callback);
    if (told !== undefined) await told;
  }
}

/** Batches of a pass, where they can be known. */
export function passLength(data: TrainingData, limit: number | undefined): number | undefined {
  const { size } = data;
  const finite = size !== undefined && Number.isFinite(size) ? size : undefined;
  if (limit === undefined) return finite;
  return finite === undefined ? limit : Math.min(limit, finite);
}

/** A tensor over values that stay as they are until the step has run. */
const over = ({ data, shape, dtype }: HostArray): Tensor => tensor(data, { shape, dtype, copy: false });

/** Uploads a batch for one step and gives its memory back: waiting for the collector would let batches pile up. */
export async function runStep(
  step: Trainee['trainStep'],
  batch: CheckedBatch,
  before?: Trainee['planStep'],
): Promise<void> {
  const [x, y] = [batch.x.map(over), batch.y.map(over)];
  const weights = batch.weights.map((weight) => weight && over(weight));
  if (before !== undefined) await before(x, y, weights);
  await step(x, y, weights);
  for (const uploaded of [...x, ...y, ...weights]) uploaded?.dispose();
}

/** One epoch, from wherever the position says. The position stays at its end until the caller moves it on. */
export async function trainEpoch(
  trainee: Trainee,
  data: TrainingData,
  { callbacks, signal, limit }: PassOptions,
): Promise<Logs> {
  const start = trainee.position;
  if (start.batches === 0) trainee.resetMetrics();
  const iterator =
    start.iterator === null
      ? data.iterate({ epoch: start.epoch })
      : data.iterate({ epoch: start.epoch, state: start.iterator });
  const batches = passLength(data, limit);
  let { samples } = start;
  await eachBatch(iterator, { signal, limit, first: start.batches }, async (element, index, state) => {
    const batch = trainee.prepare('fit', element, true);
    // Making and running the first step at once would keep the thread of a page busy for too long.
    await runStep(trainee.trainStep, batch, index === start.batches ? trainee.planStep : undefined);
    samples += batch.samples;
    trainee.position = { epoch: start.epoch, batches: index + 1, samples, iterator: state };
    if ((index + 1) % STEPS_IN_FLIGHT === 0) await trainee.drain();
    const progress = progressOf(trainee, index, batches, samples);
    await tell(callbacks, (callback) => callback.onTrainBatchEnd(progress));
    return !trainee.stopTraining;
  });
  if (trainee.position.batches === 0) {
    throw new DataError(
      'fit',
      `epoch ${start.epoch + 1} has no batches.`,
      'The dataset is empty or used up.',
    );
  }
  return trainee.readLogs();
}

/** One pass over evaluation data. */
export async function evaluatePass(
  trainee: Trainee,
  data: TrainingData,
  { callbacks, signal, limit }: PassOptions,
): Promise<Logs> {
  trainee.resetMetrics();
  const batches = passLength(data, limit);
  await tell(callbacks, (callback) => callback.onTestBegin(batches));
  let samples = 0;
  await eachBatch(data.iterate(), { signal, limit, first: 0 }, async (element, index) => {
    const batch = trainee.prepare('evaluate', element, false);
    await runStep(trainee.testStep, batch);
    samples += batch.samples;
    if ((index + 1) % STEPS_IN_FLIGHT === 0) await trainee.drain();
    const progress = progressOf(trainee, index, batches, samples);
    await tell(callbacks, (callback) => callback.onTestBatchEnd(progress));
    return true;
  });
  if (samples === 0) throw new DataError('evaluate', 'the dataset gave no batches.');
  const logs = await trainee.readLogs();
  await tell(callbacks, (callback) => callback.onTestEnd(logs));
  return logs;
}

function progressOf(
  trainee: Trainee,
  batch: number,
  batches: number | undefined,
  samples: number,
): BatchProgress {
  let logs: Promise<Logs> | undefined;
  return {
    batch,
    batches,
    samples,
    logs: () => {
      logs ??= trainee.readLogs();
      return logs;
    },
  };
}

interface BatchLimits {
  readonly signal: AbortSignal | undefined;
  readonly limit: number | undefined;
  /** Number of the first batch. */
  readonly first: number;
}

/** Runs `use` on every batch until it returns false, the next one being fetched meanwhile. */
async function eachBatch(
  iterator: DatasetIterator<TrainingBatch>,
  { signal, limit = Number.POSITIVE_INFINITY, first }: BatchLimits,
  use: (batch: TrainingBatch, index: number, state: ReturnType<typeof iterator.state>) => Promise<boolean>,
): Promise<void> {
  let fetched: Promise<IteratorResult<TrainingBatch, undefined>> | undefined;
  try {
    signal?.throwIfAborted();
    fetched = first < limit ? iterator.next() : undefined;
    for (let index = first; fetched !== undefined; index++) {
      const element = await fetched;
      fetched = undefined;
      if (element.done === true) return;
      const state = iterator.state();
      fetched = index + 1 < limit ? iterator.next() : undefined;
      // A failure to fetch is reported when its turn comes, not as an unhandled rejection before.
      fetched?.catch(() => undefined);
      signal?.throwIfAborted();
      if (!(await use(element.value, index, state))) return;
      if (isDue()) await breathe();
      signal?.throwIfAborted();
    }
  } finally {
    await iterator.return();
  }
}
