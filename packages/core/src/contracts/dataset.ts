/**
 * What a training loop needs from a dataset, and nothing else.
 *
 * `fit` and dataset pipelines meet here without knowing each other. Elements live on the host: a pipeline needs no
 * device, and the training loop uploads what it takes. Iteration is asynchronous, because data may come from files or
 * from the network, and resumable, because a run that is stopped and resumed must equal an unbroken one bit for bit.
 */
import type { DType, TypedArray } from '../dtype';
import type { JsonValue } from './json';

/**
 * A dense array on the host, row-major: what a dataset yields and a training loop uploads.
 * `data.length` is the product of `shape`; a scalar has shape `[]`. Consumers read it and never write into it.
 */
export interface HostArray {
  /** Elements in row-major order. */
  readonly data: TypedArray;
  /** Extents, none for a single number. */
  readonly shape: readonly number[];
  /** The type that tensors of it have. */
  readonly dtype: DType;
}

/** One array, or several by position or by name, for models with several inputs or outputs. */
export type HostArrays = HostArray | readonly HostArray[] | { readonly [name: string]: HostArray };

/**
 * One batch for supervised learning. The first axis of every array is the batch and has the same length in all.
 * `y` is absent where only inputs are asked for (`predict`). `sampleWeight` has shape `[batch]`; a model with several
 * outputs takes one for all of them, or one for each, arranged as `y` is.
 */
export interface TrainingBatch {
  /** Inputs, the batch first. */
  readonly x: HostArrays;
  /** Targets, the batch first. */
  readonly y?: HostArrays;
  /** How much each sample counts in the loss. */
  readonly sampleWeight?: HostArrays;
}

/** Where to start an iteration. */
export interface IterateOptions {
  /**
   * Which pass over the data this is, from 0 (the default). Shuffles derive their order from (seed, epoch), so the
   * same epoch always comes in the same order and two epochs come in different ones.
   */
  readonly epoch?: number;
  /** Continue where an iterator of an equally built dataset reported this state. It contains the epoch. */
  readonly state?: JsonValue;
}

/**
 * A resumable iterator. Calls of `next` may overlap; they are answered in order.
 *
 * @example
 * const iterator = dataset.iterate({ epoch: 3 });
 * const first = await iterator.next();
 * const state = iterator.state(); // plain JSON: "after the first element of epoch 3"
 * await iterator.return();        // stop early: releases files and generators
 * const rest = dataset.iterate({ state });
 */
export interface DatasetIterator<T> extends AsyncIterableIterator<T, undefined, undefined> {
  /** The next element. */
  next(): Promise<IteratorResult<T, undefined>>;
  /**
   * The position after the last element that `next` resolved with, as plain JSON. Cheap enough to be taken after
   * every element: a loop that requests the next element early takes the state first.
   */
  state(): JsonValue;
  /** Ends the iteration early and releases what it holds. */
  return(): Promise<IteratorResult<T, undefined>>;
}

/** Something that can be iterated over again and again, from any epoch and from any reported state. */
export interface Dataset<T> extends AsyncIterable<T> {
  /** Elements of one pass (batches, for a batched dataset), if known; `Infinity` for an endless one. */
  readonly size: number | undefined;
  /** Begins a pass, or goes on with one. */
  iterate(options?: IterateOptions): DatasetIterator<T>;
}
