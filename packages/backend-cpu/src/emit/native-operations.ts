/** Scalar operations that are one instruction on one number, by the type of their operands. */
import type { ScalarOp } from '@hadal/core/backend';
import { Op } from '../wasm/index';

export const NATIVE_F32: Partial<Record<ScalarOp, Op>> = {
  add: Op.f32_add,
  sub: Op.f32_sub,
  mul: Op.f32_mul,
  div: Op.f32_div,
  neg: Op.f32_neg,
  abs: Op.f32_abs,
  sqrt: Op.f32_sqrt,
  floor: Op.f32_floor,
  ceil: Op.f32_ceil,
  round: Op.f32_nearest,
  lt: Op.f32_lt,
  le: Op.f32_le,
  eq: Op.f32_eq,
  ne: Op.f32_ne,
  convert: Op.i32_trunc_sat_f32_s,
  bitcast: Op.i32_reinterpret_f32,
};

export const NATIVE_I32: Partial<Record<ScalarOp, Op>> = {
  add: Op.i32_add,
  sub: Op.i32_sub,
  mul: Op.i32_mul,
  and: Op.i32_and,
  or: Op.i32_or,
  xor: Op.i32_xor,
  shl: Op.i32_shl,
  shr: Op.i32_shr_s,
  lt: Op.i32_lt_s,
  le: Op.i32_le_s,
  eq: Op.i32_eq,
  ne: Op.i32_ne,
  convert: Op.f32_convert_i32_s,
  bitcast: Op.f32_reinterpret_i32,
};
