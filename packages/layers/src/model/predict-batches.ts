/**
 * Prediction in batches, and the results put together. Loaded with the first data that is more than one batch on the
 * device; what it needs of core is handed in, so that bundlers need not cut core into pieces.
 */
import type { Dataset, HostArray, hostArray, Tensor, TrainingBatch, tensor } from '@hadal/core';
import { ArgumentError, DataError } from '@hadal/core/errors';
import type { Arrangement } from '../layer/arrangement';
import { batchArrays, type Conversion, rows, sampleCount, toHostArrays } from '../training/arrays';
import { breathe } from '../training/breathe';

interface Core extends Conversion {
  readonly hostArray: typeof hostArray;
  readonly tensor: typeof tensor;
  /** Uploads a host array. */
  upload(array: HostArray): Tensor;
}

/** Any data as batches of rows. */
export async function batchesOf(
  core: Core,
  where: string,
  inputs: Arrangement,
  data: unknown,
  batchSize: number,
): Promise<Iterable<TrainingBatch>> {
  return cut(where, inputs, await toHostArrays(where, 'x', inputs, data, core), batchSize);
}

/** The outputs for all batches, joined. */
export async function predictEach(
  core: Core,
  where: string,
  inputs: Arrangement,
  batches: Dataset<TrainingBatch> | Iterable<TrainingBatch>,
  signal: AbortSignal | undefined,
  compute: (x: readonly Tensor[]) => Promise<readonly Tensor[]>,
): Promise<readonly Tensor[]> {
  const outputs: (readonly Tensor[])[] = [];
  for await (const { x } of batches) {
    signal?.throwIfAborted();
    const uploaded = batchArrays(where, 'x', inputs, x).map(core.upload);
    outputs.push(await compute(uploaded));
    for (const each of uploaded) each.dispose();
    await breathe();
  }
  const [first] = outputs;
  if (first === undefined) throw new DataError(where, 'there are no samples to predict for.');
  if (outputs.length === 1) return first;
  return Promise.all(
    first.map((_, index) =>
      joinOutputs(
        core,
        outputs.map((batch) => batch[index]!),
      ),
    ),
  );
}

/** Rows of arrays, so many at a time. */
function* cut(
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
    const part = arrays.map((array) => rows(array, from, Math.min(samples, from + batchSize)));
    yield { x: inputs.arrange(part) };
  }
}

async function joinOutputs({ hostArray, tensor }: Core, outputs: readonly Tensor[]): Promise<Tensor> {
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
