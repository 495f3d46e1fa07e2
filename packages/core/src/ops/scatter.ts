/**
 * Writing at computed positions: `scatterSet`, `scatterMax`, `scatterMin` and `scatterMul` along one axis like
 * `scatterAdd`, and `putAlongAxis` with positions of its own for every row.
 */
import { ArgumentError, DTypeError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { broadcastsTo } from '../shape/broadcast';
import { formatShape, range, sameShape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { type ScatterKind, scatterNode } from './indexed/scatter';
import { indexNode } from './indexing';
import { operandPair, type TensorLike, tensorFrom } from './operand';

export type { ScatterKind } from './indexed/scatter';

/** An operand and its updates in one dtype, in which they can be combined. */
export function combinable(
  where: string,
  kind: ScatterKind,
  x: TensorLike,
  updates: TensorLike,
): readonly [Node, Node] {
  const [operand, values] = operandPair(where, x, updates);
  if (operand.dtype === 'bool' && kind !== 'set') {
    throw new DTypeError(where, 'takes numbers, not bool.', "Convert with x.cast('int32') first.");
  }
  return [operand, values];
}

function scattered(
  where: string,
  kind: ScatterKind,
  x: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  axis: number,
): Tensor {
  const [operand, values] = combinable(where, kind, x, updates);
  const places = indexNode(where, indices);
  const along = normalizeAxis(where, axis, operand.shape.length);
  const [before, after] = [operand.shape.slice(0, along), operand.shape.slice(along + 1)];
  const expected = [...before, ...places.shape, ...after];
  if (!sameShape(values.shape, expected)) {
    throw new ShapeError(
      where,
      `updates ${formatShape(values.shape)} do not fit ${formatShape(operand.shape)} indexed by ` +
        `${formatShape(places.shape)} along axis ${along}; expected ${formatShape(expected)}.`,
    );
  }
  const count = sizeOf(places.shape);
  const flat = build.reshape(values, [...before, count, ...after]);
  const node = scatterNode(kind, operand, build.reshape(places, [count]), flat, along);
  return tensorFrom(where, node, [x, indices, updates]);
}

/**
 * Replaces slices along an axis at the given positions. Of equal positions the last update stays; positions outside are
 * dropped.
 *
 * @param indices int32 or uint8, of any shape
 * @param updates shaped as `gather(x, indices, axis)` would be
 * @param axis    default 0
 * @throws {ShapeError} when the updates do not have that shape
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {AxisError} when the axis does not exist
 * @example
 * const indices = tensor([0, 2, 0], { dtype: 'int32' });
 * await scatterSet(zeros([3]), indices, tensor([1, 2, 3])).data(); // Float32Array [3, 0, 2]
 */
export const scatterSet = (x: TensorLike, indices: TensorLike, updates: TensorLike, axis = 0): Tensor =>
  scattered('scatterSet', 'set', x, indices, updates, axis);

/**
 * The greater of what is there and the updates, along an axis at the given positions; positions outside are dropped.
 * Equal ones share the gradient evenly.
 *
 * @param indices int32 or uint8, of any shape
 * @param updates shaped as `gather(x, indices, axis)` would be
 * @param axis    default 0
 * @throws {ShapeError} when the updates do not have that shape
 * @throws {DTypeError} when the indices are not whole numbers, or the values are bool
 * @throws {AxisError} when the axis does not exist
 * @example
 * const indices = tensor([0, 2, 0], { dtype: 'int32' });
 * await scatterMax(ones([3]), indices, tensor([4, 0, 3])).data(); // Float32Array [4, 1, 1]
 */
export const scatterMax = (x: TensorLike, indices: TensorLike, updates: TensorLike, axis = 0): Tensor =>
  scattered('scatterMax', 'max', x, indices, updates, axis);

/**
 * The lesser of what is there and the updates, along an axis at the given positions; positions outside are dropped.
 * Equal ones share the gradient evenly.
 *
 * @param indices int32 or uint8, of any shape
 * @param updates shaped as `gather(x, indices, axis)` would be
 * @param axis    default 0
 * @throws {ShapeError} when the updates do not have that shape
 * @throws {DTypeError} when the indices are not whole numbers, or the values are bool
 * @throws {AxisError} when the axis does not exist
 * @example
 * const indices = tensor([0, 2, 0], { dtype: 'int32' });
 * await scatterMin(ones([3]), indices, tensor([4, 0, -3])).data(); // Float32Array [-3, 1, 0]
 */
export const scatterMin = (x: TensorLike, indices: TensorLike, updates: TensorLike, axis = 0): Tensor =>
  scattered('scatterMin', 'min', x, indices, updates, axis);

/**
 * Multiplies slices along an axis by the updates at the given positions; positions outside are dropped.
 *
 * @param indices int32 or uint8, of any shape
 * @param updates shaped as `gather(x, indices, axis)` would be
 * @param axis    default 0
 * @throws {ShapeError} when the updates do not have that shape
 * @throws {DTypeError} when the indices are not whole numbers, or the values are bool
 * @throws {AxisError} when the axis does not exist
 * @example
 * const indices = tensor([0, 2, 0], { dtype: 'int32' });
 * await scatterMul(ones([3]), indices, tensor([4, 5, 3])).data(); // Float32Array [12, 1, 5]
 */
export const scatterMul = (x: TensorLike, indices: TensorLike, updates: TensorLike, axis = 0): Tensor =>
  scattered('scatterMul', 'mul', x, indices, updates, axis);

export interface PutAlongAxisOptions {
  /** How values meet what is there. Default `set`. */
  readonly mode?: ScatterKind;
}

const KINDS: readonly ScatterKind[] = ['set', 'add', 'max', 'min', 'mul'];

/**
 * Puts values at positions along an axis, each row having positions of its own: what `takeAlongAxis` reads, this
 * writes. Equal positions combine in order (the last one stays for `set`); positions outside are dropped.
 *
 * @param indices int32 or uint8, of the rank of `x`; on other axes of its extents, or 1 for the same everywhere
 * @param values  broadcast to the shape of the indices
 * @throws {ShapeError} when indices or values do not fit
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {AxisError} when the axis does not exist
 * @throws {ArgumentError} when the mode is unknown
 * @example
 * const places = tensor([[1], [0]], { dtype: 'int32' });
 * await putAlongAxis(zeros([2, 2]), places, 5, 1).array(); // [[0, 5], [5, 0]]
 */
export function putAlongAxis(
  x: TensorLike,
  indices: TensorLike,
  values: TensorLike,
  axis: number,
  { mode = 'set' }: PutAlongAxisOptions = {},
): Tensor {
  const where = 'putAlongAxis';
  if (!KINDS.includes(mode)) {
    throw new ArgumentError(where, `mode ${String(mode)} is none of ${KINDS.join(', ')}.`);
  }
  const [operand, given] = combinable(where, mode, x, values);
  const along = normalizeAxis(where, axis, operand.shape.length);
  const places = rowIndices(where, operand, indexNode(where, indices), along);
  if (!broadcastsTo(given.shape, places.shape)) {
    throw new ShapeError(
      where,
      `values ${formatShape(given.shape)} do not broadcast to ${formatShape(places.shape)}, where the indices put them.`,
    );
  }
  const order = axisLast(operand, along);
  const updates = build.permute(build.broadcastTo(given, places.shape), order);
  const rows = build.permute(operand, order);
  const put = scatterNode(mode, rows, build.permute(places, order), updates, order.length - 1);
  return tensorFrom(where, build.unpermute(put, order), [x, indices, values]);
}

/** An order of axes with `axis` at the end. */
export const axisLast = (x: Node, axis: number): number[] => [
  ...range(x.shape.length).filter((other) => other !== axis),
  axis,
];

/** Indices repeated to the extents of `x` on all axes but the one they index. */
export function rowIndices(where: string, x: Node, indices: Node, axis: number): Node {
  const shape = x.shape.map((extent, i) => (i === axis ? (indices.shape[i] ?? 0) : extent));
  if (indices.shape.length !== x.shape.length || !broadcastsTo(indices.shape, shape)) {
    throw new ShapeError(
      where,
      `indices ${formatShape(indices.shape)} do not fit ${formatShape(x.shape)} along axis ${axis}.`,
      'They have the same rank, and on every other axis the same extent or 1.',
    );
  }
  return build.broadcastTo(indices, shape);
}
