/**
 * Hashes of text that are the same everywhere and for ever, those of TensorFlow: FarmHash's Fingerprint64 (Geoff Pike,
 * Google, 2014), and SipHash-2-4 (Aumasson and Bernstein, 2012) where a key is given. 64-bit integers are bigints.
 */

const MASK = (1n << 64n) - 1n;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const wrap = (x: bigint): bigint => x & MASK;
const rotate = (x: bigint, by: bigint): bigint => wrap((x >> by) | (x << (64n - by)));
const rotateLeft = (x: bigint, by: bigint): bigint => rotate(x, 64n - by);
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);

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

/** Mixes two words into one. */
function mix(u: bigint, v: bigint, by: bigint): bigint {
  const a = shiftMix(wrap((u ^ v) * by));
  const b = shiftMix(wrap((v ^ a) * by));
  return wrap(b * by);
}

const multiplierOf = (length: number): bigint => wrap(K2 + 2n * BigInt(length));

function upTo16(words: Words, bytes: Uint8Array): bigint {
  const length = bytes.length;
  if (length >= 8) {
    const by = multiplierOf(length);
    const a = wrap(words.at64(0) + K2);
    const b = words.at64(length - 8);
    const c = wrap(rotate(b, 37n) * by + a);
    const d = wrap((rotate(a, 25n) + b) * by);
    return mix(c, d, by);
  }
  if (length >= 4) {
    return mix(BigInt(length) + (words.at32(0) << 3n), words.at32(length - 4), multiplierOf(length));
  }
  if (length === 0) return K2;
  const byte = (at: number): number => bytes[at] ?? 0;
  const y = BigInt(byte(0) + (byte(length >> 1) << 8));
  const z = BigInt(length + (byte(length - 1) << 2));
  return wrap(shiftMix(wrap(y * K2) ^ wrap(z * K0)) * K2);
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
  const [k0, k1] = key.map(wrap) as [bigint, bigint];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = wrap(v0 + v1);
      v1 = rotateLeft(v1, 13n) ^ v0;
      v0 = rotateLeft(v0, 32n);
      v2 = wrap(v2 + v3);
      v3 = rotateLeft(v3, 16n) ^ v2;
      v0 = wrap(v0 + v3);
      v3 = rotateLeft(v3, 21n) ^ v0;
      v2 = wrap(v2 + v1);
      v1 = rotateLeft(v1, 17n) ^ v2;
      v2 = rotateLeft(v2, 32n);
    }
  };
  const absorb = (word: bigint): void => {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  };
  // Words of eight bytes, zeros after the last byte, and the length in the highest byte of the last word.
  const padded = new Uint8Array((bytes.length & ~7) + 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 0xff;
  const words = new Words(padded);
  for (let at = 0; at < padded.length; at += 8) absorb(words.at64(at));
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}
