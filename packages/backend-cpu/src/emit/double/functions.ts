/**
 * Operations without an instruction of their own, as functions that modules in float64 import under `operation:type`.
 * They are those of core's executor, so that results have the same bits.
 */
import type { ScalarInstruction } from '@hadal/core/backend';
import { scalarFunction } from '@hadal/core/kernel/scalar-functions';

/** The functions that were asked for so far, by name. */
export const functions: Record<string, (x: number, y: number) => number> = {};

/** The name of the function of an operation, which is there from now on. Threads find theirs by it. */
export function functionName({ op, from }: ScalarInstruction): string {
  const name = `${op}:${from}`;
  functions[name] ??= scalarFunction(op, from);
  return name;
}
