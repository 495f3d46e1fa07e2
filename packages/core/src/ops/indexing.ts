/**
 * Picking by computed positions.
 */
import { type DType, isInteger } from '../dtype';
import { ArgumentError, DTypeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import type { Tensor } from '../tensor';
import { operandNode, type TensorLike, tensorFrom } from './operand';

/** Whole numbers as int32. */
export function indexNode(where: string, indices: TensorLike): Node {
  const node = operandNode(where, indices);
  if (typeof indices !== 'number' && !isInteger(node.dtype)) {
    throw new DTypeError(
      where,
      `indices must be int32 or uint8, not ${node.dtype}.`,
      "Convert with x.cast('int32').",
    );
  }
  return build.cast(node, 'int32');
}

/**
 * Picks slices along an axis: that axis is replaced by the axes of `indices`. Indices outside are clamped into the
 * axis, since a device cannot throw; they receive no gradient.
 *
 * @param indices int32 or uint8, of any shape
 * @param axis    the axis to pick from; default 0
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {AxisError} when the axis does not exist
 * @example
 * const rows = gather(tensor([[1, 2], [3, 4], [5, 6]]), tensor([2, 0], { dtype: 'int32' }));
 * await rows.array(); // [[5, 6], [1, 2]]
 */
export function gather(x: Tensor, indices: TensorLike, axis = 0): Tensor {
  const operand = operandNode('gather', x);
  return tensorFrom('gather', build.gather(operand, indexNode('gather', indices), axis), [x, indices]);
}

/** Another name of `gather`, as in NumPy and Keras. */
export const take = (x: Tensor, indices: TensorLike, axis = 0): Tensor => gather(x, indices, axis);

/**
 * Adds `updates` into `x` along an axis at the given positions. Equal positions add up in order; positions outside
 * are dropped.
 *
 * @param updates shaped as `gather(x, indices, axis)` would be
 * @throws {ShapeError} when the updates do not have that shape
 * @throws {DTypeError} when `x` is bool, or the updates have another dtype
 * @example
 * const indices = tensor([0, 2, 0], { dtype: 'int32' });
 * await scatterAdd(zeros([3]), indices, tensor([1, 2, 3])).data(); // Float32Array [4, 0, 2]
 */
export function scatterAdd(x: Tensor, indices: Tensor, updates: Tensor, axis = 0): Tensor {
  const [operand, added] = [operandNode('scatterAdd', x), operandNode('scatterAdd', updates)];
  if (operand.dtype === 'bool') {
    throw new DTypeError('scatterAdd', 'takes numbers, not bool.', "Convert with x.cast('int32') first.");
  }
  const node = build.scatterAdd(operand, indexNode('scatterAdd', indices), added, axis);
  return tensorFrom('scatterAdd', node, [x, indices, updates]);
}

export interface OneHotOptions {
  /** Element type of the result. Default float32. */
  readonly dtype?: DType;
  /** Where the new axis of extent `depth` is in the result. Default -1, the last. */
  readonly axis?: number;
}

/**
 * 1 at the position that each index names, 0 elsewhere; only 0 for an index outside [0, depth).
 *
 * @param indices whole numbers, of any shape
 * @param depth   extent of the new axis
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {ArgumentError} when `depth` is not a whole number of at least 0
 * @example
 * await oneHot(tensor([1, 0], { dtype: 'int32' }), 3).array(); // [[0, 1, 0], [1, 0, 0]]
 */
export function oneHot(indices: TensorLike, depth: number, options: OneHotOptions = {}): Tensor {
  if (!Number.isInteger(depth) || depth < 0) {
    throw new ArgumentError('oneHot', `depth ${depth} is not a whole number of at least 0.`);
  }
  const node = indexNode('oneHot', indices);
  const axis = normalizeAxis('oneHot', options.axis ?? -1, node.shape.length + 1);
  return tensorFrom('oneHot', build.cast(oneHotMask(node, depth, axis), options.dtype ?? 'float32'), [
    indices,
  ]);
}

/** Whether each position along a new axis is the one that the index names. */
export function oneHotMask(indices: Node, depth: number, axis: number): Node {
  const positions = [...indices.shape.map(() => 1)];
  positions.splice(axis, 0, depth);
  return build.equal(build.reshape(build.iota(depth), positions), build.insertAxes(indices, [axis]));
}
