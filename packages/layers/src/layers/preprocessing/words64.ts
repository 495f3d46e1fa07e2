/**
 * Arithmetic modulo 2⁶⁴, as hashes need it. It is written down once what these do with words, and computed on the host with
 * bigints or on a device with pairs of int32.
 */
import {
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  leftShift,
  mod,
  rightShift,
  type Tensor,
  tensor,
  where,
} from '@hadal/core';

export interface WordArithmetic<W> {
  /** A word that is known. */
  constant(value: bigint): W;
  /** The sum, without what is carried out. */
  add(a: W, b: W): W;
  /** The lower 64 bits of the product. */
  multiply(a: W, b: W): W;
  /** Bits that are set in one of both. */
  xor(a: W, b: W): W;
  /** Moves bits to the right by 1 to 63, those that fall out coming in on the left. */
  rotate(a: W, by: number): W;
  /** Moves bits to the right by 32 to 63, zeros coming in. */
  shiftFar(a: W, by: number): W;
}

const MASK = (1n << 64n) - 1n;
const wrap = (x: bigint): bigint => x & MASK;

/** On the host. */
export const hostWords: WordArithmetic<bigint> = {
  constant: wrap,
  add: (a, b) => wrap(a + b),
  multiply: (a, b) => wrap(a * b),
  xor: (a, b) => a ^ b,
  rotate: (a, by) => wrap((a >> BigInt(by)) | (a << BigInt(64 - by))),
  shiftFar: (a, by) => a >> BigInt(by),
};

/** A word on a device: both halves int32 of one shape, or shapes that broadcast. */
export interface DeviceWord {
  /** Bits 0 to 31. */
  readonly low: Tensor;
  /** Bits 32 to 63. */
  readonly high: Tensor;
}

const int32 = (value: number): Tensor => tensor(value | 0, { dtype: 'int32' });

/** Moves 32 bits to the right by 0 to 31, zeros coming in. */
export const shiftRight = (x: Tensor, by: number): Tensor =>
  by === 0 ? x : bitwiseAnd(rightShift(x, by), 2 ** (32 - by) - 1);

/** Whether a is less than b where both count from 0 to 2³² - 1, as 0 and 1. */
const isBelow = (a: Tensor, b: Tensor): Tensor => {
  const sign = int32(2 ** 31);
  return bitwiseXor(a, sign).less(bitwiseXor(b, sign)).cast('int32');
};

const lowerHalf = (x: Tensor): Tensor => bitwiseAnd(x, 0xffff);

/** The upper 32 bits of the product of two numbers from 0 to 2³² - 1, by their halves of 16 bits. */
function upperProduct(a: Tensor, b: Tensor): Tensor {
  const [a0, a1, b0, b1] = [lowerHalf(a), shiftRight(a, 16), lowerHalf(b), shiftRight(b, 16)];
  const [across, down] = [a0.mul(b1), a1.mul(b0)];
  const middle = shiftRight(a0.mul(b0), 16).add(lowerHalf(across)).add(lowerHalf(down));
  return a1.mul(b1).add(shiftRight(across, 16)).add(shiftRight(down, 16)).add(shiftRight(middle, 16));
}

/** On a device. */
export const deviceWords: WordArithmetic<DeviceWord> = {
  constant: (value) => ({
    low: int32(Number(BigInt.asIntN(32, value))),
    high: int32(Number(BigInt.asIntN(32, value >> 32n))),
  }),
  add: (a, b) => {
    const low = a.low.add(b.low);
    return { low, high: a.high.add(b.high).add(isBelow(low, a.low)) };
  },
  multiply: (a, b) => ({
    low: a.low.mul(b.low),
    high: upperProduct(a.low, b.low).add(a.low.mul(b.high)).add(a.high.mul(b.low)),
  }),
  xor: (a, b) => ({ low: bitwiseXor(a.low, b.low), high: bitwiseXor(a.high, b.high) }),
  rotate: (a, by) => {
    const { low, high } = by < 32 ? a : { low: a.high, high: a.low };
    const rest = by % 32;
    if (rest === 0) return { low, high };
    const joined = (lower: Tensor, upper: Tensor): Tensor =>
      bitwiseOr(shiftRight(lower, rest), leftShift(upper, 32 - rest));
    return { low: joined(low, high), high: joined(high, low) };
  },
  shiftFar: (a, by) => ({ low: shiftRight(a.high, by - 32), high: int32(0) }),
};

/** Chooses between words. */
export const whereWord = (condition: Tensor, a: DeviceWord, b: DeviceWord): DeviceWord => ({
  low: where(condition, a.low, b.low),
  high: where(condition, a.high, b.high),
});

/** The largest divisor of {@link remainder}: with it a remainder and 8 bits more are below 2³¹. */
export const MOST_BUCKETS = 2 ** 23;

/** What is left of words from 0 to 2⁶⁴ - 1 after division, int32: by long division, 8 bits at a time. */
export function remainder({ low, high }: DeviceWord, divisor: number): Tensor {
  const bytes = [high, low].flatMap((half) =>
    [24, 16, 8, 0].map((by) => bitwiseAnd(shiftRight(half, by), 0xff)),
  );
  return bytes.reduce((rest, byte) => mod(rest.mul(256).add(byte), divisor), int32(0));
}
