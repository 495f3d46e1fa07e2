/**
 * What hashes of text do with words of 64 bits: FarmHash's Fingerprint64 (Geoff Pike, Google, 2014) of up to 16 bytes, and
 * the rounds of SipHash (Aumasson and Bernstein, 2012).
 */
import type { WordArithmetic } from './words64';

export const K0 = 0xc3a5c85c97cb3127n;
export const K1 = 0xb492b66fbe98f273n;
export const K2 = 0x9ae16a3b2f90404fn;

/** The four words that SipHash keeps. */
export type SipState<W> = readonly [W, W, W, W];

/** Parts of the hashes over an arithmetic. */
export function hashRounds<W>(words: WordArithmetic<W>) {
  const { add, multiply, xor, rotate, shiftFar, constant } = words;
  const shiftMix = (x: W): W => xor(x, shiftFar(x, 47));
  const rotateLeft = (x: W, by: number): W => rotate(x, 64 - by);

  /** Mixes two words into one. */
  const mix = (u: W, v: W, by: W): W => {
    const a = shiftMix(multiply(xor(u, v), by));
    return multiply(shiftMix(multiply(xor(v, a), by)), by);
  };

  /** K2 and twice the length. */
  const multiplier = (length: W): W => add(constant(K2), add(length, length));

  const sipRound = ([a, b, c, d]: SipState<W>): SipState<W> => {
    let [v0, v1, v2, v3] = [add(a, b), b, add(c, d), d];
    v1 = xor(rotateLeft(v1, 13), v0);
    v0 = rotateLeft(v0, 32);
    v3 = xor(rotateLeft(v3, 16), v2);
    v0 = add(v0, v3);
    v3 = xor(rotateLeft(v3, 21), v0);
    v2 = add(v2, v1);
    v1 = xor(rotateLeft(v1, 17), v2);
    v2 = rotateLeft(v2, 32);
    return [v0, v1, v2, v3];
  };

  return {
    shiftMix,
    mix,
    multiplier,

    /** Of 8 to 16 bytes: the first eight and the last eight. */
    from8To16(first: W, last: W, length: W): W {
      const by = multiplier(length);
      const a = add(first, constant(K2));
      const c = add(multiply(rotate(last, 37), by), a);
      return mix(c, multiply(add(rotate(a, 25), last), by), by);
    },

    /** Of 4 to 7 bytes: the first four and the last four. */
    from4To7(first: W, last: W, length: W): W {
      return mix(add(length, multiply(first, constant(8n))), last, multiplier(length));
    },

    /** Of 1 to 3 bytes: the first, that in the middle, and the last. */
    from1To3(first: W, middle: W, last: W, length: W): W {
      const y = add(first, multiply(middle, constant(256n)));
      const z = add(length, multiply(last, constant(4n)));
      const mixed = xor(multiply(y, constant(K2)), multiply(z, constant(K0)));
      return multiply(shiftMix(mixed), constant(K2));
    },

    /** What SipHash begins with under a key. */
    sipStart: (k0: W, k1: W): SipState<W> => [
      xor(k0, constant(0x736f6d6570736575n)),
      xor(k1, constant(0x646f72616e646f6dn)),
      xor(k0, constant(0x6c7967656e657261n)),
      xor(k1, constant(0x7465646279746573n)),
    ],

    /** Takes a word in. */
    sipAbsorb([v0, v1, v2, v3]: SipState<W>, word: W): SipState<W> {
      const [a, b, c, d] = sipRound(sipRound([v0, v1, v2, xor(v3, word)]));
      return [xor(a, word), b, c, d];
    },

    /** The hash of what was taken in. */
    sipEnd([v0, v1, v2, v3]: SipState<W>): W {
      let state: SipState<W> = [v0, v1, xor(v2, constant(0xffn)), v3];
      for (let round = 0; round < 4; round++) state = sipRound(state);
      return state.reduce(xor);
    },
  };
}
