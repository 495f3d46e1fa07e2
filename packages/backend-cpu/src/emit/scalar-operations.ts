/**
 * Scalar operations on single numbers: native instructions where they give the very bits of the vector ones, else lane
 * 0 of the vector operation, so that the tail of a loop agrees with its body to the last bit.
 */
import type { ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import { Op } from '../wasm/index';
import type { Expressions } from './expressions';
import { extractLane, type Lane, powerOfTwo, pushScalar, type Value } from './value';
import { pushVectorOperation } from './vector-operations';

const NATIVE_F32: Partial<Record<ScalarOp, Op>> = {
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

const NATIVE_I32: Partial<Record<ScalarOp, Op>> = {
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

/** Pushes the result of `op` as one f32 or i32. No operand has lanes. */
export function pushScalarOperation(
  e: Expressions,
  op: ScalarOp,
  type: Lane,
  from: Lane,
  operands: readonly Value[],
): void {
  const { code } = e;
  const native = (from === 'f32' ? NATIVE_F32 : NATIVE_I32)[op];
  if (native !== undefined && (op !== 'convert' || type !== from)) {
    for (const operand of operands) pushScalar(code, operand);
    code.op(native);
    return;
  }
  if (op === 'convert' && operands[0] !== undefined) {
    pushScalar(code, operands[0]);
    return;
  }
  if (op === 'select') {
    for (const position of [1, 2, 0]) pushScalar(code, known(operands[position], op));
    code.op(Op.select);
    return;
  }
  if (from === 'i32' && pushIntegerDivision(e, op, operands)) return;
  pushVectorOperation(e, op, type, from, operands);
  extractLane(code, type, 0);
}

/** Division by a constant, which engines turn into multiplications and shifts. */
function pushIntegerDivision(e: Expressions, op: ScalarOp, operands: readonly Value[]): boolean {
  const { code } = e;
  const [dividend, divisor] = operands;
  if (op !== 'idiv' && op !== 'div' && op !== 'mod') return false;
  if (dividend === undefined || divisor?.kind !== 'constant' || divisor.value <= 0) return false;
  const shift = powerOfTwo(divisor);
  pushScalar(code, dividend);
  if (shift !== undefined) {
    if (op === 'mod') code.i32(2 ** shift - 1).op(Op.i32_and);
    else code.i32(shift).op(Op.i32_shr_s);
    return true;
  }
  const remainder = e.code.local('i32');
  code.i32(divisor.value).op(Op.i32_rem_s).tee(remainder).i32(31).op(Op.i32_shr_s);
  if (op === 'mod') {
    code.i32(divisor.value).op(Op.i32_and).get(remainder).op(Op.i32_add);
  } else {
    pushScalar(code, dividend);
    code.i32(divisor.value).op(Op.i32_div_s).op(Op.i32_add);
  }
  code.release(remainder);
  return true;
}
