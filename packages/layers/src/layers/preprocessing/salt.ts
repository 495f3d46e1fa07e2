/** Hashes of text as numbers of buckets, with a key or without. */
import type { ConfigReader } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import { optional, readAxes } from '../../layer/options';
import { fingerprint64, sipHash } from './fingerprint';

/** A key of hashes: one whole number, or two. */
export type Salt = number | readonly number[];

export type SaltPair = readonly [number, number];

/** Checks a key; one number stands for both. */
export function requireSalt(where: string, salt: Salt | undefined): SaltPair | undefined {
  if (salt === undefined) return undefined;
  const [first, second = first, more] = typeof salt === 'number' ? [salt] : salt;
  if (Number.isSafeInteger(first) && Number.isSafeInteger(second) && more === undefined) {
    return [first as number, second as number];
  }
  throw new ArgumentError(where, `salt is ${JSON.stringify(salt)}; expected a whole number, or two.`);
}

/** A saved key. */
export const readSalt = (reader: ConfigReader): Salt | undefined =>
  optional(reader, 'salt', (key) => readAxes(reader, key));

/** The bucket of a text: its fingerprint, or with a key its keyed hash, modulo their number. */
export function bucketOf(text: string, buckets: number, salt: SaltPair | undefined): number {
  const hash = salt === undefined ? fingerprint64(text) : sipHash(text, [BigInt(salt[0]), BigInt(salt[1])]);
  return Number(hash % BigInt(buckets));
}
