/**
 * Polynomials of nodes by Horner's rule: what approximations of functions are written in.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';

/** The polynomial of x with these coefficients, from the highest power down. */
export function polynomial(x: Node, coefficients: readonly number[]): Node {
  const [highest = 0, ...lower] = coefficients;
  let sum = build.broadcastTo(build.constant(highest, x.dtype), x.shape);
  for (const coefficient of lower) sum = build.add(build.mul(sum, x), coefficient);
  return sum;
}

/** Whether digits beyond those of float32 count: longer series are taken then. */
export const isDouble = (x: Node): boolean => x.dtype === 'float64';
