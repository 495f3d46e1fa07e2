/**
 * Scalar operations on single numbers: native instructions where they give the very bits of the vector ones, else lane
 * 0 of the vector operation, so that the tail of a loop agrees with its body to the last bit.
 */
import type { ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import { Op } from '../wasm/index';
import type { Expressions } from './expressions';
import { NATIVE_F32, NATIVE_I32 } from './native-operations';
import { extractLane, type Lane, powerOfTwo, pushScalar, type Value } from './value';
import { pushVectorOperation } from './vector-operations';

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
