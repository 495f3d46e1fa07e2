/**
 * What a pipeline is made of: sources, which can be opened for a pass, and cursors, which walk through one pass.
 *
 * A source with random access (an indexed one) also tells how to read any position of a pass. Stages that only change
 * the order keep random access, so that shuffling permutes indices and batching copies rows straight from the columns;
 * stages that cannot (filter, generators) fall back to cursors.
 */
import type { JsonValue } from '@hadal/core';
import { childState, positionOf } from './state';

/** Walks through one pass. Calls of `next` never overlap: the iterator that users see queues them. */
export interface Cursor<T> {
  next(): Promise<IteratorResult<T, undefined>>;
  /** The position after the last element that `next` resolved with. */
  state(): JsonValue;
  close(): Promise<void>;
}

/** Something that can be iterated, once for every epoch. */
export interface Source<T> {
  /** How the pipeline is built, such as `arrays(150) → shuffle(seed 7) → batch(32)`: part of every iterator state. */
  readonly description: string;
  /** Elements of one pass, if known. */
  readonly size: number | undefined;
  open(epoch: number, state: JsonValue | undefined): Cursor<T>;
}

/** One pass over a source with random access, in the order of one epoch. */
export interface IndexedPass<T> {
  at(position: number): T | Promise<T>;
  /** The elements of several positions, stacked; absent where elements have to be computed one by one. */
  gather?(positions: Uint32Array): unknown;
}

/** A source whose elements can be read at any position. */
export interface IndexedSource<T> extends Source<T> {
  readonly size: number;
  pass(epoch: number): IndexedPass<T>;
}

/** Whether a source has random access. */
export const isIndexed = <T>(source: Source<T>): source is IndexedSource<T> => 'pass' in source;

/** The end of a pass. */
export const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** One element of a pass. */
export const element = <T>(value: T): IteratorYieldResult<T> => ({ done: false, value });

/** Makes an indexed source: reading it in order needs nothing but the position. */
export function indexedSource<T>(
  description: string,
  size: number,
  pass: (epoch: number) => IndexedPass<T>,
): IndexedSource<T> {
  return {
    description,
    size,
    pass,
    open(epoch, state) {
      const elements = pass(epoch);
      let position = state === undefined ? 0 : positionOf(state, 'position', size);
      return {
        async next() {
          if (position >= size) return END;
          const value = await elements.at(position);
          position++;
          return element(value);
        },
        state: () => ({ position }),
        close: async () => {},
      };
    },
  };
}

/**
 * Makes a source that handles the elements of another one in order.
 *
 * @param inner what it reads from
 * @param next  called for every `next`; gets the inner cursor and a count that survives resuming: elements handled so far
 */
export function streamSource<In, Out>(
  inner: Source<In>,
  description: string,
  size: number | undefined,
  next: (cursor: Cursor<In>, count: number, epoch: number) => Promise<IteratorResult<Out, undefined>>,
): Source<Out> {
  return {
    description,
    size,
    open(epoch, state) {
      const cursor = inner.open(epoch, childState(state, 'source'));
      let count = state === undefined ? 0 : positionOf(state, 'count');
      return {
        async next() {
          const result = await next(cursor, count, epoch);
          if (result.done !== true) count++;
          return result;
        },
        state: () => ({ source: cursor.state(), count }),
        close: () => cursor.close(),
      };
    },
  };
}
