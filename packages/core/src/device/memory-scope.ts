/**
 * Scopes of memory: tensors that are made inside and not returned give their memory back at the end, where waiting for
 * the collector would hold it too long.
 *
 * Building tensors is synchronous, so what is built while a function runs without interruption is known to be its own.
 * After an `await` that is no longer so: other code ran in between, with scopes of its own, and a browser cannot tell
 * whose turn it is. A scope therefore follows its function up to the first `await`, and from there on what is built in
 * `run` or named to `track`. Nothing is ever credited to a scope by guessing; what is missed, the collector finds.
 */
import { ArgumentError } from '../errors';
import { type Node, observeNodes } from '../graph/node';
import { tensorsOf } from '../tensors-of';
import { activeTrace, stateScope } from '../trace';
import { realize } from './inspect';
import { flush } from './realize';

/** What the function given to `scope` gets. */
export interface MemoryScope {
  /** Runs `build`, which must not await, and follows what it makes. Returns its result. */
  run<T>(build: () => T): T;
  /** Follows tensors that were made elsewhere, alone or in arrays and objects. Returns what it was given. */
  track<T>(value: T): T;
  /** Lets tensors outlive the scope, alone or in arrays and objects. Returns what it was given. */
  keep<T>(value: T): T;
}

type Followed = Pick<Node, 'realized'>;

/** Scopes whose functions are running right now; the last one is the innermost. */
const running: Scope[] = [];

class Scope implements MemoryScope {
  /** Held weakly: what the collector finds before the end is gone before the end. */
  #followed: WeakRef<Followed>[] = [];
  readonly #kept = new WeakSet<Followed>();
  #closed = false;
  /** The length at which dead references are dropped. */
  #sweepAt = 1024;

  run<T>(build: () => T): T {
    this.#requireOpen('run');
    const stop = observeNodes((node) => {
      // What a recording captures lives as long as the recording.
      if (activeTrace() === undefined && stateScope() === undefined) this.#follow(node);
    });
    running.push(this);
    try {
      return build();
    } finally {
      running.pop();
      stop();
    }
  }

  track<T>(value: T): T {
    this.#requireOpen('track');
    for (const { node } of tensorsOf(value)) this.#follow(node);
    return value;
  }

  keep<T>(value: T): T {
    for (const { node } of tensorsOf(value)) this.#kept.add(node);
    return value;
  }

  /** Returns the memory of what was followed and is not kept. */
  close(): void {
    this.#closed = true;
    const buffers = this.#followed.flatMap((reference) => {
      const node = reference.deref();
      return node?.realized === undefined || this.#kept.has(node) ? [] : [node.realized];
    });
    this.#followed = [];
    try {
      // Pending assignments may still have to be computed from them.
      for (const device of new Set(buffers.map((buffer) => buffer.device))) flush(device);
    } finally {
      for (const buffer of buffers) buffer.device.release(buffer, 'released at the end of its scope');
    }
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  #follow(node: Followed): void {
    if (this.#followed.push(new WeakRef(node)) < this.#sweepAt) return;
    this.#followed = this.#followed.filter((reference) => reference.deref() !== undefined);
    this.#sweepAt = 2 * this.#followed.length + 1024;
  }

  #requireOpen(where: string): void {
    if (!this.#closed) return;
    throw new ArgumentError(where, 'this scope has ended.', 'await everything before its function returns.');
  }
}

/**
 * Runs a function and, when it is done, gives back the memory of the tensors that were made in it, except those it
 * returns (alone or in arrays and objects). Values of variables are never given back. Optional: without a scope,
 * unreachable tensors are collected.
 *
 * What is built before the function's first `await` is followed by itself; after it, build in `s.run(() => …)`, or name
 * results to `s.track`. Scopes may run at the same time.
 *
 * @param fn computes the result; what it returns is realized before anything is given back
 * @example
 * const mean = await scope(async (s) => {
 *   const features = encoder(x);
 *   const scale = await features.abs().max().item();
 *   return s.run(() => features.div(scale).mean());
 * });
 */
export async function scope<T>(fn: (s: MemoryScope) => T | Promise<T>): Promise<T> {
  const around = running.at(-1);
  const inner = new Scope();
  try {
    const result = await inner.run(() => fn(inner));
    const returned = tensorsOf(inner.keep(result));
    // They may still have to be computed from memory that is given back.
    await realize(...returned);
    if (around?.isOpen === true) around.track(result);
    return result;
  } finally {
    inner.close();
  }
}
