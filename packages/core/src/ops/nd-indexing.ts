/**
 * Indexing several axes at once: the last axis of the indices [..., k] holds a position in the first k axes.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import {
  extentAt,
  formatShape,
  requireShape,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from '../shape/shape';
import type { Tensor } from '../tensor';
import { clamped, isInside } from './indexed/positions';
import { type ScatterKind, scatterNode } from './indexed/scatter';
import { indexNode } from './indexing';
import { operandNode, type TensorLike, tensorFrom } from './operand';
import { combinable } from './scatter';

/** The number of axes that the indices name, checked against those there are. */
function namedAxes(where: string, indices: Node, shape: Shape): number {
  const named = indices.shape.at(-1) ?? 0;
  if (named >= 1 && named <= shape.length) return named;
  throw new ShapeError(
    where,
    `indices ${formatShape(indices.shape)} do not name positions in ${formatShape(shape)}.`,
    `Their last axis holds one number for each of the first axes: from 1 to ${shape.length}.`,
  );
}

/** The `axis`-th number of each position. */
const component = (indices: Node, axis: number): Node =>
  build.reshape(
    build.sliceAxis(indices, indices.shape.length - 1, axis, axis + 1),
    indices.shape.slice(0, -1),
  );

export interface GatherNdOptions {
  /** How many leading axes `x` and the indices have in common. Default 0. */
  readonly batchDims?: number;
}

/**
 * Picks elements or slices at positions in several axes. Numbers outside are clamped into their axis.
 *
 * @param x       [...batch, n1, …, nk, …rest]
 * @param indices int32 or uint8, [...batch, …picked, k]
 * @returns [...batch, …picked, …rest]
 * @throws {ShapeError} when k is not from 1 to the number of axes, or the batches differ
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {ArgumentError} when there are no such batch axes
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * await gatherNd(x, tensor([[0, 1], [1, 0]], { dtype: 'int32' })).data(); // Float32Array [2, 3]
 */
export function gatherNd(
  x: TensorLike,
  indices: TensorLike,
  { batchDims = 0 }: GatherNdOptions = {},
): Tensor {
  const where = 'gatherNd';
  const operand = operandNode(where, x);
  const places = indexNode(where, indices);
  const most = Math.min(operand.shape.length, Math.max(0, places.shape.length - 1));
  if (!Number.isInteger(batchDims) || batchDims < 0 || batchDims > most) {
    throw new ArgumentError(where, `batchDims ${batchDims} is not a whole number from 0 to ${most}.`);
  }
  const batch = operand.shape.slice(0, batchDims);
  if (!sameShape(batch, places.shape.slice(0, batchDims))) {
    throw new ShapeError(
      where,
      `the first ${batchDims} axes of ${formatShape(operand.shape)} and indices ${formatShape(places.shape)} differ.`,
    );
  }
  const named = namedAxes(where, places, operand.shape.slice(batchDims));
  const extents = operand.shape.slice(0, batchDims + named);
  const rest = operand.shape.slice(batchDims + named);
  const strides = stridesOf(extents);
  const picked = places.shape.slice(0, -1);
  let position: Node = build.broadcastTo(build.constant(0, 'int32'), picked);
  extents.forEach((extent, axis) => {
    const own =
      axis < batchDims
        ? build.alongAxis(build.iota(extent), axis, picked.length)
        : clamped(component(places, axis - batchDims), extent);
    position = build.add(position, build.mul(own, extentAt(strides, axis)));
  });
  const taken = build.gather(build.reshape(operand, [sizeOf(extents), ...rest]), position, 0);
  return tensorFrom(where, taken, [x, indices]);
}

