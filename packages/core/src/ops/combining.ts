/**
 * Tensors combined: sums of many, differences squared, mixtures, and lengths that are limited.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import { normalizeAxes } from '../shape/axis';
import { broadcastShapes } from '../shape/broadcast';
import { formatShape, sameShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import {
  asFloat,
  floatingNode,
  lift2,
  numberNode,
  numericNode,
  operandNodes,
  type TensorLike,
  tensorFrom,
} from './operand';

/**
 * (a - b)².
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await squaredDifference(tensor([1, 5]), 3).data(); // Float32Array [4, 4]
 */
export const squaredDifference = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('squaredDifference', a, b, (x, y) => {
    const difference = build.combine('sub', numericNode(x), numericNode(y), 'squaredDifference');
    return build.mul(difference, difference);
  });

/**
 * The sum of several tensors of one shape.
 *
 * @throws {ArgumentError} when no tensors are given
 * @throws {ShapeError} when the shapes differ
 * @example
 * await addN([tensor([1, 2]), tensor([3, 4]), tensor([5, 6])]).data(); // Float32Array [9, 12]
 */
export function addN(tensors: readonly TensorLike[]): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ArgumentError('addN', 'expected an array of at least one tensor.', 'Example: addN([a, b, c]).');
  }
  const [first, ...rest] = operandNodes('addN', tensors).map(numericNode);
  if (first === undefined) throw new ArgumentError('addN', 'no tensors were given.');
  const total = rest.reduce((sum, node) => {
    if (sameShape(node.shape, first.shape)) return build.add(sum, node);
    throw new ShapeError(
      'addN',
      `shapes differ: ${formatShape(first.shape)} and ${formatShape(node.shape)}.`,
      'add(a, b) broadcasts.',
    );
  }, first);
  return tensorFrom('addN', total, tensors);
}

/**
 * a + weight · (b - a): a at weight 0, b at weight 1, both exactly. Integers and bool become float32.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await lerp(tensor([0, 10]), tensor([10, 20]), 0.25).data(); // Float32Array [2.5, 12.5]
 */
export function lerp(a: TensorLike, b: TensorLike, weight: TensorLike): Tensor {
  const [from, to, part] = operandNodes('lerp', [a, b, weight]).map(asFloat);
  if (from === undefined || to === undefined || part === undefined) {
    throw new ArgumentError('lerp', 'needs two ends and a weight.');
  }
  broadcastShapes('lerp', from.shape, to.shape, part.shape);
  const span = build.sub(to, from);
  const near = build.add(from, build.mul(part, span));
  const far = build.sub(to, build.mul(span, build.sub(1, part)));
  return tensorFrom('lerp', build.where(build.lessThan(part, 0.5), near, far), [a, b, weight]);
}

/**
 * x scaled down to Euclidean norm `limit` where its norm exceeds it. Integers and bool become float32.
 *
 * @param limit the greatest norm, positive
 * @param axis  the axes over which a norm is taken; all when left out
 * @throws {ArgumentError} when the limit is not positive
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await clipByNorm(tensor([3, 4]), 1).data(); // Float32Array [0.6, 0.8]
 */
export function clipByNorm(x: TensorLike, limit: number, axis?: number | readonly number[]): Tensor {
  if (!(limit > 0)) throw new ArgumentError('clipByNorm', `the limit must be positive, not ${limit}.`);
  const node = floatingNode('clipByNorm', x);
  const axes = normalizeAxes('clipByNorm', axis, node.shape.length);
  // The greatest element is taken out, so that no square overflows; it cancels, and so does its gradient.
  const greatest = build.detach(build.maxKeeping(build.abs(node), axes));
  const present = build.lessThan(0, greatest);
  const unit = build.where(present, greatest, 1);
  const ratio = build.div(node, unit);
  const squares = build.sumKeeping(build.mul(ratio, ratio), axes);
  // √ has no derivative at 0: it is taken of 1 there.
  const safe = build.where(build.lessThan(0, squares), squares, 1);
  const norm = build.mul(build.sqrt(safe), unit);
  const bound = numberNode(limit, node.dtype);
  const exceeds = build.and(present, build.lessThan(bound, norm));
  const scaled = build.mul(node, build.div(bound, build.where(exceeds, norm, 1)));
  return tensorFrom('clipByNorm', build.where(exceeds, scaled, node), [x]);
}

export { clip as clipByValue } from './arithmetic';
