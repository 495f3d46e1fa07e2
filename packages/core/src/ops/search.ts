/**
 * Searching: places in sorted rows, and whether a class is among the best.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, sameShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { finite } from './comparison';
import { indexNode, oneHotMask } from './indexing';
import { floatingNode, numberNode, operandPair, type TensorLike, tensorFrom } from './operand';
import { binarySearch, type SearchSide } from './sorting/binary-search';

export type { SearchSide } from './sorting/binary-search';

export interface SearchSortedOptions {
  /** Where a value goes among its equals. Default `left`. */
  readonly side?: SearchSide;
}

/**
 * Where values would go in sorted rows so that they stay sorted: how many elements come before each. NaN counts as
 * greater than everything. Each result takes log2(n) steps of binary search.
 *
 * @param sorted [...batch, n], ascending along the last axis
 * @param values [...batch, m]; of any shape when `sorted` has one axis only
 * @returns int32 from 0 to n, in the shape of `values`
 * @throws {ShapeError} when the leading axes differ
 * @throws {ArgumentError} when the side is neither left nor right
 * @example
 * const edges = tensor([1, 3, 5]);
 * await searchSorted(edges, tensor([0, 3, 9])).data(); // Int32Array [0, 1, 3]
 * await searchSorted(edges, tensor([0, 3, 9]), { side: 'right' }).data(); // Int32Array [0, 2, 3]
 */
export function searchSorted(
  sorted: TensorLike,
  values: TensorLike,
  { side = 'left' }: SearchSortedOptions = {},
): Tensor {
  return searched('searchSorted', sorted, values, side);
}

/**
 * How many elements of sorted rows are less than each value: `searchSorted` on the left side.
 *
 * @param sorted [...batch, n], ascending along the last axis
 * @param values [...batch, m]; of any shape when `sorted` has one axis only
 * @returns int32 from 0 to n, in the shape of `values`
 * @throws {ShapeError} when the leading axes differ
 * @example
 * await lowerBound(tensor([1, 3, 3, 5]), tensor([3])).data(); // Int32Array [1]
 */
export const lowerBound = (sorted: TensorLike, values: TensorLike): Tensor =>
  searched('lowerBound', sorted, values, 'left');

/**
 * How many elements of sorted rows are at most each value: `searchSorted` on the right side.
 *
 * @param sorted [...batch, n], ascending along the last axis
 * @param values [...batch, m]; of any shape when `sorted` has one axis only
 * @returns int32 from 0 to n, in the shape of `values`
 * @throws {ShapeError} when the leading axes differ
 * @example
 * await upperBound(tensor([1, 3, 3, 5]), tensor([3])).data(); // Int32Array [3]
 */
export const upperBound = (sorted: TensorLike, values: TensorLike): Tensor =>
  searched('upperBound', sorted, values, 'right');

function searched(where: string, sorted: TensorLike, values: TensorLike, side: SearchSide): Tensor {
  if (side !== 'left' && side !== 'right') {
    throw new ArgumentError(where, `side ${String(side)} is neither "left" nor "right".`);
  }
  const [rows, wanted] = operandPair(where, sorted, values);
  requireMatchingRows(where, rows, wanted);
  return tensorFrom(where, binarySearch(rows, wanted, side), [sorted, values]);
}

function requireMatchingRows(where: string, sorted: Node, values: Node): void {
  const rank = sorted.shape.length;
  const isMatched = rank === 1 || sameShape(sorted.shape.slice(0, -1), values.shape.slice(0, -1));
  if (rank > 0 && isMatched && (rank === 1 || values.shape.length === rank)) return;
  throw new ShapeError(
    where,
    `sorted rows ${formatShape(sorted.shape)} do not fit values ${formatShape(values.shape)}.`,
    'The sorted tensor has one axis, or both have the same axes but the last.',
  );
}

/**
 * Whether the target class of each row is among its k best predictions; classes that tie with the last of them are all
 * in. False where the target is no class, or its prediction is not finite.
 *
 * @param predictions [...batch, classes]
 * @param targets     [...batch], whole numbers
 * @returns bool, in the shape of `targets`
 * @throws {ShapeError} when the targets do not have the shape of the predictions without their last axis
 * @throws {DTypeError} when the targets are not whole numbers
 * @throws {ArgumentError} when `k` is not a whole number of at least 0
 * @example
 * const predictions = tensor([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]]);
 * await inTopK(predictions, tensor([2, 2], { dtype: 'int32' }), 2).array(); // [true, false]
 */
export function inTopK(predictions: TensorLike, targets: TensorLike, k: number): Tensor {
  const scores = floatingNode('inTopK', predictions);
  const wanted = indexNode('inTopK', targets);
  if (scores.shape.length === 0 || !sameShape(scores.shape.slice(0, -1), wanted.shape)) {
    throw new ShapeError(
      'inTopK',
      `targets ${formatShape(wanted.shape)} do not fit predictions ${formatShape(scores.shape)}.`,
      'Expected [...batch, classes] and [...batch].',
    );
  }
  if (!Number.isInteger(k) || k < 0) {
    throw new ArgumentError('inTopK', `k ${k} is not a whole number of at least 0.`);
  }
  const last = wanted.shape.length;
  const isTarget = oneHotMask(wanted, extentAt(scores.shape, last), last);
  // Only one class is the target, so that the maximum over it alone is its prediction; -∞ where there is none.
  const target = build.maxKeeping(build.where(isTarget, scores, Number.NEGATIVE_INFINITY), [last]);
  const better = build.sum(build.cast(build.lessThan(target, scores), 'int32'), [last]);
  const isIn = build.and(
    build.lessThan(better, numberNode(k, 'int32')),
    build.reshape(finite(target), wanted.shape),
  );
  return tensorFrom('inTopK', isIn, [predictions, targets]);
}
