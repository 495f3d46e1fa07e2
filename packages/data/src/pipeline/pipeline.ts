/**
 * The dataset pipeline that users build: lazy, seeded, asynchronous, and resumable at any element.
 */
import { ArgumentError, type Dataset, type DatasetIterator, type IterateOptions } from '@hadal/core';
import { type Batched, collate } from '../host/collate';
import { PipelineIterator } from './iterator';
import { isIndexed, type Source } from './source';
import { type BatchPlan, batchSource } from './stages/batch';
import { concatSource, repeatSource, zipSource } from './stages/combine';
import { type ElementFunction, filterSource, mapSource } from './stages/map';
import { prefetchSource } from './stages/prefetch';
import { selectSource, skipSource, takeSource } from './stages/select';
import { permuteSource, windowShuffleSource } from './stages/shuffle';
import { readIteratorState } from './state';

/** How to shuffle. */
export interface ShuffleOptions {
  /**
   * How many elements to draw from at a time where positions cannot be read at random (after `filter`, from
   * generators). Larger mixes better and holds more in memory. With random access everything is mixed, and this is
   * not needed.
   */
  readonly bufferSize?: number;
  /** Whether every epoch gets an order of its own (default true). */
  readonly reshuffle?: boolean;
}

/** How to form batches. */
export interface BatchOptions {
  /** Leave out a last batch that is not full (default false). */
  readonly dropRemainder?: boolean;
}

/** How to form batches of elements that need a stacking of their own, such as sentences to pad. */
export interface CollateOptions<T, B> extends BatchOptions {
  readonly collate: (elements: readonly T[]) => B;
}

function requireCount(where: string, name: string, value: number, least: number): number {
  if (value === Infinity && where === 'repeat') return value;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ArgumentError(where, `${name} is ${value}.`, `Expected a whole number of at least ${least}.`);
}

/**
 * A dataset: a recipe for elements, which nothing reads until it is iterated. Every method gives a new dataset and
 * leaves this one as it is. Iterating twice gives the same elements; another epoch gives another order of the shuffles.
 *
 * @example
 * const batches = fromArrays({ x: images, y: labels }).shuffle(42).batch(32);
 * for await (const { x, y } of batches) console.log(x.shape, y.shape);
 */
export class Pipeline<T> implements Dataset<T> {
  readonly #source: Source<T>;

  /** @param source where the elements come from; users call `fromArrays`, `fromItems` or `fromGenerator` */
  constructor(source: Source<T>) {
    this.#source = source;
  }

  /** Elements of one pass, if known; `Infinity` after an endless `repeat`. */
  get size(): number | undefined {
    return this.#source.size;
  }

