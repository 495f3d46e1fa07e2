/**
 * Four f32 lanes seen as two pairs of f64 lanes, for the few functions whose intermediate results need more than 24
 * bits: range reduction of sin and cos, pow, and division of integers.
 */

import { Op } from '../../wasm/index';
import type { Expression, Expressions } from '../expressions';

/** Adding it rounds to an integer, whose two's complement then stands in the low 32 bits: 1.5 · 2^52. */
export const DOUBLE_ROUNDING_SHIFT = 6755399441055744;

/** Lanes 2 and 3 moved to 0 and 1. */
export const upperHalf =
  (e: Expressions, x: Expression): Expression =>
  () => {
    x();
    x();
    e.code.shuffle32([2, 3, 2, 3]);
  };

/** The lower and the upper two lanes of f32, as f64. */
export const promote = (e: Expressions, x: Expression): readonly [Expression, Expression] => [
  e.op(Op.f64x2_promote_low_f32x4, x),
  e.op(Op.f64x2_promote_low_f32x4, upperHalf(e, x)),
];

/** The lower and the upper two lanes of i32, as f64. */
export const promoteIntegers = (e: Expressions, x: Expression): readonly [Expression, Expression] => [
  e.op(Op.f64x2_convert_low_i32x4_s, x),
  e.op(Op.f64x2_convert_low_i32x4_s, upperHalf(e, x)),
];

/** Two pairs of f64, rounded to four f32 lanes. */
export const demote =
  (e: Expressions, low: Expression, high: Expression): Expression =>
  () => {
    e.op(Op.f32x4_demote_f64x2_zero, low)();
    e.op(Op.f32x4_demote_f64x2_zero, high)();
    e.code.shuffle32([0, 1, 4, 5]);
  };

/** The low 32 bits of each of four f64. */
export const lowWords =
  (e: Expressions, low: Expression, high: Expression): Expression =>
  () => {
    low();
    high();
    e.code.shuffle32([0, 2, 4, 6]);
  };
