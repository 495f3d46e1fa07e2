/**
 * log and log2 of four lanes.
 *
 * x = 2^e · (1 + f) with √½ ≤ 1 + f < √2; the logarithm of 1 + f is a polynomial whose first terms are added last and
 * unrounded, so that the result keeps its precision near x = 1.
 */

import { Op } from '../../wasm/index';
import type { Expression, Expressions } from '../expressions';
import { LN2_HIGH, LN2_LOW } from '../math/exponential';
import { LOG, LOG2 } from './coefficients';

/** The bits of √½: subtracting them splits x at the mantissa √½ … √2. */
const SQRT_HALF_BITS = 0x3f3504f3;
const SMALLEST_NORMAL = 2 ** -126;
const SUBNORMAL_SCALE = 2 ** 23;
const MANTISSA_BITS = 23;
/** log2 e as a float with 12 bits, times which f is nearly exact, and the rest. */
const LOG2E_HIGH = 1.4423828125;
const LOG2E_LOW = Math.LOG2E - LOG2E_HIGH;

/** The exponent (as a float) and 1 + f of positive finite x; both are kept. */
export function splitExponent(
  e: Expressions,
  x: Expression,
): { readonly exponent: Expression; readonly mantissa: Expression } {
  const tiny = e.keep(e.op(Op.f32x4_lt, x, e.f32(SMALLEST_NORMAL)));
  const scaled = e.keep(e.select(tiny, e.mul(x, e.f32(SUBNORMAL_SCALE)), x));
  const shifted = e.shiftRight(e.op(Op.i32x4_sub, scaled, e.i32(SQRT_HALF_BITS)), MANTISSA_BITS);
  const whole = e.keep(shifted);
  const mantissa = e.keep(e.op(Op.i32x4_sub, scaled, e.shiftLeft(whole, MANTISSA_BITS)));
  const correction = e.and(tiny, e.i32(-MANTISSA_BITS));
  const exponent = e.keep(e.op(Op.f32x4_convert_i32x4_s, e.op(Op.i32x4_add, whole, correction)));
  return { exponent, mantissa };
}

/** -Infinity at 0, NaN below, Infinity and NaN as they are. */
function atTheEdges(e: Expressions, x: Expression, result: Expression): Expression {
  const known = e.keep(result);
  const infinity = e.f32(Number.POSITIVE_INFINITY);
  const ordinary = e.keep(e.select(e.op(Op.f32x4_lt, x, infinity), known, x));
  const signed = e.keep(e.select(e.op(Op.f32x4_lt, x, e.f32(0)), e.f32(Number.NaN), ordinary));
  return e.select(e.op(Op.f32x4_eq, x, e.f32(0)), e.f32(Number.NEGATIVE_INFINITY), signed);
}

/** Natural logarithm within 2 ULP. */
export function log(e: Expressions, x: Expression): Expression {
  const { exponent, mantissa } = splitExponent(e, x);
  const f = e.keep(e.sub(mantissa, e.f32(1)));
  const square = e.keep(e.mul(f, f));
  const tail = e.keep(e.mul(e.mul(square, f), e.polynomial(f, LOG)));
  const low = e.keep(e.fma(exponent, e.f32(LN2_LOW), tail));
  const small = e.keep(e.fnma(square, e.f32(0.5), low));
  return atTheEdges(e, x, e.fma(exponent, e.f32(LN2_HIGH), e.add(f, small)));
}

/** Logarithm to base 2 within 2 ULP; exact for powers of 2. */
export function log2(e: Expressions, x: Expression): Expression {
  const { exponent, mantissa } = splitExponent(e, x);
  const f = e.keep(e.sub(mantissa, e.f32(1)));
  const tail = e.keep(e.mul(e.mul(f, f), e.polynomial(f, LOG2)));
  const low = e.keep(e.fma(f, e.f32(LOG2E_LOW), tail));
  return atTheEdges(e, x, e.add(e.fma(f, e.f32(LOG2E_HIGH), low), exponent));
}
