/**
 * Reductions that pass over NaN, for data with gaps. Elements that are NaN get gradient 0; integers never are NaN, so
 * that there each of these is the reduction without `nan`.
 */
import { isFloat } from '../dtype';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { floatingNode, numericNode, operandNode, type TensorLike, tensorFrom, widenedNode } from './operand';
import { powerNode } from './power';
import { type Reduction, reduceOver } from './reduction-axes';
import { correctionOf, type VarianceOptions } from './reductions';

/** Whether each element is a number: the only value that differs from itself is NaN. */
export const isNumber = (x: Node): Node => build.equal(x, x);

/** `fill` in place of NaN. */
export const withoutNaN = (x: Node, fill: number): Node =>
  isFloat(x.dtype) ? build.where(isNumber(x), x, fill) : x;

/** How many numbers there are along the axes, which stay with extent 1. */
const countKeeping = (x: Node, axes: readonly number[]): Node =>
  build.sumKeeping(build.cast(isNumber(x), x.dtype), axes);

/**
 * Sum of the elements that are not NaN. Integers and bool are summed in int32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanSum(tensor([1, NaN, 3])).item(); // 4
 */
export function nanSum(x: TensorLike, options?: Reduction): Tensor {
  const node = withoutNaN(widenedNode(operandNode('nanSum', x)), 0);
  return reduceOver('nanSum', x, node, options, (axes) => build.sum(node, axes));
}

/**
 * Product of the elements that are not NaN. Integers and bool are multiplied in int32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanProd(tensor([2, NaN, 3])).item(); // 6
 */
export function nanProd(x: TensorLike, options?: Reduction): Tensor {
  const node = withoutNaN(widenedNode(operandNode('nanProd', x)), 1);
  return reduceOver('nanProd', x, node, options, (axes) => build.reduce('prod', node, axes));
}

/** The extreme of the numbers along the axes; NaN where there are none. */
function extreme(kind: 'max' | 'min', x: Node, axes: readonly number[]): Node {
  if (!isFloat(x.dtype)) return build.reduce(kind, x, axes);
  const neutral = kind === 'max' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const found = build.reduce(kind, withoutNaN(x, neutral), axes);
  return build.where(build.reduce('max', isNumber(x), axes), found, Number.NaN);
}

/**
 * Greatest element that is not NaN; equal ones share the gradient evenly. NaN where there is none.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanMax(tensor([1, NaN, 3])).item(); // 3
 */
export function nanMax(x: TensorLike, options?: Reduction): Tensor {
  const node = operandNode('nanMax', x);
  return reduceOver('nanMax', x, node, options, (axes) => extreme('max', node, axes));
}

/**
 * Least element that is not NaN; equal ones share the gradient evenly. NaN where there is none.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanMin(tensor([1, NaN, 3])).item(); // 1
 */
export function nanMin(x: TensorLike, options?: Reduction): Tensor {
  const node = operandNode('nanMin', x);
  return reduceOver('nanMin', x, node, options, (axes) => extreme('min', node, axes));
}

/** Mean of the numbers along the axes, which stay with extent 1. */
const meanKeeping = (x: Node, axes: readonly number[]): Node =>
  build.div(build.sumKeeping(withoutNaN(x, 0), axes), countKeeping(x, axes));

/** Drops axes of extent 1. */
const dropped = (x: Node, axes: readonly number[]): Node =>
  build.reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );

/**
 * Mean of the elements that are not NaN; NaN where there is none. Integers and bool become float32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanMean(tensor([1, NaN, 3])).item(); // 2
 */
export function nanMean(x: TensorLike, options?: Reduction): Tensor {
  const node = floatingNode('nanMean', x);
  return reduceOver('nanMean', x, node, options, (axes) => dropped(meanKeeping(node, axes), axes));
}

function varianceNode(x: Node, axes: readonly number[], options?: Reduction | VarianceOptions): Node {
  const correction = correctionOf(options);
  const distance = withoutNaN(build.sub(x, meanKeeping(x, axes)), 0);
  const total = build.sumKeeping(powerNode(distance, 2), axes);
  const degrees = build.sub(countKeeping(x, axes), build.slot(correction, x.dtype));
  return dropped(build.div(total, build.where(build.lessThan(0, degrees), degrees, Number.NaN)), axes);
}

/**
 * Variance of the elements that are not NaN; NaN where there are not more of them than `correction`.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanVariance(tensor([1, NaN, 3])).item(); // 1
 */
export function nanVariance(x: TensorLike, options?: Reduction | VarianceOptions): Tensor {
  const node = floatingNode('nanVariance', x);
  return reduceOver('nanVariance', x, node, options, (axes) => varianceNode(node, axes, options));
}

/**
 * Standard deviation of the elements that are not NaN: the square root of `nanVariance`.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanStd(tensor([1, NaN, 3])).item(); // 1
 */
export function nanStd(x: TensorLike, options?: Reduction | VarianceOptions): Tensor {
  const node = floatingNode('nanStd', x);
  return reduceOver('nanStd', x, node, options, (axes) => build.sqrt(varianceNode(node, axes, options)));
}

/** The first place where the extreme of the numbers stands; -1 where there are none. */
function place(where: string, kind: 'max' | 'min', x: TensorLike, axis: number | undefined): Tensor {
  const given = numericNode(operandNode(where, x));
  const node = axis === undefined ? build.reshape(given, [sizeOf(given.shape)]) : given;
  const axes = [normalizeAxis(where, axis ?? 0, node.shape.length)];
  // Looked up rather than picked among stand-ins for NaN, which could not be told from infinities.
  const greatest = build.reshape(extreme(kind, node, axes), build.keptShape(node, axes));
  const stands = build.equal(node, greatest);
  const first = build.reduce('argmax', build.cast(stands, 'int32'), axes);
  const isThere = build.reduce('max', stands, axes);
  return tensorFrom(where, build.where(isThere, first, -1), [x]);
}

/**
 * Index of the greatest element that is not NaN along `axis` (over all elements in row-major order when left out), the
 * first of equals; -1 where there is none; int32.
 *
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when there is nothing to choose from
 * @example
 * await nanArgMax(tensor([1, NaN, 3])).item(); // 2
 */
export const nanArgMax = (x: TensorLike, axis?: number): Tensor => place('nanArgMax', 'max', x, axis);

/**
 * Index of the least element that is not NaN along `axis` (over all elements in row-major order when left out), the
 * first of equals; -1 where there is none; int32.
 *
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when there is nothing to choose from
 * @example
 * await nanArgMin(tensor([NaN, 1, 3])).item(); // 1
 */
export const nanArgMin = (x: TensorLike, axis?: number): Tensor => place('nanArgMin', 'min', x, axis);
