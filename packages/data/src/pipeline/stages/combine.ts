/**
 * Stages that put passes or sources together: repeat, concatenate, zip.
 */
import { DataError, type JsonValue } from '@hadal/core';
import {
  type Cursor,
  END,
  element,
  type IndexedSource,
  indexedSource,
  isIndexed,
  type Source,
} from '../source';
import { childState, positionOf } from '../state';

/** How a sequence opens its parts. */
interface Parts<T> {
  readonly count: number;
  open(part: number, state: JsonValue | undefined): Cursor<T>;
  /** Called when a part has ended. */
  ended(part: number, hadElements: boolean): void;
}

/** Walks through parts one after the other; each is opened when the one before it has ended. */
class SequenceCursor<T> implements Cursor<T> {
  #part: number;
  #cursor: Cursor<T> | undefined;
  #hadElements: boolean;

  constructor(
    private readonly parts: Parts<T>,
    state: JsonValue | undefined,
  ) {
    this.#part = state === undefined ? 0 : positionOf(state, 'part', parts.count);
    const inner = childState(state, 'source') ?? undefined;
    this.#cursor = this.#part < parts.count ? parts.open(this.#part, inner) : undefined;
    this.#hadElements = inner !== undefined;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#cursor !== undefined) {
      const result = await this.#cursor.next();
      if (result.done !== true) {
        this.#hadElements = true;
        return result;
      }
      await this.#cursor.close();
      this.parts.ended(this.#part, this.#hadElements);
      this.#part++;
      this.#hadElements = false;
      this.#cursor = this.#part < this.parts.count ? this.parts.open(this.#part, undefined) : undefined;
    }
    return END;
  }

  state(): JsonValue {
    return { part: this.#part, source: this.#cursor?.state() ?? null };
  }

  async close(): Promise<void> {
    await this.#cursor?.close();
  }
}

function repeatedSize(size: number | undefined, times: number): number | undefined {
  if (times === 0 || size === 0) return 0;
  if (times === Infinity) return Infinity;
  return size === undefined ? undefined : size * times;
}

/** The source again and again, each time as its next epoch. `times` may be Infinity. */
export function repeatSource<T>(source: Source<T>, times: number): Source<T> {
  return {
    description: `${source.description} → repeat(${times === Infinity ? '' : times})`,
    size: repeatedSize(source.size, times),
    open: (epoch, state) =>
      new SequenceCursor(
        {
          count: times,
          // Endless repetition of epoch e continues with e + 1, so that passes of a fixed length see the usual orders.
          open: (part, inner) => source.open((times === Infinity ? epoch : epoch * times) + part, inner),
          ended: (_part, hadElements) => {
            if (times !== Infinity || hadElements) return;
            throw new DataError(
              'repeat',
              'the dataset is empty, repeating it for ever would never give an element.',
              `It is built as ${source.description}; check its source and filters.`,
            );
          },
        },
        state,
      ),
  };
}

/** One source after the other. */
export function concatSource<T>(first: Source<T>, second: Source<T>): Source<T> {
  const description = `(${first.description}) + (${second.description})`;
  if (isIndexed(first) && isIndexed(second)) return concatIndexed(first, second, description);
  const sources = [first, second];
  return {
    description,
    size: first.size === undefined || second.size === undefined ? undefined : first.size + second.size,
    open: (epoch, state) =>
      new SequenceCursor(
        { count: 2, open: (part, inner) => sources[part]!.open(epoch, inner), ended: () => {} },
        state,
      ),
  };
}

function concatIndexed<T>(
  first: IndexedSource<T>,
  second: IndexedSource<T>,
  description: string,
): IndexedSource<T> {
  return indexedSource(description, first.size + second.size, (epoch) => {
    const head = first.pass(epoch);
    const tail = second.pass(epoch);
    return { at: (position) => (position < first.size ? head.at(position) : tail.at(position - first.size)) };
  });
}

/** Pairs of elements at equal positions, as many as the shorter source has. */
export function zipSource<A, B>(first: Source<A>, second: Source<B>): Source<[A, B]> {
  const description = `zip(${first.description}, ${second.description})`;
  const size =
    first.size === undefined || second.size === undefined ? undefined : Math.min(first.size, second.size);
  if (isIndexed(first) && isIndexed(second)) {
    return indexedSource(description, Math.min(first.size, second.size), (epoch) => {
      const left = first.pass(epoch);
      const right = second.pass(epoch);
      return { at: async (position) => [await left.at(position), await right.at(position)] };
    });
  }
  return {
    description,
    size,
    open(epoch, state) {
      const left = first.open(epoch, childState(state, 'first'));
      const right = second.open(epoch, childState(state, 'second'));
      return {
        async next() {
          const a = await left.next();
          if (a.done === true) return END;
          const b = await right.next();
          return b.done === true ? END : element<[A, B]>([a.value, b.value]);
        },
        state: () => ({ first: left.state(), second: right.state() }),
        close: async () => {
          await Promise.all([left.close(), right.close()]);
        },
      };
    },
  };
}