  /**
   * Changes every element.
   *
   * @param change gets the element and `{ index, epoch }`, may be asynchronous; where a batch is formed from elements with
   *               random access, the elements of one batch are computed concurrently
   * @example
   * dataset.map(({ x, y }, { index, epoch }) => ({ x: augment(x, random(seed, epoch, index)), y }));
   */
  map<U>(change: ElementFunction<T, U>): Pipeline<U> {
    return new Pipeline(mapSource(this.#source, change));
  }

  /**
   * Keeps the elements that the predicate accepts. How many these are is not known, so `size` becomes undefined.
   *
   * @example
   * train.filter(({ y }) => item(y) < 5);
   */
  filter(accepts: (element: T) => boolean | Promise<boolean>): Pipeline<T> {
    return new Pipeline(filterSource(this.#source, accepts));
  }

  /**
   * Mixes the elements. The order depends on (seed, epoch) alone.
   *
   * @param seed    a whole number (default 0)
   * @param options buffer for sources without random access; whether epochs differ
   * @throws {ArgumentError} without random access and without `bufferSize`
   * @example
   * train.shuffle(42).batch(32);
   * fromGenerator(readLines).shuffle(42, { bufferSize: 10_000 });
   */
  shuffle(seed = 0, options: ShuffleOptions = {}): Pipeline<T> {
    if (!Number.isSafeInteger(seed)) {
      throw new ArgumentError('shuffle', `the seed is ${seed}.`, 'Expected a whole number such as 42.');
    }
    const order = { seed, reshuffle: options.reshuffle ?? true };
    if (isIndexed(this.#source)) return new Pipeline(permuteSource(this.#source, order));
    if (options.bufferSize === undefined) {
      throw new ArgumentError(
        'shuffle',
        `${this.#source.description} cannot be read at random positions, so it needs a buffer to draw from.`,
        'Shuffle before filter(), or say how many elements may be held: shuffle(seed, { bufferSize: 10_000 }).',
      );
    }
    const bufferSize = requireCount('shuffle', 'bufferSize', options.bufferSize, 1);
    return new Pipeline(windowShuffleSource(this.#source, bufferSize, order));
  }

  /**
   * Groups consecutive elements and stacks them: host arrays gain a leading batch axis, numbers become float32 arrays,
   * records and tuples are stacked part by part. `collate` stacks in another way.
   *
   * @param batchSize elements per batch; the last batch holds what is left
   * @throws {ArgumentError} when `batchSize` is not a positive whole number
   * @throws {DataError} while iterating, when elements differ in shape, dtype or structure
   * @example
   * train.batch(32);                                   // x: [32, 28, 28, 1], y: [32]
   * sentences.batch(16, { collate: padToLongest });
   */
  batch<B>(batchSize: number, options: CollateOptions<T, B>): Pipeline<B>;
  batch(batchSize: number, options?: BatchOptions): Pipeline<Batched<T>>;
  batch<B>(
    batchSize: number,
    options: BatchOptions | CollateOptions<T, B> = {},
  ): Pipeline<B> | Pipeline<Batched<T>> {
    const shape = {
      batchSize: requireCount('batch', 'batchSize', batchSize, 1),
      dropRemainder: options.dropRemainder ?? false,
    };
    if ('collate' in options) {
      const plan: BatchPlan<T, B> = { ...shape, collation: { stack: options.collate } };
      return new Pipeline(batchSource(this.#source, plan));
    }
    // Columns gather rows into exactly what stacking the single rows would give: one array or list per column.
    const adopt = (gathered: unknown): Batched<T> => gathered as Batched<T>;
    const plan: BatchPlan<T, Batched<T>> = {
      ...shape,
      collation: { stack: (elements) => collate(elements), adopt },
    };
    return new Pipeline(batchSource(this.#source, plan));
  }

  /**
   * The same elements `times` times; shuffles before it give each round another order. For ever when not told.
   *
   * @example
   * train.shuffle(1).repeat(3).batch(32); // batches run across the ends of rounds
   */
  repeat(times = Infinity): Pipeline<T> {
    return new Pipeline(repeatSource(this.#source, requireCount('repeat', 'times', times, 0)));
  }

  /** At most the first `count` elements. */
  take(count: number): Pipeline<T> {
    return new Pipeline(takeSource(this.#source, requireCount('take', 'count', count, 0)));
  }

  /** All but the first `count` elements. */
  skip(count: number): Pipeline<T> {
    return new Pipeline(skipSource(this.#source, requireCount('skip', 'count', count, 0)));
  }

  /**
   * The elements at the given positions, in the given order; a position may occur several times.
   *
   * @throws {ArgumentError} without random access, or when a position is outside the dataset
   * @example
   * dataset.select([0, 2, 4]);
   */
  select(positions: ArrayLike<number>): Pipeline<T> {
    const source = this.#source;
    if (!isIndexed(source)) {
      throw new ArgumentError(
        'select',
        `${source.description} cannot be read at chosen positions.`,
        'Select before filter(); collect a generator first: fromItems(await dataset.toArray()).',
      );
    }
    const chosen = Uint32Array.from(positions);
    chosen.forEach((position, index) => {
      if (position !== positions[index] || position >= source.size) {
        throw new ArgumentError(
          'select',
          `position ${index} is ${positions[index]}, the dataset has ${source.size} elements.`,
          `Expected whole numbers from 0 to ${source.size - 1}.`,
        );
      }
    });
    return new Pipeline(selectSource(source, chosen));
  }

  /** These elements and then those of another dataset. */
  concat(other: Pipeline<T>): Pipeline<T> {
    return new Pipeline(concatSource(this.#source, other.#source));
  }

  /** Pairs of elements at equal positions, as many as the shorter dataset has. */
  zip<U>(other: Pipeline<U>): Pipeline<[T, U]> {
    return new Pipeline(zipSource(this.#source, other.#source));
  }

  /**
   * Fetches up to `count` elements (default 2) ahead while the consumer works on the current one: worth it at the end of
   * a pipeline that reads files or computes asynchronously. It changes neither elements nor states.
   */
  prefetch(count = 2): Pipeline<T> {
    return new Pipeline(prefetchSource(this.#source, requireCount('prefetch', 'count', count, 1)));
  }

  /**
   * Starts a pass, or continues one from a reported state.
   *
   * @param options epoch (default 0), or the state to continue from
   * @throws {ArgumentError} when the epoch is not a whole number
   * @throws {DataError} when the state was reported by another pipeline or is damaged
   * @example
   * const iterator = dataset.iterate({ epoch: 1 });
   * await iterator.next();
   * const rest = dataset.iterate({ state: JSON.parse(JSON.stringify(iterator.state())) });
   */
  iterate(options: IterateOptions = {}): DatasetIterator<T> {
    const source = this.#source;
    const { description } = source;
    const state = options.state === undefined ? undefined : readIteratorState(options.state, description);
    const epoch = state?.epoch ?? requireCount('iterate', 'epoch', options.epoch ?? 0, 0);
    return new PipelineIterator(source.open(epoch, state?.at), (at) => ({
      pipeline: description,
      epoch,
      at,
    }));
  }

  [Symbol.asyncIterator](): DatasetIterator<T> {
    return this.iterate();
  }

  /**
   * Collects the elements of a pass.
   *
   * @throws {ArgumentError} when the dataset is endless
   */
  async toArray(options: IterateOptions = {}): Promise<T[]> {
    if (this.size === Infinity) {
      throw new ArgumentError(
        'toArray',
        'the dataset is endless.',
        'Limit it first: dataset.take(100).toArray().',
      );
    }
    const elements: T[] = [];
    for await (const element of this.iterate(options)) elements.push(element);
    return elements;
  }

  /** How the dataset is built, such as `arrays(x, y: 150) → shuffle(seed 7) → batch(32)`. */
  toString(): string {
    return this.#source.description;
  }
}
