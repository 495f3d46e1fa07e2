/**
 * Comparing what a device computed with the interpreter, and saying where they differ.
 */
import { type DType, isFloat, type TypedArray } from '../dtype';
import { NumericError } from '../errors';
import type { Node } from '../graph/node';
import { formatShape } from '../shape/shape';

/** By how much values may differ: relative to the value, and to the largest one. */
export interface DebugTolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** For whole programs, whose operations are rounded otherwise when fused: this finds wrong kernels, not rounding. */
export const PROGRAM_TOLERANCE: DebugTolerance = { relative: 1e-2, absolute: 1e-3 };

/** For one operation on the same operands. The conformance suite has the tolerances of each operation. */
const OPERATION_TOLERANCE: DebugTolerance = { relative: 2e-4, absolute: 1e-5 };

/** Dtypes of fewer digits differ by a rounding more. */
export const operationTolerance = (dtype: DType): DebugTolerance =>
  dtype === 'float32' || dtype === 'float64' || !isFloat(dtype) ? OPERATION_TOLERANCE : PROGRAM_TOLERANCE;

export interface Comparison {
  readonly node: Node;
  readonly actual: TypedArray;
  readonly expected: TypedArray;
  readonly tolerance: DebugTolerance;
  /** The largest value that went into it; sums that cancel are off by as much as their terms. */
  readonly scale?: number;
  readonly device: string;
  /** What else to say. */
  readonly advice?: readonly string[];
  /** The line that built the node, where it is known. */
  readonly line: string;
}

/** @throws {NumericError} at the first element that differs */
export function compareValues({
  node,
  actual,
  expected,
  tolerance,
  scale = 0,
  device,
  advice = [],
  line,
}: Comparison): void {
  const most = Math.max(scale, largest(expected));
  for (const [index, wanted] of expected.entries()) {
    const got = actual[index] ?? Number.NaN;
    const agrees =
      Object.is(got, wanted) ||
      got === wanted ||
      Math.abs(got - wanted) <= tolerance.absolute * most + tolerance.relative * Math.abs(wanted);
    if (agrees) continue;
    throw new NumericError(
      operationName(node),
      `"${device}" computed ${got} at element ${index}, the interpreter ${wanted} (shape ${formatShape(node.shape)}, ${node.dtype}).`,
      ...advice,
      ...whereBuilt(node, line),
    );
  }
}

/** The largest finite magnitude. */
export function largest(values: TypedArray): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

/** As people know it: a composite's own name, and for a result what kind of control flow gave it. */
export function operationName(node: Node): string {
  if (node.op === 'composite') return node.attributes.definition.name;
  const [control] = node.inputs;
  return node.op === 'result' && control?.op === 'control' ? control.attributes.control.kind : node.op;
}

/** The layer and the line of a node, as lines of an error. */
export const whereBuilt = ({ scope }: Node, line: string): string[] => [
  ...(scope === '' ? [] : [`in ${scope}`]),
  ...(line === '' ? [] : [line]),
];
