/** Prediction: of one batch that is on the device at once, of all else by code that is loaded for it. */
import type { Dataset, HostArray, TrainingBatch } from '@hadal/core';
import { hostArray, hostValues, Tensor, tensor } from '@hadal/core';
import { type Arrangement, isTensor, type Replaced, type Tensors } from '../layer/arrangement';
import type { ArrayInput } from '../training/arrays';

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
  const isBatches = isDataset(data);
  let given = data;
  if (!isBatches) {
    const leaves = inputs.leavesIn(where, 'x', data);
    given = inputs.arrange(leaves);
    const onDevice = leaves.filter(isTensor);
    const fits = onDevice.every(({ shape }) => (shape[0] ?? 0) <= batchSize);
    if (onDevice.length === leaves.length && fits) return compute(onDevice);
  }
  const { batchesOf, predictEach } = await import('../on-demand');
  const core = { Tensor, hostArray, hostValues, tensor, upload };
  const batches = isBatches ? data : await batchesOf(core, where, inputs, given, batchSize);
  return predictEach(core, where, inputs, batches, signal, compute);
}
