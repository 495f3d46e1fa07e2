/**
 * x^y = 2^(y · log2 |x|) of four lanes. The logarithm and the product are float64, because their error is multiplied by
 * as much as 128 on the way to the result; the rest is that of exp2. Powers of 1 are 1, as IEEE 754 has it.
 */

import { Op } from '../../wasm/index';
import type { Expression, Expressions } from '../expressions';
import { exp2Fraction, ROUNDING_SHIFT, scaleByPower } from '../math/exponential';
import { POW } from './coefficients';
import { demote, promote } from './double';
import { splitExponent } from './logarithm';

/** Beyond these 2^t rounds to 0 and to Infinity. */
const LOWEST = -151;
const HIGHEST = 129;
const SIGN_BIT = -0x80000000;
/** Floats from here on are even integers. */
const ALL_EVEN = 2 ** 24;

/** log2 of 2^exponent · mantissa, two lanes of f64. */
function logarithm(e: Expressions, exponent: Expression, mantissa: Expression): Expression {
  const one = e.f64(1);
  const m = e.keep(mantissa);
  const s = e.keep(e.op(Op.f64x2_div, e.op(Op.f64x2_sub, m, one), e.op(Op.f64x2_add, m, one)));
  const t = e.keep(e.op(Op.f64x2_mul, s, s));
  const sum = POW.toReversed()
    .slice(1)
    .reduce<Expression>(
      (value, c) => e.op(Op.f64x2_add, e.op(Op.f64x2_mul, value, t), e.f64(c)),
      e.f64(POW.at(-1) ?? 0),
    );
  return e.op(Op.f64x2_add, exponent, e.op(Op.f64x2_mul, s, sum));
}

/** x to the y-th power within 2 ULP. */
export function pow(e: Expressions, x: Expression, y: Expression): Expression {
  const size = e.keep(e.op(Op.f32x4_abs, x));
  const { exponent, mantissa } = splitExponent(e, size);
  const infinity = e.f32(Number.POSITIVE_INFINITY);
  const zero = e.f32(0);
  const atZero = e.keep(e.select(e.op(Op.f32x4_eq, size, zero), e.op(Op.f32x4_neg, infinity), exponent));
  const exponents = promote(e, e.keep(e.select(e.op(Op.f32x4_lt, size, infinity), atZero, size)));
  const mantissas = promote(e, mantissa);
  const powers = promote(e, y);
  const half = (index: 0 | 1): { readonly shifted: Expression; readonly fraction: Expression } => {
    const t = e.op(Op.f64x2_mul, powers[index], logarithm(e, exponents[index], mantissas[index]));
    const bounded = e.keep(e.op(Op.f64x2_pmax, e.op(Op.f64x2_pmin, t, e.f64(HIGHEST)), e.f64(LOWEST)));
    const n = e.keep(e.op(Op.f64x2_nearest, bounded));
    return { shifted: n, fraction: e.keep(e.op(Op.f64x2_sub, bounded, n)) };
  };
  const low = half(0);
  const high = half(1);
  const fraction = e.keep(demote(e, low.fraction, high.fraction));
  const shifted = e.keep(e.add(demote(e, low.shifted, high.shifted), e.f32(ROUNDING_SHIFT)));
  const positive = e.keep(scaleByPower(e, e.keep(exp2Fraction(e, fraction)), shifted));

  const integer = e.op(Op.f32x4_eq, e.op(Op.f32x4_trunc, y), y);
  const small = e.op(Op.f32x4_lt, e.op(Op.f32x4_abs, y), e.f32(ALL_EVEN));
  const lowBit = e.shiftLeft(e.op(Op.i32x4_trunc_sat_f32x4_s, y), 31);
  const oddSign = e.keep(e.and(lowBit, small));
  const signed = e.keep(
    e.op(Op.v128_xor, positive, e.and(e.and(oddSign, integer), e.and(x, e.i32(SIGN_BIT)))),
  );
  const negativeBase = e.and(e.op(Op.f32x4_lt, x, zero), e.op(Op.f32x4_lt, size, infinity));
  const undefinedRoot = e.op(Op.v128_andnot, negativeBase, integer);
  const rooted = e.keep(e.select(undefinedRoot, e.f32(Number.NaN), signed));
  const one = e.f32(1);
  const unitBase = e.and(e.op(Op.f32x4_eq, size, one), e.op(Op.f32x4_eq, e.op(Op.f32x4_abs, y), infinity));
  const isOne = e.or(e.or(e.op(Op.f32x4_eq, x, one), e.op(Op.f32x4_eq, y, zero)), unitBase);
  return e.select(isOne, one, rooted);
}
