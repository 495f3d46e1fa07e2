/** Plain arrays as a dataset of batches: what `fit(x, y)` trains on. */
import type {
  Dataset,
  DatasetIterator,
  HostArray,
  HostArrays,
  IterateOptions,
  JsonValue,
  TrainingBatch,
  TypedArray,
} from '@hadal/core';
import { ArgumentError, DataError, isJsonObject, permutation } from '@hadal/core';
import { hostArraysOf, mapHostArrays, pickRows, rows, sampleCount } from './arrays';
import { STEPS_IN_FLIGHT } from './in-flight';

export interface ArrayDatasetOptions {
  readonly batchSize: number;
  /**
   * With it, every epoch is shuffled differently, but the same epoch always in the same order. A batch of shuffled rows
   * is a copy, whose memory is used again for the {@link BATCHES_KEPT}th batch after it.
   */
  readonly shuffleSeed?: number;
}

/** Batches that are whole at the same time: those of the steps in flight, the next one, and the one that is made. */
export const BATCHES_KEPT = STEPS_IN_FLIGHT + 2;

/** Arrays with one row per sample, arranged as a model takes and gives them. */
export interface ArraySamples {
  readonly x: HostArrays;
  readonly y?: HostArrays;
  readonly sampleWeight?: HostArrays;
}

/** All arrays with what they are called in errors. */
const namedArrays = (samples: ArraySamples): [name: string, array: HostArray][] =>
  (['x', 'y', 'sampleWeight'] as const).flatMap((name) => {
    const arrays = samples[name];
    return arrays === undefined ? [] : hostArraysOf(name, arrays);
  });

/** The same arrangement of parts of each array. */
export function mapSamples(samples: ArraySamples, cut: (array: HostArray) => HostArray): ArraySamples {
  const { x, y, sampleWeight } = samples;
  return {
    x: mapHostArrays(x, cut),
    ...(y === undefined ? {} : { y: mapHostArrays(y, cut) }),
    ...(sampleWeight === undefined ? {} : { sampleWeight: mapHostArrays(sampleWeight, cut) }),
  };
}

/** Batches of rows of arrays, in order or shuffled; the last batch may be smaller. */
export class ArrayDataset implements Dataset<TrainingBatch> {
  readonly #samples: ArraySamples;
  readonly #options: ArrayDatasetOptions;
  readonly #count: number;
  /** Memory for copies of rows, by the array that they are from. */
  readonly #kept = Array.from({ length: BATCHES_KEPT }, () => new Map<HostArray, TypedArray>());

  /**
   * @param where what was called, for errors
   * @throws {DataError} when the arrays have different numbers of samples, or none
   */
  constructor(where: string, samples: ArraySamples, options: ArrayDatasetOptions) {
    const { batchSize } = options;
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
      throw new ArgumentError(where, `batchSize is ${batchSize}; expected a positive integer.`);
    }
    const [[first, array] = [], ...others] = namedArrays(samples);
    this.#count = first === undefined || array === undefined ? 0 : sampleCount(where, first, array);
    if (this.#count === 0) throw new DataError(where, 'x has no samples.', 'Pass at least one.');
    for (const [name, other] of others) {
      const count = sampleCount(where, name, other);
      if (count === this.#count) continue;
      throw new DataError(
        where,
        `${first} has ${this.#count} samples and ${name} has ${count}.`,
        'Every sample needs a target: the first axes must be equal.',
      );
    }
    this.#samples = samples;
    this.#options = options;
  }

  get size(): number {
    return Math.ceil(this.#count / this.#options.batchSize);
  }

  /** How many samples there are. */
  get samples(): number {
    return this.#count;
  }

  iterate({ epoch = 0, state }: IterateOptions = {}): DatasetIterator<TrainingBatch> {
    const position = state === undefined ? { epoch, batch: 0 } : readPosition(state);
    const { shuffleSeed } = this.#options;
    const order =
      shuffleSeed === undefined ? undefined : permutation(this.#count, shuffleSeed, position.epoch);
    return new ArrayIterator(position.epoch, position.batch, this.size, (batch) => this.#batch(batch, order));
  }

  [Symbol.asyncIterator](): DatasetIterator<TrainingBatch> {
    return this.iterate();
  }

  #batch(index: number, order: Int32Array | undefined): TrainingBatch {
    const { batchSize } = this.#options;
    const from = index * batchSize;
    const to = Math.min(this.#count, from + batchSize);
    const kept = this.#kept[index % BATCHES_KEPT]!;
    const cut = (array: HostArray): HostArray => {
      if (order === undefined) return rows(array, from, to);
      const target = kept.get(array) ?? array.data.slice(0, (array.data.length / this.#count) * batchSize);
      kept.set(array, target);
      return pickRows(array, order, from, to, target);
    };
    return mapSamples(this.#samples, cut);
  }
}

function readPosition(state: JsonValue): { readonly epoch: number; readonly batch: number } {
  if (isJsonObject(state)) {
    const { epoch, batch } = state;
    if (typeof epoch === 'number' && typeof batch === 'number') return { epoch, batch };
  }
  throw new DataError(
    'fit',
    'the saved data position belongs to another kind of dataset.',
    'Resume with the same data that the run was started with.',
  );
}

/** Walks over the batches of one epoch. */
class ArrayIterator implements DatasetIterator<TrainingBatch> {
  #next: number;

  constructor(
    readonly epoch: number,
    first: number,
    readonly size: number,
    readonly batchAt: (index: number) => TrainingBatch,
  ) {
    this.#next = first;
  }

  async next(): Promise<IteratorResult<TrainingBatch, undefined>> {
    if (this.#next >= this.size) return { done: true, value: undefined };
    return { done: false, value: this.batchAt(this.#next++) };
  }

  state(): JsonValue {
    return { epoch: this.epoch, batch: this.#next };
  }

  async return(): Promise<IteratorResult<TrainingBatch, undefined>> {
    this.#next = this.size;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): DatasetIterator<TrainingBatch> {
    return this;
  }
}
