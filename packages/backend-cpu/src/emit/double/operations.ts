/**
 * Scalar operations on single numbers of any register type: an instruction where there is one, else a function of the
 * host, which takes and gives float64 (it holds every f32 and every i32 exactly).
 */
import type { Register, ScalarInstruction, ScalarOp } from '@hadal/core/backend';
import { type Callable, type Code, Op } from '../../wasm/index';

type Float = Exclude<Register, 'i32'>;

const FLOAT: Partial<Record<ScalarOp, Readonly<Record<Float, Op>>>> = {
  add: { f32: Op.f32_add, f64: Op.f64_add },
  sub: { f32: Op.f32_sub, f64: Op.f64_sub },
  mul: { f32: Op.f32_mul, f64: Op.f64_mul },
  div: { f32: Op.f32_div, f64: Op.f64_div },
  max: { f32: Op.f32_max, f64: Op.f64_max },
  min: { f32: Op.f32_min, f64: Op.f64_min },
  neg: { f32: Op.f32_neg, f64: Op.f64_neg },
  abs: { f32: Op.f32_abs, f64: Op.f64_abs },
  sqrt: { f32: Op.f32_sqrt, f64: Op.f64_sqrt },
  floor: { f32: Op.f32_floor, f64: Op.f64_floor },
  ceil: { f32: Op.f32_ceil, f64: Op.f64_ceil },
  round: { f32: Op.f32_nearest, f64: Op.f64_nearest },
  lt: { f32: Op.f32_lt, f64: Op.f64_lt },
  le: { f32: Op.f32_le, f64: Op.f64_le },
  eq: { f32: Op.f32_eq, f64: Op.f64_eq },
  ne: { f32: Op.f32_ne, f64: Op.f64_ne },
};

const INTEGER: Partial<Record<ScalarOp, Op>> = {
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

const BUILT: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  'convert',
  'bitcast',
  'select',
  'fma',
  'recip',
  'rsqrt',
]);

/** The instruction of an operation that is one. */
const nativeOf = ({ op, from }: ScalarInstruction): Op | undefined =>
  from === 'i32' ? INTEGER[op] : FLOAT[op]?.[from];

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
    case 'bitcast':
      push(0);
      code.op(from === 'i32' ? Op.f32_reinterpret_i32 : Op.i32_reinterpret_f32);
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
