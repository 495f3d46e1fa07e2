/**
 * Sorting along one axis, and what is read off sorted rows. Equal elements keep their order (-0 and 0 are equal), and NaN
 * comes last in either direction.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { operandNode, type TensorLike, tensorFrom } from './operand';
import { argsortNode } from './sorting/argsort';
import { permutedNode } from './sorting/permuted';

export interface SortOptions {
  /** The axis to sort along. Default -1, the last. */
  readonly axis?: number;
  /** Greatest first. Default false. */
  readonly descending?: boolean;
}

interface Sorted {
  readonly x: Node;
  readonly axis: number;
  readonly order: Node;
}

function sortedBy(where: string, x: TensorLike, axis: number, descending: boolean): Sorted {
  const node = operandNode(where, x);
  const along = normalizeAxis(where, axis, node.shape.length);
  return { x: node, axis: along, order: argsortNode(node, along, descending) };
}

/**
 * The positions that sort `x` along an axis: `takeAlongAxis(x, argsort(x), -1)` is sorted. The sort is stable and NaN
 * comes last.
 *
 * @param x a tensor of any dtype
 * @returns int32, of the shape of `x`
 * @throws {AxisError} when the axis does not exist
 * @example
 * await argsort(tensor([3, 1, 2])).data(); // Int32Array [1, 2, 0]
 */
export function argsort(x: TensorLike, { axis = -1, descending = false }: SortOptions = {}): Tensor {
  return tensorFrom('argsort', sortedBy('argsort', x, axis, descending).order, [x]);
}

/**
 * Sorts along an axis. The sort is stable and NaN comes last; gradients go back to where the elements came from.
 *
 * @param x a tensor of any dtype
 * @returns the elements of `x`, in its shape and dtype
 * @throws {AxisError} when the axis does not exist
 * @example
 * await sort(tensor([3, 1, 2])).data(); // Float32Array [1, 2, 3]
 * await sort(tensor([3, 1, 2]), { descending: true }).data(); // Float32Array [3, 2, 1]
 */
export function sort(x: TensorLike, { axis = -1, descending = false }: SortOptions = {}): Tensor {
  const sorted = sortedBy('sort', x, axis, descending);
  return tensorFrom('sort', permutedNode(sorted.x, sorted.order, sorted.axis), [x]);
}

/** Elements with the positions they have along an axis. */
export interface ValuesAndIndices {
  /** In order. */
  readonly values: Tensor;
  /** int32, in the shape of `values`. */
  readonly indices: Tensor;
}

export interface TopKOptions {
  /** The axis to search. Default -1, the last. */
  readonly axis?: number;
  /** Whether the results have to be in order. Default true; when false, their order is not specified. */
  readonly sorted?: boolean;
  /** The greatest elements, or the least. Default true. */
  readonly largest?: boolean;
}

/**
 * The k greatest (or least) elements along an axis, with their positions, the best first. Of equal elements the one at
 * the lower position comes first; NaN comes after all others.
 *
 * @param x a tensor of any dtype
 * @param k how many, at most the extent of the axis
 * @returns values and int32 indices, whose extent along the axis is k
 * @throws {AxisError} when the axis does not exist
 * @throws {ArgumentError} when `k` is not a whole number from 0 to the extent of the axis
 * @example
 * const { values, indices } = topK(tensor([1, 4, 2, 3]), 2);
 * await values.data(); // Float32Array [4, 3]
 * await indices.data(); // Int32Array [1, 3]
 */
export function topK(
  x: TensorLike,
  k: number,
  { axis = -1, largest = true }: TopKOptions = {},
): ValuesAndIndices {
  const sorted = sortedBy('topK', x, axis, largest);
  requireCount('topK', k, 0, sorted);
  return sliced('topK', x, sorted, 0, k);
}

export interface KthValueOptions {
  /** The axis to search. Default -1, the last. */
  readonly axis?: number;
  /** Keeps the axis with extent 1. Default false. */
  readonly keepDims?: boolean;
}

/**
 * The k-th least element along an axis, with its position: `k = 1` gives the least.
 *
 * @param x a tensor of any dtype
 * @param k from 1 to the extent of the axis
 * @returns values and int32 indices without the axis
 * @throws {AxisError} when the axis does not exist
 * @throws {ArgumentError} when `k` is not a whole number from 1 to the extent of the axis
 * @example
 * const { values, indices } = kthValue(tensor([5, 1, 3]), 2);
 * await values.item(); // 3
 * await indices.item(); // 2
 */
export function kthValue(
  x: TensorLike,
  k: number,
  { axis = -1, keepDims = false }: KthValueOptions = {},
): ValuesAndIndices {
  const sorted = sortedBy('kthValue', x, axis, false);
  requireCount('kthValue', k, 1, sorted);
  const { values, indices } = sliced('kthValue', x, sorted, k - 1, k);
  if (keepDims) return { values, indices };
  const shape = values.shape.filter((_, i) => i !== sorted.axis);
  return { values: values.reshape(shape), indices: indices.reshape(shape) };
}

function requireCount(where: string, k: number, least: number, { x, axis }: Sorted): void {
  const extent = extentAt(x.shape, axis);
  if (Number.isInteger(k) && k >= least && k <= extent) return;
  throw new ArgumentError(
    where,
    `k ${k} is not a whole number from ${least} to ${extent}, the extent of axis ${axis} of ${formatShape(x.shape)}.`,
  );
}

/** The elements `from` up to `to` of the sorted rows. */
function sliced(
  where: string,
  operand: TensorLike,
  { x, axis, order }: Sorted,
  from: number,
  to: number,
): ValuesAndIndices {
  const values = build.sliceAxis(permutedNode(x, order, axis), axis, from, to);
  const indices = build.sliceAxis(order, axis, from, to);
  return { values: tensorFrom(where, values, [operand]), indices: tensorFrom(where, indices, [operand]) };
}
