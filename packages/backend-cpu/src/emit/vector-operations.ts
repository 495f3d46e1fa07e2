/**
 * Every scalar operation of the kernel form on four lanes.
 *
 * Comparisons give masks; logical operations on masks stay masks. What few kernels use is in ./rare/operations.ts.
 */
import type { ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import { Op } from '../wasm/index';
import type { Expression, Expressions } from './expressions';
import { exp, exp2 } from './math/exponential';
import { pushRare, type RareOperation } from './rare';
import { type Lane, pushMask, pushVector, type Value } from './value';

const UNARY_F32: Partial<Record<ScalarOp, (e: Expressions, x: Expression) => Expression>> = {
  exp2,
  exp,
  sqrt: (e, x) => e.op(Op.f32x4_sqrt, x),
  recip: (e, x) => e.div(e.f32(1), x),
  rsqrt: (e, x) => e.div(e.f32(1), e.op(Op.f32x4_sqrt, x)),
  neg: (e, x) => e.op(Op.f32x4_neg, x),
  abs: (e, x) => e.op(Op.f32x4_abs, x),
  floor: (e, x) => e.op(Op.f32x4_floor, x),
  ceil: (e, x) => e.op(Op.f32x4_ceil, x),
  round: (e, x) => e.op(Op.f32x4_nearest, x),
  sign: (e, x) => {
    const negative = e.select(e.op(Op.f32x4_lt, x, e.f32(0)), e.f32(-1), x);
    return e.select(e.op(Op.f32x4_gt, x, e.f32(0)), e.f32(1), e.keep(negative));
  },
};

const UNARY_I32: Partial<Record<ScalarOp, (e: Expressions, x: Expression) => Expression>> = {
  neg: (e, x) => e.op(Op.i32x4_neg, x),
  abs: (e, x) => e.op(Op.i32x4_abs, x),
  sign: (e, x) => e.op(Op.i32x4_min_s, e.op(Op.i32x4_max_s, x, e.i32(-1)), e.i32(1)),
  floor: (_, x) => x,
  ceil: (_, x) => x,
  round: (_, x) => x,
};

const BINARY_F32: Partial<Record<ScalarOp, Op>> = {
  add: Op.f32x4_add,
  sub: Op.f32x4_sub,
  mul: Op.f32x4_mul,
  div: Op.f32x4_div,
  max: Op.f32x4_max,
  min: Op.f32x4_min,
};

const BINARY_I32: Partial<Record<ScalarOp, Op>> = {
  add: Op.i32x4_add,
  sub: Op.i32x4_sub,
  mul: Op.i32x4_mul,
  max: Op.i32x4_max_s,
  min: Op.i32x4_min_s,
};

const LOGICAL: Partial<Record<ScalarOp, Op>> = { and: Op.v128_and, or: Op.v128_or, xor: Op.v128_xor };

const COMPARE: Partial<Record<ScalarOp, Readonly<Record<Lane, Op>>>> = {
  lt: { f32: Op.f32x4_lt, i32: Op.i32x4_lt_s },
  le: { f32: Op.f32x4_le, i32: Op.i32x4_le_s },
  eq: { f32: Op.f32x4_eq, i32: Op.i32x4_eq },
  ne: { f32: Op.f32x4_ne, i32: Op.i32x4_ne },
};

/** What an operation pushed: lanes of the instruction's type, or a mask. */
export type Pushed = 'vector' | 'mask';

/** Pushes the result of `op` on four lanes. */
export function pushVectorOperation(
  e: Expressions,
  op: ScalarOp,
  type: Lane,
  from: Lane,
  operands: readonly Value[],
): Pushed {
  const value = (position: number): Value => known(operands[position], `operand ${position} of ${op}`);
  const wide =
    (position: number): Expression =>
    () =>
      pushVector(e.code, value(position));
  const compare = COMPARE[op];
  if (compare !== undefined) {
    e.op(compare[from], wide(0), wide(1))();
    return 'mask';
  }
  const logical = LOGICAL[op];
  if (logical !== undefined) return pushLogical(e, logical, value(0), value(1));
  if (op === 'select') {
    pushSelect(e, value(0), value(1), value(2));
    return 'vector';
  }
  const binary = (from === 'f32' ? BINARY_F32 : BINARY_I32)[op];
  const unary = (from === 'f32' ? UNARY_F32 : UNARY_I32)[op];
  if (from === 'f32' && (op === 'max' || op === 'min') && pushSimpleExtreme(e, op, value(0), value(1))) {
    return 'vector';
  }
  if (binary !== undefined) e.op(binary, wide(0), wide(1))();
  else if (unary !== undefined) unary(e, wide(0))();
  else pushSpecial(e, { op, from, operands }, type, [wide(0), wide(1), wide(2)]);
  return 'vector';
}

/** Logical operations of two masks give a mask; a lone mask next to integers becomes 0 and 1 first. */
function pushLogical(e: Expressions, op: Op, a: Value, b: Value): Pushed {
  if (a.kind === 'mask' && b.kind === 'mask') {
    e.code.get(a.local).get(b.local).op(op);
    return 'mask';
  }
  pushVector(e.code, a);
  pushVector(e.code, b);
  e.code.op(op);
  return 'vector';
}

const isZero = (value: Value): boolean => value.kind === 'constant' && Object.is(value.value, 0);

/** `and` suffices where one side is 0. */
function pushSelect(e: Expressions, condition: Value, whenTrue: Value, whenFalse: Value): void {
  const { code } = e;
  if (isZero(whenFalse)) {
    pushVector(code, whenTrue);
    pushMask(code, condition);
    code.op(Op.v128_and);
  } else if (isZero(whenTrue)) {
    pushVector(code, whenFalse);
    pushMask(code, condition);
    code.op(Op.v128_andnot);
  } else {
    pushVector(code, whenTrue);
    pushVector(code, whenFalse);
    pushMask(code, condition);
    code.op(Op.v128_bitselect);
  }
}

/** Against a constant that is no NaN, one compare-and-pick instruction keeps the other operand's NaN. */
function pushSimpleExtreme(e: Expressions, op: 'max' | 'min', a: Value, b: Value): boolean {
  const isPlain = (value: Value): boolean => value.kind === 'constant' && !Number.isNaN(value.value);
  const [first, second] = isPlain(b) ? [a, b] : [b, a];
  if (!isPlain(second)) return false;
  pushVector(e.code, first);
  pushVector(e.code, second);
  e.code.op(op === 'max' ? Op.f32x4_pmax : Op.f32x4_pmin);
  return true;
}

function pushSpecial(
  e: Expressions,
  operation: RareOperation,
  type: Lane,
  [a, b, c]: readonly [Expression, Expression, Expression],
): void {
  const { op, from } = operation;
  const isFloat = from === 'f32';
  switch (op) {
    case 'convert':
      if (type === from) a();
      else e.op(isFloat ? Op.i32x4_trunc_sat_f32x4_s : Op.f32x4_convert_i32x4_s, a)();
      return;
    case 'bitcast':
      a();
      return;
    case 'fma':
      if (isFloat) e.fma(a, b, c)();
      else e.op(Op.i32x4_add, e.op(Op.i32x4_mul, a, b), c)();
      return;
    default:
      pushRare(e, operation);
  }
}
