/**
 * Reductions over segments: elements with the same id belong together, in any order. The number of segments is given, so
 * that the shape of the result is known; ids outside [0, numSegments) are dropped.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { formatShape, sameShape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { isInside } from './indexed/positions';
import { type ScatterKind, scatterNode } from './indexed/scatter';
import { indexNode } from './indexing';
import { floatingNode, numericNode, operandNode, type TensorLike, tensorFrom, widenedNode } from './operand';

interface Segments {
  /** [count, …rest]. */
  readonly values: Node;
  /** [count]. */
  readonly ids: Node;
  readonly number: number;
  readonly rest: readonly number[];
}

function segmentsOf(where: string, x: Node, segmentIds: TensorLike, numSegments: number): Segments {
  const ids = indexNode(where, segmentIds);
  if (!Number.isInteger(numSegments) || numSegments < 0) {
    throw new ArgumentError(where, `numSegments ${numSegments} is not a whole number of at least 0.`);
  }
  const rank = ids.shape.length;
  if (rank === 0 || !sameShape(ids.shape, x.shape.slice(0, rank))) {
    throw new ShapeError(
      where,
      `segment ids ${formatShape(ids.shape)} do not fit ${formatShape(x.shape)}.`,
      'There is one id for each element of the leading axis, or axes.',
    );
  }
  const count = sizeOf(ids.shape);
  const rest = x.shape.slice(rank);
  return {
    values: build.reshape(x, [count, ...rest]),
    ids: build.reshape(ids, [count]),
    number: numSegments,
    rest,
  };
}

/** All segments, combined with what an empty one is. */
function combined(kind: ScatterKind, { values, ids, number, rest }: Segments, empty: number): Node {
  const start = build.broadcastTo(build.constant(empty, values.dtype), [number, ...rest]);
  return scatterNode(kind, start, ids, values, 0);
}

/**
 * Sums of segments; 0 where a segment is empty. Integers and bool are summed in int32.
 *
 * @param x           [...ids, …rest]
 * @param segmentIds  whole numbers, of the leading axes of `x`, in any order
 * @param numSegments extent of the result's first axis
 * @returns [numSegments, …rest]
 * @throws {ShapeError} when the ids do not have the leading axes of `x`
 * @throws {DTypeError} when the ids are not whole numbers
 * @throws {ArgumentError} when `numSegments` is not a whole number of at least 0
 * @example
 * const ids = tensor([0, 2, 0], { dtype: 'int32' });
 * await segmentSum(tensor([1, 2, 3]), ids, 3).data(); // Float32Array [4, 0, 2]
 */
