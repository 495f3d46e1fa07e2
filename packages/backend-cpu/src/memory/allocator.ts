/**
 * Hands out ranges of one growing address space: best fit among free ranges binned by size, neighbours joined when they
 * are freed. It knows numbers only, so that a host can allocate in memory that it does not see.
 */
import { ArgumentError, DeviceError } from '@hadal/core';

/** Addresses are multiples of this: a cache line, and enough for every vector. */
export const GRANULE_BYTES = 64;

/** Sizes from 2^n to 2^(n+1) share bin n. */
const BINS = 33;
/** How many ranges of the first fitting bin are compared. */
const SEARCH_LIMIT = 32;

const binOf = (bytes: number): number => Math.floor(Math.log2(bytes));

export interface AllocatorOptions {
  /** The first address that may be handed out; a multiple of `GRANULE_BYTES`. */
  readonly start: number;
  /** Addresses stay below this. */
  readonly limit: number;
  /** Makes memory reach up to `end`; returns the end that it reached, which is smaller where there is no room. */
  grow(end: number): number;
}

export class Allocator {
  readonly #used = new Map<number, number>();
  /** Free ranges: start to size, end to start, and starts by size. */
  readonly #sizes = new Map<number, number>();
  readonly #startsByEnd = new Map<number, number>();
  readonly #bins: Set<number>[] = Array.from({ length: BINS }, () => new Set());
  /** What is free from here to the end is in none of these: most ranges are cut from it, one after the other. */
  #tail: number;
  #end: number;
  #total = 0;

  readonly #options: AllocatorOptions;

  constructor(options: AllocatorOptions) {
    this.#options = options;
    this.#tail = options.start;
    this.#end = options.start;
  }

  /** Bytes handed out, rounding included. */
  get usedBytes(): number {
    return this.#total;
  }

  /** Ranges handed out. */
  get count(): number {
    return this.#used.size;
  }

  /**
   * Reserves a range with undefined contents.
   *
   * @returns its first address, a multiple of `GRANULE_BYTES`
   * @throws {DeviceError} when there is no room
   */
  allocate(bytes: number): number {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new ArgumentError('alloc', `${bytes} is not a number of bytes.`);
    }
    const size = Math.max(GRANULE_BYTES, Math.ceil(bytes / GRANULE_BYTES) * GRANULE_BYTES);
    const start = this.#takeFree(size) ?? this.#takeTail(size);
    if (start === undefined) throw this.#full(bytes);
    this.#used.set(start, size);
    this.#total += size;
    return start;
  }

  /** Gives a range back; throws ArgumentError for what was not handed out or was given back before. */
  free(start: number): void {
    const size = this.#used.get(start);
    if (size === undefined) throw new ArgumentError('free', `no range is in use at address ${start}.`);
    this.#used.delete(start);
    this.#total -= size;
    let first = start;
    let length = size;
    const before = this.#startsByEnd.get(start);
    if (before !== undefined) {
      const beforeSize = this.#sizes.get(before) ?? 0;
      this.#removeFree(before, beforeSize);
      first = before;
      length += beforeSize;
    }
    if (start + size === this.#tail) {
      this.#tail = first;
      return;
    }
    const afterSize = this.#sizes.get(start + size);
    if (afterSize !== undefined) {
      this.#removeFree(start + size, afterSize);
      length += afterSize;
    }
    this.#addFree(first, length);
  }

  /** Takes a range from the free ones before the tail, unless the tail fits better. */
  #takeFree(size: number): number | undefined {
    const start = this.#bestFit(size);
    if (start === undefined) return undefined;
    const found = this.#sizes.get(start) ?? 0;
    const tailBytes = this.#end - this.#tail;
    if (tailBytes >= size && tailBytes < found) return undefined;
    this.#removeFree(start, found);
    if (found > size) this.#addFree(start + size, found - size);
    return start;
  }

  /** Takes the beginning of the tail, which grows where it is too short. */
  #takeTail(size: number): number | undefined {
    const start = this.#tail;
    if (start + size > this.#end) {
      if (start + size > this.#options.limit) return undefined;
      const reached = Math.min(this.#options.grow(start + size), this.#options.limit);
      if (reached < start + size) return undefined;
      this.#end = reached - (reached % GRANULE_BYTES);
    }
    this.#tail = start + size;
    return start;
  }

  /** The smallest of the first few ranges that fit; every range of a larger bin fits. */
  #bestFit(size: number): number | undefined {
    for (let bin = binOf(size); bin < BINS; bin++) {
      const starts = this.#bins[bin];
      if (starts === undefined || starts.size === 0) continue;
      let best: number | undefined;
      let bestSize = Number.POSITIVE_INFINITY;
      let seen = 0;
      for (const start of starts) {
        const candidate = this.#sizes.get(start) ?? 0;
        if (candidate >= size && candidate < bestSize) {
          best = start;
          bestSize = candidate;
        }
        if (++seen >= SEARCH_LIMIT && best !== undefined) break;
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }

  #addFree(start: number, size: number): void {
    this.#sizes.set(start, size);
    this.#startsByEnd.set(start + size, start);
    this.#bins[binOf(size)]?.add(start);
  }

  #removeFree(start: number, size: number): void {
    this.#sizes.delete(start);
    this.#startsByEnd.delete(start + size);
    this.#bins[binOf(size)]?.delete(start);
  }

  #full(bytes: number): DeviceError {
    const format = (value: number): string => value.toLocaleString('en-US');
    const room = this.#options.limit - this.#options.start;
    return new DeviceError(
      'cpu',
      `no room for ${format(bytes)} bytes: ${format(this.#total)} of ${format(room)} are in use.`,
      'Use smaller batches, drop tensors that are no longer needed, or raise memoryLimitBytes (4 GiB at most).',
    );
  }
}
