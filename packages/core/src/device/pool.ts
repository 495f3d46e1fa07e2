/**
 * The pool of a device's memory: freed ranges wait, by size, for the next request of that size. Sizes are rounded up to
 * a few classes per power of two, so that nearly equal requests meet.
 */
import type { Buf } from '../backend/interface';

/** What the pool needs of a backend. */
export interface Memory {
  alloc(bytes: number): Buf;
  free(buf: Buf): void;
}

export class Pool {
  readonly #memory: Memory;
  readonly #mostKeptBytes: number;
  readonly #free = new Map<number, Buf[]>();
  /** How often a range is lent beside the first time. */
  readonly #shares = new WeakMap<Buf, number>();
  #usedBytes = 0;
  #keptBytes = 0;
  #peakBytes = 0;

  /** @param mostKeptBytes how much more than at the peak of what was lent out may be held, lent out and kept together */
  constructor(memory: Memory, mostKeptBytes: number) {
    this.#memory = memory;
    this.#mostKeptBytes = mostKeptBytes;
  }

  /** Bytes that may be held beside those lent out. A program of any size finds the memory of its last run again. */
  get #room(): number {
    return this.#mostKeptBytes + this.#peakBytes - this.#usedBytes;
  }

  /** Bytes lent out. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes kept for reuse. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Most bytes ever lent out at once. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Lends a range of at least `bytes` with undefined contents. */
  lease(bytes: number): Buf {
    const size = sizeClass(bytes);
    const waiting = this.#free.get(size);
    const found = waiting?.pop();
    if (found !== undefined) this.#keptBytes -= size;
    else if (this.#keptBytes + size > this.#room) this.trim();
    const buf = found ?? this.#allocate(size);
    this.#usedBytes += size;
    this.#peakBytes = Math.max(this.#peakBytes, this.#usedBytes);
    return buf;
  }

  /** Lends a range once more; it is free when it has been released as often as it was lent. */
  share(buf: Buf): Buf {
    this.#shares.set(buf, this.shares(buf) + 1);
    return buf;
  }

  /** How often a range is lent beside the first time. */
  shares(buf: Buf): number {
    return this.#shares.get(buf) ?? 0;
  }

  /** Takes a range back. */
  release(buf: Buf): void {
    const shares = this.shares(buf);
    if (shares > 0) {
      this.#shares.set(buf, shares - 1);
      return;
    }
    const size = sizeClass(buf.bytes);
    this.#usedBytes -= size;
    if (this.#keptBytes + size > this.#room) {
      this.#memory.free(buf);
      return;
    }
    this.#keptBytes += size;
    const waiting = this.#free.get(size);
    if (waiting === undefined) this.#free.set(size, [buf]);
    else waiting.push(buf);
  }

  /** Gives what is kept back to the backend. */
  trim(): void {
    for (const waiting of this.#free.values()) for (const buf of waiting) this.#memory.free(buf);
    this.#free.clear();
    this.#keptBytes = 0;
  }

  #allocate(size: number): Buf {
    try {
      return this.#memory.alloc(size);
    } catch (error) {
      if (this.#keptBytes === 0) throw error;
      this.trim();
      return this.#memory.alloc(size);
    }
  }
}

/** At least 64 bytes, then eight classes per power of two: at most an eighth is wasted. */
function sizeClass(bytes: number): number {
  if (bytes <= 64) return 64;
  const step = Math.max(64, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / step) * step;
}
