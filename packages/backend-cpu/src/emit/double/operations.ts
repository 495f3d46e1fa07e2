/**
 * Scalar operations on single numbers of any register type: an instruction where there is one, else a function of the
 * host, which takes and gives float64 (it holds every f32 and every i32 exactly).
 */
import type { Register, ScalarInstruction, ScalarOp } from '@hadal/core/backend';
import { type Callable, type Code, Op } from '../../wasm/index';
import { NATIVE_F32, NATIVE_I32 } from '../native-operations';

const NATIVE: Readonly<Record<Register, Partial<Record<ScalarOp, Op>>>> = {
  f32: { ...NATIVE_F32, max: Op.f32_max, min: Op.f32_min },
  f64: {
    add: Op.f64_add,
    sub: Op.f64_sub,
    mul: Op.f64_mul,
    div: Op.f64_div,
    max: Op.f64_max,
    min: Op.f64_min,
    neg: Op.f64_neg,
    abs: Op.f64_abs,
    sqrt: Op.f64_sqrt,
    floor: Op.f64_floor,
    ceil: Op.f64_ceil,
    round: Op.f64_nearest,
    lt: Op.f64_lt,
    le: Op.f64_le,
    eq: Op.f64_eq,
    ne: Op.f64_ne,
  },
  i32: NATIVE_I32,
};

/** What turns the number on the stack into one of another type; truncation saturates and makes NaN 0. */
const CONVERT: Readonly<Record<Register, Partial<Record<Register, Op>>>> = {
  f32: { f64: Op.f64_promote_f32, i32: Op.i32_trunc_sat_f32_s },
  f64: { f32: Op.f32_demote_f64, i32: Op.i32_trunc_sat_f64_s },
  i32: { f32: Op.f32_convert_i32_s, f64: Op.f64_convert_i32_s },
};

export function convert(code: Code, from: Register, to: Register): void {
  const op = CONVERT[from][to];
  if (op !== undefined) code.op(op);
}

/** Written with several instructions, or with one that depends on the type of the result. */
const BUILT: ReadonlySet<ScalarOp> = new Set<ScalarOp>(['convert', 'select', 'fma', 'recip', 'rsqrt']);

/** The instruction of an operation that is one. */
const nativeOf = ({ op, from }: ScalarInstruction): Op | undefined =>
  BUILT.has(op) ? undefined : NATIVE[from][op];

/** Whether an operation takes no function of the host. */
export const hasInstruction = (instruction: ScalarInstruction): boolean =>
  nativeOf(instruction) !== undefined || BUILT.has(instruction.op);

/**
 * Pushes the result of an instruction.
 *
 * @param push pushes the operand at a position
 * @param call the imported function of the instruction
 */
export function pushOperation(
  code: Code,
  instruction: ScalarInstruction,
  push: (position: number) => void,
  call: () => Callable,
): void {
  const { op, from, type, operands } = instruction;
  const native = nativeOf(instruction);
  if (native !== undefined) {
    operands.forEach((_, position) => {
      push(position);
    });
    code.op(native);
    return;
  }
  switch (op) {
    case 'convert':
      push(0);
      convert(code, from, type);
      return;
    case 'select':
      for (const position of [1, 2, 0]) push(position);
      code.op(Op.select);
      return;
    case 'fma':
      push(0);
      push(1);
      code.op(type === 'i32' ? Op.i32_mul : type === 'f32' ? Op.f32_mul : Op.f64_mul);
      push(2);
      code.op(type === 'i32' ? Op.i32_add : type === 'f32' ? Op.f32_add : Op.f64_add);
      return;
    case 'recip':
    case 'rsqrt':
      code.f64(1);
      push(0);
      convert(code, from, 'f64');
      if (op === 'rsqrt') code.op(Op.f64_sqrt);
      code.op(Op.f64_div);
      convert(code, 'f64', type);
      return;
  }
  operands.forEach((_, position) => {
    push(position);
    convert(code, from, 'f64');
  });
  // Functions of one operand are given a second one that they ignore.
  if (operands.length === 1) code.f64(0);
  code.call(call());
  // Integers wrap where the function leaves their range, as when the smallest is negated.
  if (type === 'i32') code.op(Op.i64_trunc_sat_f64_s).op(Op.i32_wrap_i64);
  else convert(code, 'f64', type);
}