/** Updates at positions in the first axes of the operand; positions outside are dropped. */
function scatteredNd(where: string, kind: ScatterKind, operand: Node, places: Node, updates: Node): Node {
  const named = namedAxes(where, places, operand.shape);
  const extents = operand.shape.slice(0, named);
  const rest = operand.shape.slice(named);
  const expected = [...places.shape.slice(0, -1), ...rest];
  if (!sameShape(updates.shape, expected)) {
    throw new ShapeError(
      where,
      `updates ${formatShape(updates.shape)} do not fit ${formatShape(operand.shape)} at indices ` +
        `${formatShape(places.shape)}; expected ${formatShape(expected)}.`,
    );
  }
  const strides = stridesOf(extents);
  const parts = extents.map((extent, axis) => {
    const own = component(places, axis);
    return { place: build.mul(own, extentAt(strides, axis)), inside: isInside(own, extent) };
  });
  const position = parts.map(({ place }) => place).reduce(build.add);
  const inside = parts.map((part) => part.inside).reduce(build.and);
  const count = sizeOf(places.shape.slice(0, -1));
  const flat = build.reshape(build.where(inside, position, -1), [count]);
  const rows = build.reshape(operand, [sizeOf(extents), ...rest]);
  const scattered = scatterNode(kind, rows, flat, build.reshape(updates, [count, ...rest]), 0);
  return build.reshape(scattered, operand.shape);
}

/**
 * A tensor of zeros with updates at positions in several axes. Equal positions add up; positions outside are dropped.
 *
 * @param indices int32 or uint8, [...updated, k]
 * @param updates [...updated, …rest], where rest are the axes of `shape` behind the first k
 * @param shape   of the result
 * @throws {ShapeError} when k is not from 1 to the number of axes, or the updates do not fit
 * @throws {DTypeError} when the indices are not whole numbers, or the updates are bool
 * @example
 * const indices = tensor([[0, 1], [1, 0], [0, 1]], { dtype: 'int32' });
 * await scatterNd(indices, tensor([1, 2, 3]), [2, 2]).array(); // [[0, 4], [2, 0]]
 */
export function scatterNd(indices: TensorLike, updates: TensorLike, shape: Shape): Tensor {
  const where = 'scatterNd';
  requireShape(where, shape);
  const [zero, values] = combinable(where, 'add', 0, updates);
  const zeros = build.broadcastTo(zero, shape);
  return tensorFrom(where, scatteredNd(where, 'add', zeros, indexNode(where, indices), values), [
    indices,
    updates,
  ]);
}

function updated(
  where: string,
  kind: ScatterKind,
  x: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
): Tensor {
  const [operand, values] = combinable(where, kind, x, updates);
  const node = scatteredNd(where, kind, operand, indexNode(where, indices), values);
  return tensorFrom(where, node, [x, indices, updates]);
}

/**
 * Adds updates at positions in several axes. Equal positions add up; positions outside are dropped.
 *
 * @param indices int32 or uint8, [...updated, k]
 * @param updates [...updated, …rest], where rest are the axes of `x` behind the first k
 * @throws {ShapeError} when k is not from 1 to the number of axes, or the updates do not fit
 * @throws {DTypeError} when the indices are not whole numbers, or the values are bool
 * @example
 * const indices = tensor([[1, 0]], { dtype: 'int32' });
 * await scatterNdAdd(ones([2, 2]), indices, tensor([4])).array(); // [[1, 1], [5, 1]]
 */
export const scatterNdAdd = (x: TensorLike, indices: TensorLike, updates: TensorLike): Tensor =>
  updated('scatterNdAdd', 'add', x, indices, updates);

/**
 * Replaces elements or slices at positions in several axes. Of equal positions the last update stays; positions outside
 * are dropped.
 *
 * @param indices int32 or uint8, [...updated, k]
 * @param updates [...updated, …rest], where rest are the axes of `x` behind the first k
 * @throws {ShapeError} when k is not from 1 to the number of axes, or the updates do not fit
 * @throws {DTypeError} when the indices are not whole numbers
 * @example
 * const indices = tensor([[1, 0]], { dtype: 'int32' });
 * await scatterUpdate(ones([2, 2]), indices, tensor([4])).array(); // [[1, 1], [4, 1]]
 */
export const scatterUpdate = (x: TensorLike, indices: TensorLike, updates: TensorLike): Tensor =>
  updated('scatterUpdate', 'set', x, indices, updates);

/** Another name of `scatterUpdate`, as in TensorFlow. */
export const tensorScatterUpdate = (x: TensorLike, indices: TensorLike, updates: TensorLike): Tensor =>
  updated('tensorScatterUpdate', 'set', x, indices, updates);
