/** What writes scalar code: the kernel builder and the epilogue builder, and the formulas over them. */
import type { Caps } from '../backend/interface';
import type { Register } from '../dtype';
import { DeviceError } from '../errors';
import { OPTIONAL_SCALAR_OPS, type OptionalScalarOp, type ScalarOp } from '../kernel/form';

export interface ScalarCode {
  /** The register with a number that is part of the code. */
  constant(value: number, type: Register): number;
  /** The register with the result of an operation; `from` is the type of the operands. */
  scalarOp(op: ScalarOp, operands: readonly number[], type: Register, from?: Register): number;
}

/** Writes an optional operation on operands of type `from` with other operations. */
export type DecomposeScalarOp = (
  code: ScalarCode,
  op: OptionalScalarOp,
  operands: readonly number[],
  from: Register,
) => number;

const optional: readonly ScalarOp[] = OPTIONAL_SCALAR_OPS;

const isOptional = (op: ScalarOp): op is OptionalScalarOp => optional.includes(op);

/**
 * The register with the result of an operation that the backend does not have, or undefined when it has it.
 *
 * @throws {DeviceError} when the backend does not say how to do without
 */
export function decomposed(
  { scalarOps, decompose }: Caps,
  code: ScalarCode,
  op: ScalarOp,
  operands: readonly number[],
  from: Register,
): number | undefined {
  if (!isOptional(op) || scalarOps.includes(op)) return undefined;
  if (decompose !== undefined) return decompose(code, op, operands, from);
  throw new DeviceError(
    'prepare',
    `the backend has no scalar operation '${op}', and no caps.decompose to write it with others.`,
    "List it in caps.scalarOps, or set caps.decompose to decomposeScalarOp of '@hadal/core/backend'.",
  );
}
