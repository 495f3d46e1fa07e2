/**
 * Numbers that stand for types, storages and operations in what the addon reads: those of native/loops/operations.h.
 */
import type { Accumulator, Register, ScalarOp, Storage } from '@hadal/core/backend';

export const REGISTER_CODES: Readonly<Record<Register, number>> = { f32: 0, f64: 1, i32: 2 };

export const STORAGE_CODES: Readonly<Record<Storage, number>> = { f32: 0, f64: 1, i32: 2, u8: 3 };

/** In the order of the enumeration `ScalarOp` of the addon. */
export const SCALAR_OPS = [
  'add',
  'sub',
  'mul',
  'div',
  'max',
  'min',
  'pow',
  'idiv',
  'mod',
  'lt',
  'le',
  'eq',
  'ne',
  'and',
  'or',
  'xor',
  'shl',
  'shr',
  'select',
  'fma',
  'convert',
  'bitcast',
  'exp2',
  'log2',
  'sin',
  'sqrt',
  'recip',
  'neg',
  'abs',
  'sign',
  'exp',
  'log',
  'cos',
  'tanh',
  'erf',
  'floor',
  'ceil',
  'round',
  'rsqrt',
] as const satisfies readonly ScalarOp[];

const codes = new Map<ScalarOp, number>(SCALAR_OPS.map((op, code) => [op, code]));

export function scalarCode(op: ScalarOp): number {
  const code = codes.get(op);
  if (code === undefined) throw new RangeError(`the scalar operation ${op} has no code`);
  return code;
}

/** Folds, and places of extremes, are numbered apart. */
export const ACCUMULATOR_CODES: Readonly<
  Record<Accumulator['kind'], { readonly isPlace: boolean; readonly code: number }>
> = {
  sum: { isPlace: false, code: 0 },
  prod: { isPlace: false, code: 1 },
  max: { isPlace: false, code: 2 },
  min: { isPlace: false, code: 3 },
  argmax: { isPlace: true, code: 0 },
  argmin: { isPlace: true, code: 1 },
};
