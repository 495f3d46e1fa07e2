/**
 * Scalar operations on single numbers: native instructions where they give the very bits of the vector ones, else lane
 * 0 of the vector operation, so that the tail of a loop agrees with its body to the last bit.
 */
import type { ScalarOp } from '@hadal/core/backend';
import type { PlainOp } from '../wasm/index';
import type { Expressions } from './expressions';
import { type Lane, pushScalar, type Value } from './value';
import { powerOfTwo, pushVectorOperation } from './vector-operations';

const NATIVE_F32: Partial<Record<ScalarOp, PlainOp>> = {
  add: 'f32.add',
  sub: 'f32.sub',
  mul: 'f32.mul',
  div: 'f32.div',
  neg: 'f32.neg',
  abs: 'f32.abs',
  sqrt: 'f32.sqrt',
  floor: 'f32.floor',
  ceil: 'f32.ceil',
  round: 'f32.nearest',
  lt: 'f32.lt',
  le: 'f32.le',
  eq: 'f32.eq',
  ne: 'f32.ne',
  convert: 'i32.trunc_sat_f32_s',
  bitcast: 'i32.reinterpret_f32',
};

const NATIVE_I32: Partial<Record<ScalarOp, PlainOp>> = {
  add: 'i32.add',
  sub: 'i32.sub',
  mul: 'i32.mul',
  and: 'i32.and',
  or: 'i32.or',
  xor: 'i32.xor',
  shl: 'i32.shl',
  shr: 'i32.shr_s',
  lt: 'i32.lt_s',
  le: 'i32.le_s',
  eq: 'i32.eq',
  ne: 'i32.ne',
  convert: 'f32.convert_i32_s',
  bitcast: 'f32.reinterpret_i32',
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
    const [condition, whenTrue, whenFalse] = operands;
    if (condition === undefined || whenTrue === undefined || whenFalse === undefined) {
      throw new RangeError('select takes three operands');
    }
    pushScalar(code, whenTrue);
    pushScalar(code, whenFalse);
    pushScalar(code, condition);
    code.op('select');
    return;
  }
  if (from === 'i32' && pushIntegerDivision(e, op, operands)) return;
  pushVectorOperation(e, op, type, from, operands);
  code.lane(type === 'f32' ? 'f32x4.extract_lane' : 'i32x4.extract_lane', 0);
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
    if (op === 'mod') code.i32(2 ** shift - 1).op('i32.and');
    else code.i32(shift).op('i32.shr_s');
    return true;
  }
  const remainder = e.code.local('i32');
  code.i32(divisor.value).op('i32.rem_s').tee(remainder).i32(31).op('i32.shr_s');
  if (op === 'mod') {
    code.i32(divisor.value).op('i32.and').get(remainder).op('i32.add');
  } else {
    pushScalar(code, dividend);
    code.i32(divisor.value).op('i32.div_s').op('i32.add');
  }
  code.release(remainder);
  return true;
}
