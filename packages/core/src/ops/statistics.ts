import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, sameShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { sub } from './arithmetic';
import { sqrt } from './elementary';
import { asFloat, floatingNode, numericNode, operandNode, operandPair, type TensorLike } from './operand';
import { isAxes, type Reduction, reduceOver } from './reduction-axes';
import { logSumExpNode, mean, std, type VarianceOptions, variance } from './reductions';

/**
 * How many elements are not 0; int32. NaN is not 0.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await countNonzero(tensor([[0, 1], [2, 3]]), 1).data(); // Int32Array [1, 2]
 */
export function countNonzero(x: TensorLike, options?: Reduction): Tensor {
  const counted = build.cast(build.cast(operandNode('countNonzero', x), 'bool'), 'int32');
  return reduceOver('countNonzero', x, counted, options, (axes) => build.sum(counted, axes));
}

/**
 * Peak to peak: the greatest element less the least. Bool becomes int32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await ptp(tensor([[1, 5], [3, 4]]), 1).data(); // Float32Array [4, 1]
 */
export function ptp(x: TensorLike, options?: Reduction): Tensor {
  const node = numericNode(operandNode('ptp', x));
  return reduceOver('ptp', x, node, options, (axes) =>
    build.sub(build.reduce('max', node, axes), build.reduce('min', node, axes)),
  );
}

/**
 * Weighted mean Σ w · x / Σ w. Integers and bool become float32.
 *
 * @param weights of the shape of `x`, or of its reduced axes; all equal when left out
 * @throws {ShapeError} when the weights fit neither
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await average(tensor([1, 2, 3]), tensor([3, 1, 0])).item(); // 1.25
 */
export function average(x: TensorLike, weights?: Tensor, options?: Reduction): Tensor {
  if (weights === undefined) return mean(x, options);
  const [given, factors] = operandPair('average', x, weights);
  const values = asFloat(given);
  return reduceOver('average', x, values, options, (axes) => {
    const weight = spreadWeights(asFloat(factors), values, axes);
    return build.div(build.sum(build.mul(values, weight), axes), build.sum(weight, axes));
  });
}

/** Weights of the reduced axes, or of every element, as a tensor of the shape of the values. */
function spreadWeights(weights: Node, values: Node, axes: readonly number[]): Node {
  if (sameShape(weights.shape, values.shape)) return weights;
  const reduced = axes.map((axis) => extentAt(values.shape, axis));
  if (!sameShape(weights.shape, reduced)) {
    throw new ShapeError(
      'average',
      `weights ${formatShape(weights.shape)} do not fit ${formatShape(values.shape)}.`,
      `Give one for every element, or ${formatShape(reduced)} for the axes that are averaged over.`,
    );
  }
  const along = values.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
  return build.broadcastTo(build.reshape(weights, along), values.shape);
}

/**
 * Mean and variance.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * const [center, spread] = moments(tensor([1, 2, 3, 4]));
 * await center.item(); // 2.5
 * await spread.item(); // 1.25
 */
export const moments = (
  x: TensorLike,
  options?: Reduction | VarianceOptions,
): readonly [mean: Tensor, variance: Tensor] => [mean(x, options), variance(x, options)];

/** What standardizing reduces over, as options that keep the axes. */
const kept = (options: Reduction | VarianceOptions | undefined): VarianceOptions => ({
  ...(options === undefined ? {} : isAxes(options) ? { axis: options } : options),
  keepDims: true,
});

export interface StandardizeOptions {
  /** The axes of one distribution; all when left out. */
  readonly axis?: number | readonly number[];
  /** Added to the variance, so that constant data become 0. Default 1e-7. */
  readonly epsilon?: number;
  /** Taken off the number of elements that the variance divides by. Default 0. */
  readonly correction?: number;
}

/**
 * Data with mean 0 and variance 1: (x - mean) / √(variance + epsilon).
 *
 * @param options axes, or options
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await standardize(tensor([1, 2, 3])).data(); // Float32Array [-1.2247, 0, 1.2247]
 */
export function standardize(
  x: TensorLike,
  options?: number | readonly number[] | StandardizeOptions,
): Tensor {
  const epsilon = options === undefined || isAxes(options) ? undefined : options.epsilon;
  const [center, spread] = moments(x, kept(options));
  return sub(x, center).div(sqrt(spread.add(epsilon ?? 1e-7)));
}

export interface ZScoreOptions {
  /** The axes of one distribution; all when left out. */
  readonly axis?: number | readonly number[];
  /** Taken off the number of elements that the variance divides by. Default 0. */
  readonly correction?: number;
}

/**
 * Distance from the mean in standard deviations, (x - mean) / std; NaN where all are equal, where `standardize` gives 0.
 *
 * @param options axes, or options
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await zScore(tensor([1, 2, 3]), { correction: 1 }).data(); // Float32Array [-1, 0, 1]
 */
export const zScore = (x: TensorLike, options?: number | readonly number[] | ZScoreOptions): Tensor =>
  sub(x, mean(x, kept(options))).div(std(x, kept(options)));

/**
 * log of the mean of eˣ, without overflow: `logSumExp` less the logarithm of the number of elements.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await logMeanExp(tensor([1000, 1000])).item(); // 1000
 */
export function logMeanExp(x: TensorLike, options?: Reduction): Tensor {
  const node = floatingNode('logMeanExp', x);
  return reduceOver('logMeanExp', x, node, options, (axes) =>
    build.sub(logSumExpNode(node, axes), build.slot(Math.log(build.reducedSize(node, axes)), node.dtype)),
  );
}
