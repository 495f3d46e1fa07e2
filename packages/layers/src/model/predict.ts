/** Prediction in batches, and the results put together. */
import type { Dataset, HostArray, TrainingBatch } from '@hadal/core';
import { ArgumentError, DataError, hostArray, Tensor, tensor } from '@hadal/core';
import type { Arrangement, Replaced, Tensors } from '../layer/arrangement';
import { type ArrayInput, batchArrays, rows, sampleCount, toHostArrays } from '../training/arrays';
import { breathe } from '../training/breathe';

/** Arrays of samples, arranged as the inputs of the model, or a dataset of batches. */
export type PredictData<In extends Tensors = Tensor> = Replaced<In, ArrayInput> | Dataset<TrainingBatch>;

export interface PredictOptions {
  /** Samples computed at a time (default 32); a dataset brings its own batches. */
  readonly batchSize?: number;
  /** Stops between batches; `predict` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const isDataset = (data: unknown): data is Dataset<TrainingBatch> =>
  typeof data === 'object' && data !== null && 'iterate' in data;

/** Uploads a host array. */
export const upload = ({ data, shape, dtype }: HostArray): Tensor => tensor(data, { shape, dtype });

/** @param compute the outputs of the model for its inputs, both as lists */
export async function predictBatches(
  where: string,
  inputs: Arrangement,
  data: unknown,
  { batchSize = 32, signal }: PredictOptions,
  compute: (x: readonly Tensor[]) => Promise<readonly Tensor[]>,
): Promise<readonly Tensor[]> {
  signal?.throwIfAborted();
  if (!isDataset(data)) {
    const leaves = inputs.leavesIn(where, 'x', data);
    const onDevice = leaves.filter((leaf) => leaf instanceof Tensor);
    const fits = onDevice.every(({ shape }) => (shape[0] ?? 0) <= batchSize);
    if (onDevice.length === leaves.length && fits) return compute(onDevice);
  }
  const batches = isDataset(data)
    ? data
    : batchesOf(where, inputs, await toHostArrays(where, 'x', inputs, data), batchSize);
  const outputs: (readonly Tensor[])[] = [];
  for await (const { x } of batches) {
    signal?.throwIfAborted();
    const uploaded = batchArrays(where, 'x', inputs, x).map(upload);
    outputs.push(await compute(uploaded));
    for (const each of uploaded) each.dispose();
    await breathe();
  }
  const [first] = outputs;
  if (first === undefined) throw new DataError(where, 'there are no samples to predict for.');
  if (outputs.length === 1) return first;
  return Promise.all(first.map((_, index) => joinOutputs(outputs.map((batch) => batch[index]!))));
}

/** Rows of arrays, so many at a time. */
function* batchesOf(
  where: string,
  inputs: Arrangement,
  arrays: readonly HostArray[],
  batchSize: number,
): Generator<TrainingBatch> {
  const counts = arrays.map((array, index) => sampleCount(where, inputs.nameOf('x', index), array));
  const [samples = 0] = counts;
  if (counts.some((count) => count !== samples)) {
    throw new DataError(where, `the inputs have ${counts.join(', ')} samples; expected as many in each.`);
  }
  if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) {
    throw new ArgumentError(where, `batchSize is ${batchSize}; expected a positive integer.`);
  }
  for (let from = 0; from < samples; from += batchSize) {
    const cut = arrays.map((array) => rows(array, from, Math.min(samples, from + batchSize)));
    yield { x: inputs.arrange(cut) };
  }
}

async function joinOutputs(outputs: readonly Tensor[]): Promise<Tensor> {
  const [first] = outputs;
  if (first === undefined) throw new RangeError('there is nothing to join');
  const samples = outputs.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const shape = [samples, ...first.shape.slice(1)];
  const joined = hostArray(
    first.dtype,
    shape.reduce((product, extent) => product * extent, 1),
  );
  let offset = 0;
  for (const output of outputs) {
    joined.set(await output.data(), offset);
    output.dispose();
    offset += output.size;
  }
  return tensor(joined, { shape, dtype: first.dtype });
}