export function segmentSum(x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor {
  const segments = segmentsOf(
    'segmentSum',
    widenedNode(operandNode('segmentSum', x)),
    segmentIds,
    numSegments,
  );
  return tensorFrom('segmentSum', combined('add', segments, 0), [x, segmentIds]);
}

/**
 * Means of segments; 0 where a segment is empty. Integers and bool become float32.
 *
 * @param x           [...ids, …rest]
 * @param segmentIds  whole numbers, of the leading axes of `x`, in any order
 * @param numSegments extent of the result's first axis
 * @returns [numSegments, …rest]
 * @throws {ShapeError} when the ids do not have the leading axes of `x`
 * @throws {DTypeError} when the ids are not whole numbers
 * @throws {ArgumentError} when `numSegments` is not a whole number of at least 0
 * @example
 * const ids = tensor([0, 2, 0], { dtype: 'int32' });
 * await segmentMean(tensor([1, 2, 3]), ids, 3).data(); // Float32Array [2, 0, 2]
 */
export function segmentMean(x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor {
  const segments = segmentsOf('segmentMean', floatingNode('segmentMean', x), segmentIds, numSegments);
  const { values, ids, rest } = segments;
  const ones = build.broadcastTo(build.constant(1, values.dtype), ids.shape);
  const counts = build.maximum(combined('add', { ...segments, values: ones, rest: [] }, 0), 1);
  const aligned = build.reshape(counts, [numSegments, ...rest.map(() => 1)]);
  return tensorFrom('segmentMean', build.div(combined('add', segments, 0), aligned), [x, segmentIds]);
}

/**
 * Greatest elements of segments; the least value of the dtype where a segment is empty. Equal ones share the gradient
 * evenly.
 *
 * @param x           [...ids, …rest]
 * @param segmentIds  whole numbers, of the leading axes of `x`, in any order
 * @param numSegments extent of the result's first axis
 * @returns [numSegments, …rest]
 * @throws {ShapeError} when the ids do not have the leading axes of `x`
 * @throws {DTypeError} when the ids are not whole numbers
 * @throws {ArgumentError} when `numSegments` is not a whole number of at least 0
 * @example
 * const ids = tensor([0, 1, 0], { dtype: 'int32' });
 * await segmentMax(tensor([1, 2, 3]), ids, 2).data(); // Float32Array [3, 2]
 */
export function segmentMax(x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor {
  const node = numericNode(operandNode('segmentMax', x));
  const segments = segmentsOf('segmentMax', node, segmentIds, numSegments);
  return tensorFrom('segmentMax', combined('max', segments, build.lowest(node.dtype)), [x, segmentIds]);
}

/**
 * Least elements of segments; the greatest value of the dtype where a segment is empty. Equal ones share the gradient
 * evenly.
 *
 * @param x           [...ids, …rest]
 * @param segmentIds  whole numbers, of the leading axes of `x`, in any order
 * @param numSegments extent of the result's first axis
 * @returns [numSegments, …rest]
 * @throws {ShapeError} when the ids do not have the leading axes of `x`
 * @throws {DTypeError} when the ids are not whole numbers
 * @throws {ArgumentError} when `numSegments` is not a whole number of at least 0
 * @example
 * const ids = tensor([0, 1, 0], { dtype: 'int32' });
 * await segmentMin(tensor([1, 2, 3]), ids, 2).data(); // Float32Array [1, 2]
 */
export function segmentMin(x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor {
  const node = numericNode(operandNode('segmentMin', x));
  const segments = segmentsOf('segmentMin', node, segmentIds, numSegments);
  return tensorFrom('segmentMin', combined('min', segments, build.highest(node.dtype)), [x, segmentIds]);
}

/**
 * Products of segments; 1 where a segment is empty. Integers and bool are multiplied in int32.
 *
 * @param x           [...ids, …rest]
 * @param segmentIds  whole numbers, of the leading axes of `x`, in any order
 * @param numSegments extent of the result's first axis
 * @returns [numSegments, …rest]
 * @throws {ShapeError} when the ids do not have the leading axes of `x`
 * @throws {DTypeError} when the ids are not whole numbers
 * @throws {ArgumentError} when `numSegments` is not a whole number of at least 0
 * @example
 * const ids = tensor([0, 2, 0], { dtype: 'int32' });
 * await segmentProd(tensor([2, 3, 4]), ids, 3).data(); // Float32Array [8, 1, 3]
 */
export function segmentProd(x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor {
  const node = widenedNode(operandNode('segmentProd', x));
  const segments = segmentsOf('segmentProd', node, segmentIds, numSegments);
  return tensorFrom('segmentProd', combined('mul', segments, 1), [x, segmentIds]);
}

/**
 * Softmax within segments: attention over the neighbours of each node of a graph. Elements with ids outside get 0.
 *
 * @param x           logits, [...ids, …rest]; integers become float32
 * @param segmentIds  whole numbers, of the leading axes of `x`, in any order
 * @param numSegments how many segments there are
 * @returns in the shape of `x`; the elements of each segment sum to 1
 * @throws {ShapeError} when the ids do not have the leading axes of `x`
 * @throws {DTypeError} when the ids are not whole numbers
 * @throws {ArgumentError} when `numSegments` is not a whole number of at least 0
 * @example
 * const ids = tensor([0, 1, 0], { dtype: 'int32' });
 * await segmentSoftmax(tensor([1, 5, 1]), ids, 2).data(); // Float32Array [0.5, 1, 0.5]
 */
export function segmentSoftmax(x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor {
  const node = floatingNode('segmentSoftmax', x);
  const segments = segmentsOf('segmentSoftmax', node, segmentIds, numSegments);
  const { values, ids, rest } = segments;
  if (numSegments === 0 || sizeOf(values.shape) === 0) {
    return tensorFrom('segmentSoftmax', build.mul(node, 0), [x, segmentIds]);
  }
  const inside = build.reshape(isInside(ids, numSegments), [...ids.shape, ...rest.map(() => 1)]);
  // The maximum is subtracted so that large logits cannot overflow; its gradient cancels.
  const greatest = build.detach(combined('max', segments, build.lowest(node.dtype)));
  const shifted = build.where(inside, build.sub(values, build.gather(greatest, ids, 0)), 0);
  const parts = build.exp(shifted);
  const total = build.gather(combined('add', { ...segments, values: parts }, 0), ids, 0);
  const result = build.where(inside, build.div(parts, build.where(inside, total, 1)), 0);
  return tensorFrom('segmentSoftmax', build.reshape(result, node.shape), [x, segmentIds]);
}
