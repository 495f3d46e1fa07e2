/**
 * Reading at computed positions that differ from row to row.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import { normalizeAxis } from '../shape/axis';
import { formatShape, sameShape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { batchGatherNode } from './indexed/batch-gather';
import { indexNode } from './indexing';
import { operandNode, type TensorLike, tensorFrom } from './operand';
import { axisLast, rowIndices } from './scatter';

/**
 * Picks elements along an axis, each row at positions of its own, as `argsort` and `topK` give them. Indices outside are
 * clamped into the axis.
 *
 * @param indices int32 or uint8, of the rank of `x`; on other axes of its extents, or 1 for the same everywhere
 * @param axis    default -1, the last
 * @returns in the shape of the indices, repeated to the extents of `x` on the other axes
 * @throws {ShapeError} when the indices do not fit
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {AxisError} when the axis does not exist
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * await takeAlongAxis(x, tensor([[2], [0]], { dtype: 'int32' })).array(); // [[3], [4]]
 */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, axis = -1): Tensor {
  const where = 'takeAlongAxis';
  const operand = operandNode(where, x);
  const along = normalizeAxis(where, axis, operand.shape.length);
  const places = rowIndices(where, operand, indexNode(where, indices), along);
  const order = axisLast(operand, along);
  const rows = build.permute(operand, order);
  const taken = batchGatherNode(where, rows, build.permute(places, order), order.length - 1);
  return tensorFrom(where, build.unpermute(taken, order), [x, indices]);
}

export interface BatchGatherOptions {
  /** How many leading axes `x` and the indices have in common. Default 1. */
  readonly batchDims?: number;
  /** The axis to pick from, behind the batch. Default: the first behind the batch. */
  readonly axis?: number;
}

/**
 * Picks slices along an axis like `gather`, with indices of their own for each batch: element b of the batch is
 * `gather(x[b], indices[b])`. Indices outside are clamped into the axis.
 *
 * @param x       [...batch, …, n, …rest]
 * @param indices int32 or uint8, [...batch, …picked]
 * @returns [...batch, …, …picked, …rest]
 * @throws {ShapeError} when the batches differ
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {AxisError} when the axis does not exist
 * @throws {ArgumentError} when there are no such batch axes, or the axis is one of them
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * await batchGather(x, tensor([[2, 2], [0, 1]], { dtype: 'int32' })).array(); // [[3, 3], [4, 5]]
 */
export function batchGather(
  x: TensorLike,
  indices: TensorLike,
  { batchDims = 1, axis = batchDims }: BatchGatherOptions = {},
): Tensor {
  const where = 'batchGather';
  const operand = operandNode(where, x);
  const places = indexNode(where, indices);
  const rank = operand.shape.length;
  const along = normalizeAxis(where, axis, rank);
  if (!Number.isInteger(batchDims) || batchDims < 0 || batchDims > Math.min(along, places.shape.length)) {
    throw new ArgumentError(
      where,
      `batchDims ${batchDims} is not a whole number from 0 to the axis ${along} and the ${places.shape.length} axes of the indices.`,
    );
  }
  const batch = operand.shape.slice(0, batchDims);
  if (!sameShape(batch, places.shape.slice(0, batchDims))) {
    throw new ShapeError(
      where,
      `the first ${batchDims} axes of ${formatShape(operand.shape)} and indices ${formatShape(places.shape)} differ.`,
    );
  }
  const picked = places.shape.slice(batchDims);
  const flat = build.reshape(places, [...batch, sizeOf(picked)]);
  const taken = batchGatherNode(where, operand, flat, along);
  const shape = [...operand.shape.slice(0, along), ...picked, ...operand.shape.slice(along + 1)];
  return tensorFrom(where, build.reshape(taken, shape), [x, indices]);
}
