/**
 * Prefetching: the next elements are fetched while the consumer works on the current one.
 *
 * Every fetched element travels with the state after it, so that the reported position is that of the last element
 * handed out, not of the last one fetched.
 */
import type { JsonValue } from '@hadal/core';
import { type Cursor, END, type Source } from '../source';

type Fetched<T> =
  | { readonly result: IteratorResult<T, undefined>; readonly state: JsonValue }
  | { readonly error: unknown };

class PrefetchCursor<T> implements Cursor<T> {
  readonly #waiting: Promise<Fetched<T>>[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #state: JsonValue;
  /** Nothing is fetched past the end, an error, or after closing. */
  #stopped = false;

  constructor(
    private readonly source: Cursor<T>,
    private readonly depth: number,
  ) {
    this.#state = source.state();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.#fill(1);
    const fetched = await this.#waiting.shift();
    if (fetched === undefined) return END;
    if ('error' in fetched) throw fetched.error;
    this.#state = fetched.state;
    this.#fill(this.depth);
    return fetched.result;
  }

  state(): JsonValue {
    return this.#state;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#last;
    await this.source.close();
  }

  #fill(count: number): void {
    while (this.#waiting.length < count && !this.#stopped) {
      const fetched = this.#last.then(() => this.#fetch());
      this.#waiting.push(fetched);
      this.#last = fetched;
    }
  }

  /** Never rejects: an error waits in the queue until its turn to be thrown. */
  async #fetch(): Promise<Fetched<T>> {
    if (this.#stopped) return { result: END, state: this.source.state() };
    try {
      const result = await this.source.next();
      if (result.done === true) this.#stopped = true;
      return { result, state: this.source.state() };
    } catch (error) {
      this.#stopped = true;
      return { error };
    }
  }
}

/** The same elements and the same states, fetched up to `depth` elements ahead. */
export function prefetchSource<T>(source: Source<T>, depth: number): Source<T> {
  return {
    description: source.description,
    size: source.size,
    open: (epoch, state) => new PrefetchCursor(source.open(epoch, state), depth),
  };
}
