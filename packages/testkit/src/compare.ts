/**
 * Comparing results element by element, with a message that says which element differs and by how much.
 */
import type { TypedArray } from '@hadal/core';
import type { Tolerance } from './tolerance';

/** A result that a test may hold against another. */
export interface Result {
  readonly shape: readonly number[];
  readonly values: TypedArray;
}

/** A device, a gradient or a golden value disagrees. */
export class MismatchError extends Error {
  override readonly name = 'MismatchError';
}

/**
 * Throws when `actual` differs from `expected` by more than `tolerance`. NaN equals NaN; infinities must agree.
 *
 * @throws {MismatchError} with the worst element, its index and how many are off
 */
export function requireClose(actual: Result, expected: Result, tolerance: Tolerance): void {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new MismatchError(`shape [${actual.shape.join(', ')}], expected [${expected.shape.join(', ')}]`);
  }
  if (actual.values.length !== expected.values.length) {
    throw new MismatchError(`${actual.values.length} values, expected ${expected.values.length}`);
  }
  const scale = largestMagnitude(expected.values);
  let worst = -1;
  let worstExcess = 0;
  let count = 0;
  for (let i = 0; i < expected.values.length; i++) {
    const excess = excessOf(actual.values[i] ?? 0, expected.values[i] ?? 0, tolerance, scale);
    if (excess <= 0) continue;
    count++;
    if (excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (worst < 0) return;
  const [got, wanted] = [actual.values[worst] ?? 0, expected.values[worst] ?? 0];
  throw new MismatchError(
    `${count} of ${expected.values.length} elements differ; worst at ${indexText(worst, expected.shape)}: ` +
      `${got}, expected ${wanted}, off by ${Math.abs(got - wanted).toExponential(2)} ` +
      `(allowed ${(tolerance.relative * Math.abs(wanted) + tolerance.absolute * scale).toExponential(2)})`,
  );
}

/** How far `actual` lies outside of what is allowed around `expected`; 0 or less when inside. */
function excessOf(
  actual: number,
  expected: number,
  { relative, absolute }: Tolerance,
  scale: number,
): number {
  if (Number.isNaN(expected) || Number.isNaN(actual)) {
    return Number.isNaN(expected) === Number.isNaN(actual) ? 0 : Number.POSITIVE_INFINITY;
  }
  if (actual === expected) return 0;
  if (!Number.isFinite(expected) || !Number.isFinite(actual)) return Number.POSITIVE_INFINITY;
  return Math.abs(actual - expected) - (relative * Math.abs(expected) + absolute * scale);
}

/** The largest magnitude among finite values that are not extreme, at least 1. */
function largestMagnitude(values: TypedArray): number {
  let largest = 1;
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude > largest && magnitude < EXTREME) largest = magnitude;
  }
  return largest;
}

/** Beyond this, a value must not loosen the comparison of its neighbours. */
const EXTREME = 1e6;

function indexText(at: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = at;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return `[${index.join(', ')}]`;
}
