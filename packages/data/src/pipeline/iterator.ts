/**
 * The iterator that users and training loops hold: overlapping calls are queued, and the reported state always belongs
 * to the last element that was handed out.
 */
import type { DatasetIterator, JsonValue } from '@hadal/core';
import { type Cursor, END } from './source';

/** A resumable iterator over one pass of a pipeline. */
export class PipelineIterator<T> implements DatasetIterator<T> {
  readonly #cursor: Cursor<T>;
  readonly #describe: (at: JsonValue) => JsonValue;
  #queue: Promise<unknown> = Promise.resolve();
  #at: JsonValue;
  #finished = false;

  /**
   * @param cursor   where the elements come from
   * @param describe completes the cursor's state to what users store
   */
  constructor(cursor: Cursor<T>, describe: (at: JsonValue) => JsonValue) {
    this.#cursor = cursor;
    this.#describe = describe;
    this.#at = cursor.state();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#enqueue(() => this.#advance());
  }

  state(): JsonValue {
    return this.#describe(this.#at);
  }

  return(): Promise<IteratorResult<T, undefined>> {
    return this.#enqueue(async () => {
      await this.#finish();
      return END;
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Runs after everything that was asked for before, whether that succeeded or not. */
  #enqueue<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #advance(): Promise<IteratorResult<T, undefined>> {
    if (this.#finished) return END;
    try {
      const result = await this.#cursor.next();
      this.#at = this.#cursor.state();
      if (result.done === true) await this.#finish();
      return result;
    } catch (error) {
      // Like a generator: an iterator that threw is over. Its state still tells where it was.
      await this.#finish();
      throw error;
    }
  }

  async #finish(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await this.#cursor.close();
  }
}
