/**
 * tanh and erf of four lanes: odd polynomials near 0, and exponentials where the functions flatten.
 */

import { Op } from '../../wasm/index';
import type { Expression, Expressions } from '../expressions';
import { exp } from '../math/exponential';
import { ERF_LARGE, ERF_SMALL, TANH } from './coefficients';

const SIGN_BIT = -0x80000000;
/** Below it the polynomial of tanh holds. */
const TANH_SMALL = 0.625;
/** Beyond it tanh rounds to 1. */
const TANH_IS_ONE = 10;
const ERF_SMALL_LIMIT = 1;
/** Beyond it erf rounds to 1. */
const ERF_IS_ONE = 3.95;

const magnitude = (e: Expressions, x: Expression): Expression => e.keep(e.op(Op.f32x4_abs, x));

/** The smaller of x and `limit`; NaN stays NaN. */
const atMost = (e: Expressions, x: Expression, limit: number): Expression =>
  e.keep(e.op(Op.f32x4_pmin, x, e.f32(limit)));

const withSignOf = (e: Expressions, positive: Expression, x: Expression): Expression =>
  e.or(positive, e.and(x, e.i32(SIGN_BIT)));

/** Hyperbolic tangent within 4 ULP: x + x³ · p(x²), or 1 - 2/(e^(2|x|) + 1). */
export function tanh(e: Expressions, x: Expression): Expression {
  const size = atMost(e, magnitude(e, x), TANH_IS_ONE);
  const square = e.keep(e.mul(size, size));
  const small = e.keep(e.fma(e.mul(size, square), e.polynomial(square, TANH), size));
  const grown = e.keep(exp(e, e.add(size, size)));
  const large = e.keep(e.sub(e.f32(1), e.div(e.f32(2), e.add(grown, e.f32(1)))));
  const result = e.select(e.op(Op.f32x4_lt, size, e.f32(TANH_SMALL)), small, large);
  return withSignOf(e, result, x);
}

/** The error function within 4 ULP: x + x · p(x²), or 1 - e^(-q(|x|)). */
export function erf(e: Expressions, x: Expression): Expression {
  const size = atMost(e, magnitude(e, x), ERF_IS_ONE);
  const square = e.keep(e.mul(size, size));
  const small = e.keep(e.fma(size, e.polynomial(square, ERF_SMALL), size));
  const exponent = e.keep(e.op(Op.f32x4_neg, e.polynomial(size, ERF_LARGE)));
  const large = e.keep(e.sub(e.f32(1), exp(e, exponent)));
  const result = e.select(e.op(Op.f32x4_lt, size, e.f32(ERF_SMALL_LIMIT)), small, large);
  return withSignOf(e, result, x);
}
