/**
 * sin and cos of four lanes.
 *
 * x = n · π/2 + r with |r| ≤ π/4, found in float64: with π/2 in two parts while n has at most 20 bits, and by
 * multiplying with as many bits of 2/π as matter (Payne and Hanek's method) for larger x. Then a polynomial of sin or
 * cos in r, chosen and signed by n mod 4.
 */

import { Op } from '../../wasm/index';
import type { Expression, Expressions } from '../expressions';
import { COS, SIN } from './coefficients';
import { DOUBLE_ROUNDING_SHIFT, demote, lowWords, promote } from './double';

/** Up to here n · (π/2, high part) is exact. */
const LARGE = 2 ** 20;
/** π/2 in 33 bits, and the rest. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

/** 2/π in digits of 24 bits, so that a float times a digit is exact in float64. */
const TWO_OVER_PI_DIGITS = [
  0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041, 0xfe5163,
];
const DIGIT_BITS = 24;
/** Digits that are used at once: the first makes the integer, five reach 2^-73. */
const DIGITS_USED = 5;
/** From 2^49 on the first digit only adds multiples of 4 to n; each further digit lasts 24 powers of 2 longer. */
const FIRST_DIGIT_ENDS = 49;

/** r in radians and n in the low words of two f64 pairs. */
interface Reduced {
  readonly remainder: Expression;
  readonly turns: Expression;
}

function reduceSmall(e: Expressions, x: Expression): Reduced {
  const turns = e.keep(
    e.op(Op.f64x2_add, e.op(Op.f64x2_mul, x, e.f64(2 / Math.PI)), e.f64(DOUBLE_ROUNDING_SHIFT)),
  );
  const n = e.keep(e.op(Op.f64x2_sub, turns, e.f64(DOUBLE_ROUNDING_SHIFT)));
  const coarse = e.op(Op.f64x2_sub, x, e.op(Op.f64x2_mul, n, e.f64(HALF_PI_HIGH)));
  return { remainder: e.op(Op.f64x2_sub, coarse, e.op(Op.f64x2_mul, n, e.f64(HALF_PI_LOW))), turns };
}

function reduceLarge(e: Expressions, x: Expression): Reduced {
  const size = e.keep(e.op(Op.f64x2_abs, x));
  const skips = TWO_OVER_PI_DIGITS.length - DIGITS_USED;
  const terms: Expression[] = [];
  for (let position = 0; position < DIGITS_USED; position++) {
    const digit = (index: number): Expression =>
      e.f64((TWO_OVER_PI_DIGITS[index] ?? 0) * 2 ** (-DIGIT_BITS * (index + 1)));
    let factor = digit(position);
    for (let skip = 1; skip <= skips; skip++) {
      const limit = e.f64(2 ** (FIRST_DIGIT_ENDS + DIGIT_BITS * (skip - 1)));
      factor = e.keep(e.select(e.op(Op.f64x2_ge, size, limit), digit(position + skip), factor));
    }
    terms.push(e.keep(e.op(Op.f64x2_mul, x, factor)));
  }
  const [first, second, third, fourth, fifth] = terms;
  if (!first || !second || !third || !fourth || !fifth) throw new RangeError('five digits are needed');
  const sub = (a: Expression, b: Expression): Expression => e.op(Op.f64x2_sub, a, b);
  const add = (a: Expression, b: Expression): Expression => e.op(Op.f64x2_add, a, b);
  const quarter = e.op(Op.f64x2_nearest, e.op(Op.f64x2_mul, first, e.f64(0.25)));
  const firstTurns = e.keep(sub(first, e.op(Op.f64x2_mul, quarter, e.f64(4))));
  const coarse = e.keep(add(firstTurns, second));
  const whole = e.keep(e.op(Op.f64x2_nearest, coarse));
  const finer = e.keep(add(sub(coarse, whole), third));
  const rest = e.keep(e.op(Op.f64x2_nearest, finer));
  const fraction = add(sub(finer, rest), add(fourth, fifth));
  return {
    remainder: e.op(Op.f64x2_mul, fraction, e.f64(Math.PI / 2)),
    turns: add(add(whole, rest), e.f64(DOUBLE_ROUNDING_SHIFT)),
  };
}

/** r as f32 and n as i32, of four lanes; both kept. */
function reduce(
  e: Expressions,
  x: Expression,
): { readonly remainder: Expression; readonly turns: Expression } {
  const { code } = e;
  const remainder = code.local('v128');
  const turns = code.local('v128');
  const assign = (method: (e: Expressions, x: Expression) => Reduced): void => {
    const [low, high] = promote(e, x);
    const lower = method(e, e.keep(low));
    const upper = method(e, e.keep(high));
    demote(e, lower.remainder, upper.remainder)();
    code.set(remainder);
    lowWords(e, lower.turns, upper.turns)();
    code.set(turns);
  };
  assign(reduceSmall);
  e.op(Op.v128_any_true, e.op(Op.v128_not, e.op(Op.f32x4_lt, e.op(Op.f32x4_abs, x), e.f32(LARGE))))();
  code.if(() => assign(reduceLarge));
  const result = { remainder: e.keep(e.local(remainder)), turns: e.keep(e.local(turns)) };
  code.release(remainder);
  code.release(turns);
  return result;
}

/** sin(r + n · π/2). */
function sineAt(e: Expressions, r: Expression, n: Expression): Expression {
  const square = e.keep(e.mul(r, r));
  const sine = e.keep(e.fma(e.mul(square, r), e.polynomial(square, SIN), r));
  const tail = e.mul(e.mul(square, square), e.polynomial(square, COS));
  const cosine = e.keep(e.add(e.fnma(e.f32(0.5), square, e.f32(1)), tail));
  const odd = e.op(Op.i32x4_ne, e.and(n, e.i32(1)), e.i32(0));
  const sign = e.shiftLeft(e.and(n, e.i32(2)), 30);
  return e.op(Op.v128_xor, e.select(odd, cosine, sine), sign);
}

/** Sine within 2 ULP for every float; NaN for infinities. */
export function sin(e: Expressions, x: Expression): Expression {
  const { remainder, turns } = reduce(e, x);
  const result = e.keep(sineAt(e, remainder, turns));
  return e.select(e.op(Op.f32x4_eq, x, e.f32(0)), x, result);
}

/** Cosine within 2 ULP for every float; NaN for infinities. */
export function cos(e: Expressions, x: Expression): Expression {
  const { remainder, turns } = reduce(e, x);
  return sineAt(e, remainder, e.keep(e.op(Op.i32x4_add, turns, e.i32(1))));
}
