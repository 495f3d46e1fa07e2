/**
 * Every scalar operation of the kernel form on four lanes.
 *
 * Comparisons give masks. What few kernels use is in ./rare/operations.ts.
 */
import type { ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import { Op } from '../wasm/index';
import type { Expression, Expressions } from './expressions';
import { exp, exp2 } from './math/exponential';
import { type Pushed, pushRare, type RareOperation } from './rare';
import { type Lane, pushVector, type Value } from './value';

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
};

const UNARY_I32: Partial<Record<ScalarOp, (e: Expressions, x: Expression) => Expression>> = {
  neg: (e, x) => e.op(Op.i32x4_neg, x),
  abs: (e, x) => e.op(Op.i32x4_abs, x),
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

const COMPARE: Partial<Record<ScalarOp, Readonly<Record<Lane, Op>>>> = {
  lt: { f32: Op.f32x4_lt, i32: Op.i32x4_lt_s },
  le: { f32: Op.f32x4_le, i32: Op.i32x4_le_s },
  eq: { f32: Op.f32x4_eq, i32: Op.i32x4_eq },
  ne: { f32: Op.f32x4_ne, i32: Op.i32x4_ne },
};

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
  const binary = (from === 'f32' ? BINARY_F32 : BINARY_I32)[op];
  const unary = (from === 'f32' ? UNARY_F32 : UNARY_I32)[op];
  if (from === 'f32' && (op === 'max' || op === 'min') && pushSimpleExtreme(e, op, value(0), value(1))) {
    return 'vector';
  }
  if (binary !== undefined) e.op(binary, wide(0), wide(1))();
  else if (unary !== undefined) unary(e, wide(0))();
  else return pushSpecial(e, { op, from, operands }, type, [wide(0), wide(1), wide(2)]);
  return 'vector';
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
): Pushed {
  const { op, from } = operation;
  const isFloat = from === 'f32';
  switch (op) {
    case 'convert':
      if (type === from) a();
      else e.op(isFloat ? Op.i32x4_trunc_sat_f32x4_s : Op.f32x4_convert_i32x4_s, a)();
      return 'vector';
    case 'bitcast':
      a();
      return 'vector';
    case 'fma':
      if (isFloat) e.fma(a, b, c)();
      else e.op(Op.i32x4_add, e.op(Op.i32x4_mul, a, b), c)();
      return 'vector';
    default:
      return pushRare(e, operation);
  }
}
