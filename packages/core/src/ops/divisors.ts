/**
 * Greatest common divisor and least common multiple of whole numbers, without a loop: Euclid's algorithm ends after a
 * number of steps that the width of the dtype bounds (Fibonacci numbers take longest), and more steps change nothing.
 */
import { bytesPerElement, isInteger } from '../dtype';
import { DTypeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { numericNode, type TensorLike } from './operand';
import { liftPair } from './pairs';

/** Fibonacci numbers grow by the golden ratio with every step. */
const stepsOf = (bits: number): number => Math.ceil((bits * Math.LN2) / Math.log((1 + Math.sqrt(5)) / 2)) + 1;

function divisor(a: Node, b: Node): Node {
  let [greater, lesser] = [build.abs(a), build.abs(b)];
  for (let step = stepsOf(8 * bytesPerElement(a.dtype)); step > 0; step--) {
    // A number modulo 0 gives 0, so that a finished pair stays.
    [greater, lesser] = [
      build.where(build.equal(lesser, 0), greater, lesser),
      build.combine('mod', greater, lesser),
    ];
  }
  return greater;
}

const lift = (where: string, a: TensorLike, b: TensorLike, make: (a: Node, b: Node) => Node): Tensor =>
  liftPair(where, a, b, (x, y) => {
    const [left, right] = [numericNode(x), numericNode(y)];
    if (isInteger(left.dtype)) return make(left, right);
    throw new DTypeError(
      where,
      `takes whole numbers, not ${left.dtype}.`,
      "Convert with x.cast('int32') first.",
    );
  });

/**
 * Greatest common divisor, not negative; gcd(0, x) is |x|.
 *
 * @throws {DTypeError} when an operand is floating point
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await gcd(tensor([12, -9], { dtype: 'int32' }), 6).data(); // Int32Array [6, 3]
 */
export const gcd = (a: TensorLike, b: TensorLike): Tensor => lift('gcd', a, b, divisor);

/**
 * Least common multiple, not negative; lcm(0, x) is 0. It wraps where the dtype cannot hold it.
 *
 * @throws {DTypeError} when an operand is floating point
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await lcm(tensor([4, 6], { dtype: 'int32' }), 6).data(); // Int32Array [12, 6]
 */
export const lcm = (a: TensorLike, b: TensorLike): Tensor =>
  lift('lcm', a, b, (x, y) => build.abs(build.mul(build.combine('idiv', x, divisor(x, y)), y)));
