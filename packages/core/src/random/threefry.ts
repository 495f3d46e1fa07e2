/**
 * Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011).
 *
 * A counter-based generator: a keyed bijection of 64-bit counters, so that any number of a stream can be computed by
 * itself. It uses only 32-bit additions, rotations and exclusive ors, which give the same bits everywhere. It is
 * written once, over the arithmetic of the words it works on: numbers on the host, nodes in the graph.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';

/** Arithmetic modulo 2³². */
export interface WordArithmetic<W> {
  add(a: W, b: W): W;
  xor(a: W, b: W): W;
  /** Rotates left by 1 … 31 bits. */
  rotate(a: W, bits: number): W;
  constant(value: number): W;
}

export type WordPair<W> = readonly [W, W];

/** Rotation distances, four rounds each in turn. */
const ROTATIONS: readonly (readonly number[])[] = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
];

/** Makes the sum of the key's words odd out: the parity word of the key schedule (from Skein). */
const PARITY = 0x1bd11bda;

/** The block of two words that `key` makes of `counter`. */
export function threefry<W>(words: WordArithmetic<W>, key: WordPair<W>, counter: WordPair<W>): WordPair<W> {
  const { add, xor, rotate, constant } = words;
  const schedule = [key[0], key[1], xor(constant(PARITY), xor(key[0], key[1]))] as const;
  let [x, y] = [add(counter[0], key[0]), add(counter[1], key[1])];
  for (let injection = 1; injection <= 5; injection++) {
    for (const bits of ROTATIONS[(injection - 1) % 2] ?? []) {
      x = add(x, y);
      y = xor(rotate(y, bits), x);
    }
    x = add(x, pick(schedule, injection));
    y = add(add(y, pick(schedule, injection + 1)), constant(injection));
  }
  return [x, y];
}

const pick = <W>(schedule: readonly [W, W, W], index: number): W =>
  index % 3 === 0 ? schedule[0] : index % 3 === 1 ? schedule[1] : schedule[2];

/** Words as JavaScript numbers in int32. */
export const hostWords: WordArithmetic<number> = {
  add: (a, b) => (a + b) | 0,
  xor: (a, b) => a ^ b,
  rotate: (a, bits) => (a << bits) | (a >>> (32 - bits)),
  constant: (value) => value | 0,
};

/** Words as int32 nodes. The shift to the right keeps the sign, so the copies of the sign bit are masked off. */
export const graphWords: WordArithmetic<Node> = {
  add: build.add,
  xor: build.xor,
  rotate: (a, bits) => build.or(build.combine('shl', a, bits), shiftRight(a, 32 - bits)),
  constant: (value) => build.constant(value | 0, 'int32'),
};

/** Shifts to the right, zeros coming in. */
export const shiftRight = (x: Node, bits: number): Node =>
  build.and(build.combine('shr', x, bits), 2 ** (32 - bits) - 1);
