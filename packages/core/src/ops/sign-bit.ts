/**
 * The sign of a number that tells -0 from 0, for functions that jump there.
 */
import { isFloat } from '../dtype';
import * as build from '../graph/build';
import type { Node } from '../graph/node';

/** Whether a number is negative or -0; NaN counts as positive. */
export function signBitNode(x: Node): Node {
  if (!isFloat(x.dtype)) return build.lessThan(x, 0);
  if (x.dtype === 'float32') {
    return build.and(build.lessThan(build.bitcast(x, 'int32'), 0), build.equal(x, x));
  }
  return build.or(build.lessThan(x, 0), build.lessThan(build.unary('recip', x), 0));
}

/** `size` with the sign of `x`: negated where x is negative or -0. */
export const signedAs = (size: Node, x: Node): Node => build.where(signBitNode(x), build.neg(size), size);
