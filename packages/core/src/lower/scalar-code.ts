/** What writes scalar code: the kernel builder and the epilogue builder, and the formulas over them. */
import type { Register } from '../dtype';
import type { OptionalScalarOp, RequiredScalarOp, ScalarOp } from '../kernel/form';

export interface ScalarCode {
  /** The register with a number that is part of the code. */
  constant(value: number, type: Register): number;
  /** The register with the result of an operation; `from` is the type of the operands. */
  scalarOp(op: ScalarOp, operands: readonly number[], type: Register, from?: Register): number;
}

const REQUIRED: readonly RequiredScalarOp[] = [
  'add',
  'mul',
  'max',
  'idiv',
  'mod',
  'lt',
  'ne',
  'select',
  'convert',
  'bitcast',
  'exp2',
  'log2',
  'sin',
  'sqrt',
  'recip',
  'and',
  'or',
  'xor',
  'shl',
  'shr',
];

const required = /* @__PURE__ */ new Set<ScalarOp>(REQUIRED);

/** Whether every backend has the operation. */
export const isRequiredScalarOp = (op: ScalarOp): op is Exclude<ScalarOp, OptionalScalarOp> =>
  required.has(op);
