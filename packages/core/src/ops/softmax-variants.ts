/**
 * Relatives of softmax: of the negated argument, over several axes at once, and the smoothing of its targets.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import { normalizeAxes, normalizeAxis } from '../shape/axis';
import { extentAt, range, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { floatingNode, numberNode, type TensorLike, tensorFrom } from './operand';
import { softmaxNode } from './softmax';

/**
 * Softmax of -x: the least elements get the greatest probabilities.
 *
 * @param x    any shape; integers become float32
 * @param axis the axis that sums to 1 afterwards; negative counts from the end (default -1)
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when `axis` is outside [-rank, rank)
 * @example
 * await softmin(tensor([1, 2, 3])).data(); // Float32Array [0.6652, 0.2447, 0.0900]
 */
export function softmin(x: TensorLike, axis = -1): Tensor {
  const node = floatingNode('softmin', x);
  const along = normalizeAxis('softmin', axis, node.shape.length);
  return tensorFrom('softmin', softmaxNode(build.neg(node), along), [x]);
}

/**
 * Softmax over several axes together: all elements along them sum to 1.
 *
 * @param x    logits of any shape; integers become float32
 * @param axes the axes; all when left out
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await softmaxOver(zeros([2, 2])).array(); // [[0.25, 0.25], [0.25, 0.25]]
 */
export function softmaxOver(x: TensorLike, axes?: number | readonly number[]): Tensor {
  const node = floatingNode('softmaxOver', x);
  const joined = normalizeAxes('softmaxOver', axes, node.shape.length);
  const kept = range(node.shape.length).filter((axis) => !joined.includes(axis));
  const order = [...kept, ...joined];
  const moved = build.permute(node, order);
  const extents = kept.map((axis) => extentAt(node.shape, axis));
  const flat = build.reshape(moved, [...extents, sizeOf(joined.map((axis) => extentAt(node.shape, axis)))]);
  const result = build.reshape(softmaxNode(flat, kept.length), moved.shape);
  return tensorFrom('softmaxOver', build.unpermute(result, order), [x]);
}

/**
 * Moves the share `epsilon` of every distribution to the uniform one: targets · (1 - epsilon) + epsilon / classes
 * (Szegedy et al. 2016).
 *
 * @param targets probabilities or one-hot vectors along `axis`; integers and bool become float32
 * @param epsilon the share, in [0, 1]
 * @param axis    the axis of the classes (default -1)
 * @throws {ArgumentError} when epsilon is outside [0, 1]
 * @throws {AxisError} when the axis does not exist
 * @example
 * await labelSmoothing(tensor([0, 1]), 0.2).data(); // Float32Array [0.1, 0.9]
 */
export function labelSmoothing(targets: TensorLike, epsilon: number, axis = -1): Tensor {
  if (!(epsilon >= 0 && epsilon <= 1)) {
    throw new ArgumentError('labelSmoothing', `epsilon ${epsilon} is outside [0, 1].`);
  }
  const node = floatingNode('labelSmoothing', targets);
  const classes = extentAt(node.shape, normalizeAxis('labelSmoothing', axis, node.shape.length));
  const kept = build.mul(node, numberNode(1 - epsilon, node.dtype));
  return tensorFrom(
    'labelSmoothing',
    build.add(kept, numberNode(epsilon / Math.max(1, classes), node.dtype)),
    [targets],
  );
}
