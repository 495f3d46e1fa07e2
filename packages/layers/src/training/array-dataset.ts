/** Plain arrays as a dataset of batches: what `fit(x, y)` trains on. */
import type {
  Dataset,
  DatasetIterator,
  HostArray,
  IterateOptions,
  JsonValue,
  TrainingBatch,
} from '@hadal/core';
import { ArgumentError, DataError, isJsonObject, permutation } from '@hadal/core';
import { pickRows, rows, sampleCount } from './arrays';

export interface ArrayDatasetOptions {
  readonly batchSize: number;
  /** With it, every epoch is shuffled differently, but the same epoch always in the same order. */
  readonly shuffleSeed?: number;
}

/** Arrays with one row per sample. */
export interface ArraySamples {
  readonly x: HostArray;
  readonly y?: HostArray;
  readonly sampleWeight?: HostArray;
}

/** Batches of rows of arrays, in order or shuffled; the last batch may be smaller. */
export class ArrayDataset implements Dataset<TrainingBatch> {
  readonly #samples: ArraySamples;
  readonly #options: ArrayDatasetOptions;
  readonly #count: number;

  /**
   * @param where what was called, for errors
   * @throws {DataError} when the arrays have different numbers of samples, or none
   */
  constructor(where: string, samples: ArraySamples, options: ArrayDatasetOptions) {
    const { batchSize } = options;
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
      throw new ArgumentError(where, `batchSize is ${batchSize}; expected a positive integer.`);
    }
    this.#count = sampleCount(where, 'x', samples.x);
    if (this.#count === 0) throw new DataError(where, 'x has no samples.', 'Pass at least one.');
    for (const name of ['y', 'sampleWeight'] as const) {
      const array = samples[name];
      const count = array === undefined ? this.#count : sampleCount(where, name, array);
      if (count === this.#count) continue;
      throw new DataError(
        where,
        `x has ${this.#count} samples and ${name} has ${count}.`,
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
    const cut = (array: HostArray): HostArray =>
      order === undefined ? rows(array, from, to) : pickRows(array, order, from, to);
    const { x, y, sampleWeight } = this.#samples;
    return {
      x: cut(x),
      ...(y === undefined ? {} : { y: cut(y) }),
      ...(sampleWeight === undefined ? {} : { sampleWeight: cut(sampleWeight) }),
    };
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
