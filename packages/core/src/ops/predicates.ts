/**
 * Questions about numbers: which are infinite, and which agree. Results are bool and have no gradient.
 */
import { isFloat } from '../dtype';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { sameShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { finite, truth } from './comparison';
import { asFloat, lift1, lift2, numberNode, type TensorLike } from './operand';
import { liftPair } from './pairs';

/** Whether each element equals an infinity; integers never do. */
const equalsInfinity = (x: Node, infinity: number): Node =>
  isFloat(x.dtype) ? build.equal(x, infinity) : build.notEqual(x, x);

/**
 * Exactly one of both not 0.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await logicalXor(tensor([true, true]), tensor([true, false])).array(); // [false, true]
 */
export const logicalXor = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('logicalXor', a, b, (x, y) => build.combine('xor', truth(x), truth(y), 'logicalXor'));

/**
 * Whether each element is infinite, of either sign.
 *
 * @example
 * await isInf(tensor([1, -Infinity, NaN])).array(); // [false, true, false]
 */
export const isInf = (x: TensorLike): Tensor =>
  lift1('isInf', x, (node) =>
    equalsInfinity(isFloat(node.dtype) ? build.abs(node) : node, Number.POSITIVE_INFINITY),
  );

/**
 * Whether each element is positive infinity.
 *
 * @example
 * await isPosInf(tensor([Infinity, -Infinity])).array(); // [true, false]
 */
export const isPosInf = (x: TensorLike): Tensor =>
  lift1('isPosInf', x, (node) => equalsInfinity(node, Number.POSITIVE_INFINITY));

/**
 * Whether each element is negative infinity.
 *
 * @example
 * await isNegInf(tensor([Infinity, -Infinity])).array(); // [false, true]
 */
export const isNegInf = (x: TensorLike): Tensor =>
  lift1('isNegInf', x, (node) => equalsInfinity(node, Number.NEGATIVE_INFINITY));

export interface CloseOptions {
  /** How far a may be from b, as a part of |b|. Default 1e-5. */
  readonly rtol?: number;
  /** How far a may be from b in any case. Default 1e-8. */
  readonly atol?: number;
  /** Whether NaN agrees with NaN. Default false. */
  readonly equalNaN?: boolean;
}

/** Where both are NaN. */
const bothNaN = (a: Node, b: Node): Node => build.and(build.notEqual(a, a), build.notEqual(b, b));

function closeNode(a: Node, b: Node, { rtol = 1e-5, atol = 1e-8, equalNaN = false }: CloseOptions): Node {
  const [x, y] = [asFloat(a), asFloat(b)];
  const allowed = build.add(numberNode(atol, y.dtype), build.mul(build.abs(y), numberNode(rtol, y.dtype)));
  const near = build.and(finite(y), build.lessEqual(build.abs(build.sub(x, y)), allowed));
  const agrees = build.or(build.equal(a, b), near);
  return equalNaN ? build.or(agrees, bothNaN(x, y)) : agrees;
}

/**
 * Whether |a - b| ≤ atol + rtol · |b|, element by element, as in NumPy: an infinity is only close to itself.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await isClose(tensor([1, 2]), tensor([1.000001, 2.1])).array(); // [true, false]
 */
export const isClose = (a: TensorLike, b: TensorLike, options: CloseOptions = {}): Tensor =>
  liftPair('isClose', a, b, (x, y) => closeNode(x, y, options));

/**
 * Whether all elements of a and b are close, as `isClose` says.
 *
 * @returns a bool scalar
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await allClose(tensor([1, 2]), tensor([1.000001, 2])).item(); // 1
 */
export const allClose = (a: TensorLike, b: TensorLike, options: CloseOptions = {}): Tensor =>
  liftPair('allClose', a, b, (x, y) => build.reduce('min', closeNode(x, y, options)));

/**
 * Whether a and b have the same shape and equal elements; shapes that differ are no error but an answer.
 *
 * @returns a bool scalar
 * @example
 * await arrayEqual(tensor([1, 2]), tensor([1, 2])).item(); // 1
 * await arrayEqual(tensor([1, 2]), tensor([1, 2, 3])).item(); // 0
 */
export const arrayEqual = (
  a: TensorLike,
  b: TensorLike,
  { equalNaN = false }: Pick<CloseOptions, 'equalNaN'> = {},
): Tensor =>
  lift2('arrayEqual', a, b, (x, y) => {
    if (!sameShape(x.shape, y.shape)) return build.constant(0, 'bool');
    const equal = build.equal(x, y);
    return build.reduce('min', equalNaN ? build.or(equal, bothNaN(x, y)) : equal);
  });
