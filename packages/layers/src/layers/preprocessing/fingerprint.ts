/**
 * Hashes of text that are the same everywhere and for ever, those of TensorFlow: FarmHash's Fingerprint64 (Geoff Pike,
 * Google, 2014), and SipHash-2-4 (Aumasson and Bernstein, 2012) where a key is given. 64-bit integers are bigints.
 */
import { hashRounds, K0, K1, K2 } from './hash-rounds';
import { hostWords } from './words64';

/** Modulo 2⁶⁴. */
const wrap = hostWords.constant;
const { shiftMix, mix, from8To16, from4To7, from1To3, sipStart, sipAbsorb, sipEnd } = hashRounds(hostWords);
const rotate = (x: bigint, by: bigint): bigint => hostWords.rotate(x, Number(by));

/** Bytes as little-endian words. */
class Words {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  at64(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  at32(at: number): bigint {
    return BigInt(this.#view.getUint32(at, true));
  }
}

const multiplierOf = (length: number): bigint => wrap(K2 + 2n * BigInt(length));

function upTo16(words: Words, bytes: Uint8Array): bigint {
  const { length } = bytes;
  const count = BigInt(length);
  if (length >= 8) return from8To16(words.at64(0), words.at64(length - 8), count);
  if (length >= 4) return from4To7(words.at32(0), words.at32(length - 4), count);
  if (length === 0) return K2;
  const byte = (at: number): bigint => BigInt(bytes[at] ?? 0);
  return from1To3(byte(0), byte(length >> 1), byte(length - 1), count);
}

function upTo32(words: Words, length: number): bigint {
  const by = multiplierOf(length);
  const a = wrap(words.at64(0) * K1);
  const b = words.at64(8);
  const c = wrap(words.at64(length - 8) * by);
  const d = wrap(words.at64(length - 16) * K2);
  const first = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
  return mix(first, wrap(a + rotate(wrap(b + K2), 18n) + c), by);
}

function upTo64(words: Words, length: number): bigint {
  const by = multiplierOf(length);
  const a = wrap(words.at64(0) * K2);
  const b = words.at64(8);
  const c = wrap(words.at64(length - 8) * by);
  const d = wrap(words.at64(length - 16) * K2);
  const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
  const z = mix(y, wrap(a + rotate(wrap(b + K2), 18n) + c), by);
  const e = wrap(words.at64(16) * by);
  const f = words.at64(24);
  const g = wrap((y + words.at64(length - 32)) * by);
  const h = wrap((z + words.at64(length - 24)) * by);
  const last = wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h);
  return mix(last, wrap(e + rotate(wrap(f + a), 18n) + g), by);
}

type Pair = readonly [bigint, bigint];

/** Mixes 32 bytes with two seeds. */
function weakHash(words: Words, at: number, [seedA, seedB]: Pair): Pair {
  const [w, x, y, z] = [0, 8, 16, 24].map((offset) => words.at64(at + offset)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const a = wrap(seedA + w);
  const b = rotate(wrap(seedB + a + z), 21n);
  const sum = wrap(a + x + y);
  return [wrap(sum + z), wrap(b + rotate(sum, 44n) + a)];
}

function longer(words: Words, length: number): bigint {
  const seed = 81n;
  let x = seed;
  let y = wrap(seed * K1 + 113n);
  let z = wrap(shiftMix(wrap(y * K2 + 113n)) * K2);
  let v: Pair = [0n, 0n];
  let w: Pair = [0n, 0n];
  x = wrap(x * K2 + words.at64(0));
  const round = (at: number, by: bigint, isLast: boolean): void => {
    const [factor, carry] = isLast ? [9n, 9n] : [1n, 1n];
    x = wrap(rotate(wrap(x + y + v[0] + words.at64(at + 8)), 37n) * by);
    y = wrap(rotate(wrap(y + v[1] + words.at64(at + 48)), 42n) * by);
    x ^= wrap(w[1] * factor);
    y = wrap(y + v[0] * carry + words.at64(at + 40));
    z = wrap(rotate(wrap(z + w[0]), 33n) * by);
    v = weakHash(words, at, [wrap(v[1] * by), wrap(x + w[0])]);
    w = weakHash(words, at + 32, [wrap(z + w[1]), wrap(y + words.at64(at + 16))]);
    [z, x] = [x, z];
  };
  const end = (length - 1) & ~63;
  for (let at = 0; at < end; at += 64) round(at, K1, false);
  const by = wrap(K1 + ((z & 0xffn) << 1n));
  w = [wrap(w[0] + BigInt((length - 1) & 63)), w[1]];
  v = [wrap(v[0] + w[0]), v[1]];
  w = [wrap(w[0] + v[0]), w[1]];
  round(length - 64, by, true);
  const first = wrap(mix(v[0], w[0], by) + shiftMix(y) * K0 + z);
  return mix(first, wrap(mix(v[1], w[1], by) + x), by);
}

const encoder = new TextEncoder();

/** FarmHash's Fingerprint64 of text in UTF-8. */
export function fingerprint64(text: string): bigint {
  const bytes = encoder.encode(text);
  const words = new Words(bytes);
  if (bytes.length <= 16) return upTo16(words, bytes);
  if (bytes.length <= 32) return upTo32(words, bytes.length);
  return bytes.length <= 64 ? upTo64(words, bytes.length) : longer(words, bytes.length);
}

/** One fingerprint of two, as TensorFlow crosses features. */
export function concatFingerprints(a: bigint, b: bigint): bigint {
  const by = 0xc6a4a7935bd1e995n;
  const mixed = a ^ by ^ wrap(shiftMix(wrap(b * by)) * by);
  return shiftMix(wrap(shiftMix(wrap(mixed * by)) * by));
}

/** SipHash-2-4 of text in UTF-8 under a key of two words. */
export function sipHash(text: string, key: readonly [bigint, bigint]): bigint {
  const bytes = encoder.encode(text);
  const [k0, k1] = key;
  // Words of eight bytes, zeros after the last byte, and the length in the highest byte of the last word.
  const padded = new Uint8Array((bytes.length & ~7) + 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 0xff;
  const words = new Words(padded);
  let state = sipStart(wrap(k0), wrap(k1));
  for (let at = 0; at < padded.length; at += 8) state = sipAbsorb(state, words.at64(at));
  return sipEnd(state);
}
