/** The data that layers adapt to, as host arrays: an array, a dataset of batches, or anything that yields arrays. */
import type { Dataset, HostArray, TrainingBatch } from '@hadal/core';
import { ArgumentError, hostValues, Tensor } from '@hadal/core';
import { type ArrayInput, hostArraysOf, toHostArray } from '../../training/arrays';

/** What a layer of numbers adapts to. Of a dataset of training batches it sees the only input. */
export type AdaptData =
  | ArrayInput
  | Dataset<TrainingBatch>
  | Dataset<HostArray>
  | AsyncIterable<ArrayInput | TrainingBatch>
  | Iterable<HostArray | Tensor>;

const conversion = { Tensor, hostValues };

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  isRecord(value) && Symbol.asyncIterator in value;

const isBatch = (value: unknown): value is TrainingBatch => isRecord(value) && 'x' in value;

const isArrays = (value: unknown): value is Iterable<HostArray | Tensor> =>
  isRecord(value) &&
  Symbol.iterator in value &&
  !(value instanceof Tensor) &&
  !ArrayBuffer.isView(value) &&
  !(Array.isArray(value) && !isRecord(firstLeaf(value)));

/** The first value of nested lists that is none itself. */
const firstLeaf = (value: unknown): unknown => (Array.isArray(value) ? firstLeaf(value[0]) : value);

/**
 * The data in parts, one after the other.
 *
 * @throws {ArgumentError} when it is none, or batches have several inputs
 */
export async function* partsOf(where: string, data: AdaptData): AsyncGenerator<HostArray, void, undefined> {
  if (isStream(data)) {
    for await (const part of data) yield await hostPart(where, part);
  } else if (isArrays(data)) {
    for (const part of data) yield await hostPart(where, part);
  } else {
    yield await hostPart(where, data);
  }
}

async function hostPart(where: string, part: unknown): Promise<HostArray> {
  if (!isBatch(part)) return toHostArray(where, 'data', part as ArrayInput, conversion);
  const arrays = hostArraysOf('x', part.x);
  const [only] = arrays;
  if (arrays.length === 1 && only !== undefined) return only[1];
  throw new ArgumentError(
    where,
    `the batches have ${arrays.length} inputs; a layer adapts to one.`,
    'Give a dataset of that input alone: dataset.map(({ x }) => ({ x: x.price })).',
  );
}
