/**
 * Shuffled orders on the host, for batches and splits.
 */
import { ArgumentError } from '../errors';
import { keyOfSeed } from './generator';
import { hostWords, threefry } from './threefry';

/**
 * The numbers 0 … length - 1 in random order, each order being equally likely (Fisher–Yates over threefry).
 *
 * @param length how many
 * @param seed   a whole number from 0 to 2^53 - 1; the same seed always gives the same order
 * @param stream which of the independent orders of the seed, such as the epoch; default 0
 * @throws {ArgumentError} when an argument is not such a number
 * @example
 * permutation(5, 42); // Int32Array of 0 … 4, shuffled
 */
export function permutation(length: number, seed: number, stream = 0): Int32Array {
  if (!Number.isInteger(length) || length < 0 || !Number.isInteger(stream) || stream < 0) {
    throw new ArgumentError(
      'permutation',
      `length ${length} and stream ${stream} must be whole numbers of at least 0.`,
    );
  }
  const key = keyOfSeed(seed);
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const [high, low] = threefry(hostWords, key, [stream, last]);
    const fraction = ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
    const other = Math.floor(fraction * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}
