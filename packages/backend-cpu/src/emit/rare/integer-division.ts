/** Division of single integers by a constant, which engines turn into multiplications and shifts. */
import { Op } from '../../wasm/index';
import type { Expressions } from '../expressions';
import { powerOfTwo, pushScalar, type Value } from '../value';

/** Pushes a quotient or remainder; false where the divisor is no positive constant. */
export function pushIntegerDivision(
  e: Expressions,
  op: 'idiv' | 'div' | 'mod',
  operands: readonly Value[],
): boolean {
  const { code } = e;
  const [dividend, divisor] = operands;
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
