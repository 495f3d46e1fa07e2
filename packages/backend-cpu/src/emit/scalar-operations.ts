/**
 * Scalar operations on single numbers: native instructions where they give the very bits of the vector ones, else lane
 * 0 of the vector operation, so that the tail of a loop agrees with its body to the last bit.
 */
import type { ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import { Op } from '../wasm/index';
import type { Expressions } from './expressions';
import { NATIVE_F32, NATIVE_I32 } from './native-operations';
import { rareCode } from './rare';
import { extractLane, type Lane, pushScalar, type Value } from './value';
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
  if (from === 'i32' && (op === 'idiv' || op === 'div' || op === 'mod')) {
    if (rareCode(op).pushIntegerDivision(e, op, operands)) return;
  }
  pushVectorOperation(e, op, type, from, operands);
  extractLane(code, type, 0);
}
