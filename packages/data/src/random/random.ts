/**
 * Seeded random numbers on the host, for orders and splits: xoshiro128** (Blackman and Vigna, 2018).
 *
 * A generator is derived from a path of numbers such as (seed, epoch), so that every pass over the data can recompute
 * its own order from nothing but those numbers; no generator state has to be saved to resume in the middle.
 */
import { ArgumentError } from '@hadal/core';

/** Spreads every input bit over all output bits (the finalizer of MurmurHash3). */
function mix(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const rotateLeft = (word: number, count: number): number => (word << count) | (word >>> (32 - count));

/** Odd and without structure (2^32 divided by the golden ratio): keeps words that are mixed in apart. */
const GOLDEN = 0x9e3779b9;

/** A stream of random numbers that depends on nothing but the numbers it was made from. */
export class Random {
  readonly #state: Uint32Array;

  /** @param state the four words of the generator's state, not all zero */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = Uint32Array.from(state);
  }

  /** The next 32 random bits as an integer in [0, 2^32). */
  uint32(): number {
    const state = this.#state;
    const [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const mixed = d ^ b;
    state[2] = c ^ a ^ (b << 9);
    state[0] = a ^ mixed;
    state[1] = b ^ c ^ a;
    state[3] = rotateLeft(mixed, 11);
    return result;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /**
   * An integer in [0, bound), every one equally likely.
   *
   * @param bound an integer from 1 to 2^32
   */
  below(bound: number): number {
    // Draws above the last whole multiple of the bound would favour small results: draw again.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % bound;
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<A extends Uint32Array | unknown[]>(values: A): A {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const held = values[last]!;
      values[last] = values[other]!;
      values[other] = held;
    }
    return values;
  }

  /** The numbers from 0 to count - 1 in random order. */
  permutation(count: number): Uint32Array {
    return this.shuffle(Uint32Array.from({ length: count }, (_, index) => index));
  }
}

/**
 * Derives a random stream from a path of integers. Equal paths give equal streams, different ones unrelated streams.
 *
 * @param path integers such as a seed, an epoch, the index of an element
 * @returns the stream
 * @throws {ArgumentError} when a number is not a safe integer
 * @example
 * const noise = random(42, epoch, index);
 * const flipped = noise.uniform() < 0.5;
 */
export function random(...path: readonly number[]): Random {
  let hash = mix(path.length + 1);
  for (const part of path) {
    if (!Number.isSafeInteger(part)) {
      throw new ArgumentError(
        'random',
        `a seed must be an integer, got ${part}.`,
        'Pass a whole number such as 42.',
      );
    }
    hash = mix((hash ^ (part >>> 0)) + GOLDEN);
    hash = mix((hash ^ Math.floor(part / 2 ** 32)) + GOLDEN);
  }
  const word = (index: number): number => mix(hash + Math.imul(GOLDEN, index));
  // The mix is a bijection and the four inputs differ, so at most one of the words can be zero.
  return new Random([word(1), word(2), word(3), word(4)]);
}
