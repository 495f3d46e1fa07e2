/**
 * Reductions over some or all axes. `axis` is one axis, several, or left out for all; negative axes count from the end.
 * Reduced axes disappear unless `keepDims` is set. Sums over nothing are 0, products 1; NaN wins in max and min.
 */
import * as build from '../graph/build';
import type { Node, ReduceKind } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import type { Tensor } from '../tensor';
import { finite } from './comparison';
import { floatingNode, numericNode, operandNode, type TensorLike, tensorFrom, widenedNode } from './operand';
import { powerNode } from './power';
import { isAxes, type ReduceOptions, type Reduction, reduceOver } from './reduction-axes';

export type { ReduceOptions, Reduction } from './reduction-axes';

function reduction(
  where: string,
  kind: ReduceKind,
  x: TensorLike,
  options: Reduction | undefined,
  node: Node,
): Tensor {
  return reduceOver(where, x, node, options, (axes) => build.reduce(kind, node, axes));
}

/**
 * Sum. Integers and bool are summed in int32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * await sum(x).item(); // 10
 * await sum(x, 0).data(); // Float32Array [4, 6]
 * sum(x, { axis: 1, keepDims: true }).shape; // [2, 1]
 */
export const sum = (x: TensorLike, options?: Reduction): Tensor =>
  reduction('sum', 'sum', x, options, widenedNode(operandNode('sum', x)));

/**
 * Product. Integers and bool are multiplied in int32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await prod(tensor([2, 3, 4])).item(); // 24
 */
export const prod = (x: TensorLike, options?: Reduction): Tensor =>
  reduction('prod', 'prod', x, options, widenedNode(operandNode('prod', x)));

/**
 * Greatest element; equal ones share the gradient evenly. The maximum of nothing is the least value of the dtype.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await max(tensor([[1, 5], [3, 4]]), 1).data(); // Float32Array [5, 4]
 */
export const max = (x: TensorLike, options?: Reduction): Tensor =>
  reduction('max', 'max', x, options, operandNode('max', x));

/**
 * Least element; equal ones share the gradient evenly. The minimum of nothing is the greatest value of the dtype.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await min(tensor([[1, 5], [3, 4]]), 1).data(); // Float32Array [1, 3]
 */
export const min = (x: TensorLike, options?: Reduction): Tensor =>
  reduction('min', 'min', x, options, operandNode('min', x));

/**
 * Arithmetic mean; integers and bool become float32. The mean of nothing is NaN.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await mean(tensor([1, 2, 6])).item(); // 3
 */
export function mean(x: TensorLike, options?: Reduction): Tensor {
  const node = floatingNode('mean', x);
  return reduceOver('mean', x, node, options, (axes) => build.mean(node, axes));
}

export interface VarianceOptions extends ReduceOptions {
  /** Taken off the number of elements that is divided by: 0 for the population (default), 1 for a sample. */
  readonly correction?: number;
}

/**
 * Variance: the mean squared distance from the mean.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await variance(tensor([1, 2, 3, 4])).item(); // 1.25
 */
export function variance(x: TensorLike, options?: number | readonly number[] | VarianceOptions): Tensor {
  const node = floatingNode('variance', x);
  return reduceOver('variance', x, node, options, (axes) => varianceNode(node, axes, correctionOf(options)));
}

/**
 * Standard deviation: the square root of `variance`.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await std(tensor([1, 2, 3, 4]), { correction: 1 }).item(); // 1.29099
 */
export function std(x: TensorLike, options?: number | readonly number[] | VarianceOptions): Tensor {
  const node = floatingNode('std', x);
  return reduceOver('std', x, node, options, (axes) =>
    build.sqrt(varianceNode(node, axes, correctionOf(options))),
  );
}

export function correctionOf(options: number | readonly number[] | VarianceOptions | undefined): number {
  return options === undefined || isAxes(options) ? 0 : (options.correction ?? 0);
}

function varianceNode(x: Node, axes: readonly number[], correction: number): Node {
  const center = build.meanKeeping(x, axes);
  const total = build.sum(powerNode(build.sub(x, center), 2), axes);
  return build.mul(total, build.slot(1 / Math.max(0, build.reducedSize(x, axes) - correction), x.dtype));
}

/**
 * Index of the greatest element along `axis` (over all elements in row-major order when left out), the first of
 * equals; int32.
 *
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when there is nothing to choose from
 * @example
 * await argMax(tensor([[1, 5], [3, 2]]), -1).data(); // Int32Array [1, 0]
 */
export const argMax = (x: TensorLike, axis?: number): Tensor => pick('argMax', 'argmax', x, axis);

/**
 * Index of the least element along `axis` (over all elements in row-major order when left out), the first of equals;
 * int32.
 *
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when there is nothing to choose from
 * @example
 * await argMin(tensor([[1, 5], [3, 4]]), -1).data(); // Int32Array [0, 0]
 */
export const argMin = (x: TensorLike, axis?: number): Tensor => pick('argMin', 'argmin', x, axis);

function pick(where: string, kind: 'argmax' | 'argmin', x: TensorLike, axis: number | undefined): Tensor {
  const node = numericNode(operandNode(where, x));
  const axes = axis === undefined ? undefined : [normalizeAxis(where, axis, node.shape.length)];
  return tensorFrom(where, build.reduce(kind, node, axes), [x]);
}

/**
 * Whether any element is not 0.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await any(tensor([[false, true], [false, false]]), 1).array(); // [true, false]
 */
export const any = (x: TensorLike, options?: Reduction): Tensor =>
  reduction('any', 'max', x, options, build.cast(operandNode('any', x), 'bool'));

/**
 * Whether all elements are not 0.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await all(tensor([[true, true], [true, false]]), 1).array(); // [true, false]
 */
export const all = (x: TensorLike, options?: Reduction): Tensor =>
  reduction('all', 'min', x, options, build.cast(operandNode('all', x), 'bool'));

/**
 * log Σ eˣ without overflow: the maximum is taken out first. Its gradient is softmax.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await logSumExp(tensor([1000, 1000])).item(); // 1000.6931
 */
export function logSumExp(x: TensorLike, options?: Reduction): Tensor {
  const node = floatingNode('logSumExp', x);
  return reduceOver('logSumExp', x, node, options, (axes) => logSumExpNode(node, axes));
}

/** log Σ eˣ as a node, without the axes. */
export function logSumExpNode(x: Node, axes: readonly number[]): Node {
  const greatest = build.detach(build.maxKeeping(x, axes));
  // An infinite maximum would give ∞ - ∞; what it stands for survives without being taken out.
  const center = build.where(finite(greatest), greatest, 0);
  const total = build.sum(build.exp(build.sub(x, center)), axes);
  return build.add(build.log(total), build.reshape(center, total.shape));
}

/**
 * Euclidean norm √Σ x²; its gradient where all elements are 0 is 0.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await norm(tensor([3, 4])).item(); // 5
 */
export function norm(x: TensorLike, options?: Reduction): Tensor {
  const node = floatingNode('norm', x);
  return reduceOver('norm', x, node, options, (axes) => {
    const total = build.sum(build.mul(node, node), axes);
    const vanishes = build.equal(total, 0);
    // √ has no derivative at 0: it is taken of 1 there and replaced.
    return build.where(vanishes, 0, build.sqrt(build.where(vanishes, 1, total)));
  });
}
