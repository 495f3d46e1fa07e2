/** Prediction in batches, and the results put together. */
import type { Dataset, HostArray, TrainingBatch } from '@hadal/core';
import { ArgumentError, DataError, hostArray, Tensor, tensor } from '@hadal/core';
import { type ArrayInput, rows, sampleCount, soleArray, toHostArray } from '../training/arrays';
import { breathe } from '../training/breathe';

/** Arrays of samples, or a dataset of batches. */
export type PredictData = ArrayInput | Dataset<TrainingBatch>;

export interface PredictOptions {
  /** Samples computed at a time (default 32); a dataset brings its own batches. */
  readonly batchSize?: number;
  /** Stops between batches; `predict` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const isDataset = (data: object): data is Dataset<TrainingBatch> => 'iterate' in data;

/** Uploads a host array. */
export const upload = ({ data, shape, dtype }: HostArray): Tensor => tensor(data, { shape, dtype });

export async function predictBatches(
  where: string,
  data: PredictData,
  { batchSize = 32, signal }: PredictOptions,
  compute: (x: Tensor) => Promise<Tensor>,
): Promise<Tensor> {
  signal?.throwIfAborted();
  if (data instanceof Tensor && (data.shape[0] ?? 0) <= batchSize) return compute(data);
  const batches = isDataset(data) ? data : batchesOf(where, await toHostArray(where, 'x', data), batchSize);
  const outputs: Tensor[] = [];
  for await (const { x } of batches) {
    signal?.throwIfAborted();
    const uploaded = upload(soleArray(where, 'x', x));
    outputs.push(await compute(uploaded));
    uploaded.dispose();
    await breathe();
  }
  const [first] = outputs;
  if (first === undefined) throw new DataError(where, 'there are no samples to predict for.');
  return outputs.length === 1 ? first : joinOutputs(first, outputs);
}

/** Rows of an array, so many at a time. */
function* batchesOf(where: string, x: HostArray, batchSize: number): Generator<TrainingBatch> {
  const samples = sampleCount(where, 'x', x);
  if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) {
    throw new ArgumentError(where, `batchSize is ${batchSize}; expected a positive integer.`);
  }
  for (let from = 0; from < samples; from += batchSize) {
    yield { x: rows(x, from, Math.min(samples, from + batchSize)) };
  }
}

async function joinOutputs(first: Tensor, outputs: readonly Tensor[]): Promise<Tensor> {
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
