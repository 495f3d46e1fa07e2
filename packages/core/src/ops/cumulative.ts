/**
 * Running sums, products and extremes: element i of the result combines the elements up to i along an axis.
 */
import { isHalf } from '../dtype';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { withoutNaN } from './nan-reductions';
import { floatingNode, numericNode, operandNode, type TensorLike, tensorFrom, widenedNode } from './operand';
import { cumMaxNode, cumMinNode, cumProdNode, cumSumNode, logCumSumExpNode, shifted } from './scan';

export interface CumulativeOptions {
  /** The axis to walk along, negative ones count from the end; when left out, all elements in row-major order. */
  readonly axis?: number;
  /** Combines the elements before each one without the element itself; the first result is neutral. Default false. */
  readonly exclusive?: boolean;
  /** Walks from the last element to the first. Default false. */
  readonly reverse?: boolean;
}

type Scan = (x: Node, direction: { axis: number; reverse: boolean }) => Node;

function cumulative(
  where: string,
  x: TensorLike,
  node: Node,
  given: number | CumulativeOptions,
  scan: Scan,
  neutral: number,
): Tensor {
  const options = typeof given === 'number' ? { axis: given } : given;
  const { exclusive = false, reverse = false } = options;
  const rows = options.axis === undefined ? build.reshape(node, [sizeOf(node.shape)]) : node;
  const axis = normalizeAxis(where, options.axis ?? 0, rows.shape.length);
  // As in other reductions, half floats are added up in float32.
  const wide = isHalf(rows.dtype) ? build.cast(rows, 'float32') : rows;
  const inclusive = build.cast(scan(wide, { axis, reverse }), rows.dtype);
  const result = exclusive ? shifted(inclusive, { axis, reverse }, 1, neutral) : inclusive;
  return tensorFrom(where, result, [x]);
}

/**
 * Cumulative sum. Integers and bool are summed in int32.
 *
 * @param options an axis, or options
 * @returns a tensor of the shape of `x`; [size] when no axis is given
 * @throws {AxisError} when the axis does not exist
 * @example
 * await cumSum(tensor([1, 2, 3])).data(); // Float32Array [1, 3, 6]
 * await cumSum(tensor([1, 2, 3]), { exclusive: true }).data(); // Float32Array [0, 1, 3]
 * await cumSum(tensor([1, 2, 3]), { reverse: true }).data(); // Float32Array [6, 5, 3]
 */
export const cumSum = (x: TensorLike, options: number | CumulativeOptions = {}): Tensor =>
  cumulative('cumSum', x, widenedNode(operandNode('cumSum', x)), options, cumSumNode, 0);

/**
 * Cumulative product; its gradient is right where elements are 0. Integers and bool are multiplied in int32.
 *
 * @param options an axis, or options
 * @returns a tensor of the shape of `x`; [size] when no axis is given
 * @throws {AxisError} when the axis does not exist
 * @example
 * await cumProd(tensor([1, 2, 3, 4])).data(); // Float32Array [1, 2, 6, 24]
 */
export const cumProd = (x: TensorLike, options: number | CumulativeOptions = {}): Tensor =>
  cumulative('cumProd', x, widenedNode(operandNode('cumProd', x)), options, cumProdNode, 1);

/**
 * Greatest element so far; the first of equals gets the gradient. From a NaN on, all are NaN.
 *
 * @param options an axis, or options
 * @returns a tensor of the shape of `x`; [size] when no axis is given
 * @throws {AxisError} when the axis does not exist
 * @example
 * await cumMax(tensor([1, 3, 2, 5])).data(); // Float32Array [1, 3, 3, 5]
 */
export function cumMax(x: TensorLike, options: number | CumulativeOptions = {}): Tensor {
  const node = numericNode(operandNode('cumMax', x));
  return cumulative('cumMax', x, node, options, cumMaxNode, build.lowest(node.dtype));
}

/**
 * Least element so far; the first of equals gets the gradient. From a NaN on, all are NaN.
 *
 * @param options an axis, or options
 * @returns a tensor of the shape of `x`; [size] when no axis is given
 * @throws {AxisError} when the axis does not exist
 * @example
 * await cumMin(tensor([3, 4, 1, 2])).data(); // Float32Array [3, 3, 1, 1]
 */
export function cumMin(x: TensorLike, options: number | CumulativeOptions = {}): Tensor {
  const node = numericNode(operandNode('cumMin', x));
  return cumulative('cumMin', x, node, options, cumMinNode, build.highest(node.dtype));
}

/**
 * log Σ eˣ over the elements so far, without overflow. Integers and bool become float32.
 *
 * @param options an axis, or options
 * @returns a tensor of the shape of `x`; [size] when no axis is given
 * @throws {AxisError} when the axis does not exist
 * @example
 * await logCumSumExp(tensor([1000, 1000])).data(); // Float32Array [1000, 1000.6931]
 */
export const logCumSumExp = (x: TensorLike, options: number | CumulativeOptions = {}): Tensor =>
  cumulative(
    'logCumSumExp',
    x,
    floatingNode('logCumSumExp', x),
    options,
    logCumSumExpNode,
    Number.NEGATIVE_INFINITY,
  );

/**
 * Cumulative sum in which NaN counts as 0.
 *
 * @param options an axis, or options
 * @returns a tensor of the shape of `x`; [size] when no axis is given
 * @throws {AxisError} when the axis does not exist
 * @example
 * await nanCumSum(tensor([1, NaN, 3])).data(); // Float32Array [1, 1, 4]
 */
export const nanCumSum = (x: TensorLike, options: number | CumulativeOptions = {}): Tensor =>
  cumulative('nanCumSum', x, withoutNaN(widenedNode(operandNode('nanCumSum', x)), 0), options, cumSumNode, 0);

/**
 * Cumulative product in which NaN counts as 1.
 *
 * @param options an axis, or options
 * @returns a tensor of the shape of `x`; [size] when no axis is given
 * @throws {AxisError} when the axis does not exist
 * @example
 * await nanCumProd(tensor([2, NaN, 3])).data(); // Float32Array [2, 2, 6]
 */
export const nanCumProd = (x: TensorLike, options: number | CumulativeOptions = {}): Tensor =>
  cumulative(
    'nanCumProd',
    x,
    withoutNaN(widenedNode(operandNode('nanCumProd', x)), 1),
    options,
    cumProdNode,
    1,
  );
