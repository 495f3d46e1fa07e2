/**
 * exp and exp2 of four lanes.
 *
 * x = n · ln 2 + r with |r| ≤ ln 2 / 2, subtracted in two parts so that r is exact to the last place; e^r is a
 * polynomial; 2^n is put into the exponent bits in two factors, so that results reach into the subnormals and
 * overflow to Infinity by themselves.
 */

import { Op } from '../../wasm/index';
import type { Expression, Expressions } from '../expressions';
import { EXP, EXP2 } from './coefficients';

/** Adding it rounds to an integer, which then stands in the low bits: 1.5 · 2^23. */
export const ROUNDING_SHIFT = 12582912;
const ROUNDING_SHIFT_BITS = 0x4b400000;
const EXPONENT_BIAS = 127;
const MANTISSA_BITS = 23;
/** The high part of ln 2 has 9 bits, so that n times it is exact; the low part is the rest. */
export const LN2_HIGH = 0.693359375;
export const LN2_LOW = -2.1219444005469057e-4;
/** Beyond these e^x rounds to 0 and to Infinity; within them n fits two exponent fields. */
const EXP_LOWEST = -105;
const EXP_HIGHEST = 90;
const EXP2_LOWEST = -151;
const EXP2_HIGHEST = 129;

/** value · 2^n, where `shifted` is n + ROUNDING_SHIFT as a float; |n| ≤ 250. */
export function scaleByPower(e: Expressions, value: Expression, shifted: Expression): Expression {
  const n = e.keep(e.op(Op.i32x4_sub, shifted, e.i32(ROUNDING_SHIFT_BITS)));
  const half = e.keep(e.shiftRight(n, 1));
  const power = (exponent: Expression): Expression =>
    e.shiftLeft(e.op(Op.i32x4_add, exponent, e.i32(EXPONENT_BIAS)), MANTISSA_BITS);
  return e.mul(e.mul(value, power(half)), power(e.op(Op.i32x4_sub, n, half)));
}

/** e^x within 2 ULP; NaN stays NaN. */
export function exp(e: Expressions, x: Expression): Expression {
  const clamped = e.keep(e.clamp(x, EXP_LOWEST, EXP_HIGHEST));
  const shifted = e.keep(e.fma(clamped, e.f32(Math.LOG2E), e.f32(ROUNDING_SHIFT)));
  const n = e.keep(e.sub(shifted, e.f32(ROUNDING_SHIFT)));
  const coarse = e.fnma(n, e.f32(LN2_HIGH), clamped);
  const r = e.keep(e.fnma(n, e.f32(LN2_LOW), coarse));
  const tail = e.mul(e.mul(r, r), e.polynomial(r, EXP));
  return scaleByPower(e, e.keep(e.add(e.add(tail, r), e.f32(1))), shifted);
}

/** 2^r for |r| ≤ 1/2. */
export const exp2Fraction = (e: Expressions, r: Expression): Expression =>
  e.fma(r, e.polynomial(r, EXP2), e.f32(1));

/** 2^x within 2 ULP; NaN stays NaN. */
export function exp2(e: Expressions, x: Expression): Expression {
  const clamped = e.keep(e.clamp(x, EXP2_LOWEST, EXP2_HIGHEST));
  const shifted = e.keep(e.add(clamped, e.f32(ROUNDING_SHIFT)));
  const r = e.keep(e.sub(clamped, e.sub(shifted, e.f32(ROUNDING_SHIFT))));
  return scaleByPower(e, e.keep(exp2Fraction(e, r)), shifted);
}
