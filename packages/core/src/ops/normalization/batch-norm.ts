/**
 * Batch normalization (Ioffe, Szegedy 2015): every channel over all examples and positions, in the form for training,
 * which takes mean and variance of the batch, and in the form for inference, which is given them.
 */
import * as build from '../../graph/build';
import { normalizeAxis } from '../../shape/axis';
import { range } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { floatingNode, tensorFrom } from '../operand';
import { type AffineOptions, affine, alongAxes } from './affine';
import { momentNodes, requireEpsilon, standardizeNode } from './standardize';

export interface BatchNormOptions extends AffineOptions {
  /** The axis of the channels. Default -1. */
  readonly axis?: number;
  /** Added to the variance. Default 1e-5, as in PyTorch; Keras has 1e-3. */
  readonly epsilon?: number;
}

/**
 * (x - mean) / √(variance + epsilon) · scale + offset with mean and variance given per channel, as at inference.
 *
 * @param x        any shape with an axis of channels; integers become float32
 * @param mean     [channels], or one number for all
 * @param variance [channels], or one number for all
 * @param options.scale  a number, or a tensor of shape [channels]
 * @param options.offset a number, or a tensor of shape [channels]
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when a parameter is not [channels]
 * @throws {ArgumentError} when epsilon is negative
 * @example
 * const x = tensor([[1, 10], [3, 30]]);
 * await batchNormalization(x, tensor([2, 20]), tensor([1, 100]), { epsilon: 0 }).array(); // [[-1, -1], [1, 1]]
 */
export function batchNormalization(
  x: Tensor,
  mean: Tensor | number,
  variance: Tensor | number,
  options: BatchNormOptions = {},
): Tensor {
  const where = 'batchNormalization';
  const node = floatingNode(where, x);
  const axes = [normalizeAxis(where, options.axis ?? -1, node.shape.length)];
  const epsilon = requireEpsilon(where, options.epsilon ?? 1e-5);
  const center = alongAxes(where, 'mean', mean, node, axes);
  const spread = build.add(alongAxes(where, 'variance', variance, node, axes), epsilon);
  const deviation = build.unary('rsqrt', spread);
  const result = affine(where, x, build.mul(build.sub(node, center), deviation), axes, options);
  return tensorFrom(where, result.node, [result, mean, variance]);
}

/**
 * Batch normalization with the mean and the variance of the batch itself, as in training.
 *
 * @param x any shape with an axis of channels; integers become float32
 * @param options.scale  a number, or a tensor of shape [channels]
 * @param options.offset a number, or a tensor of shape [channels]
 * @returns the normalized tensor, and the mean and the population variance, both [channels], from which moving
 *   averages can be kept (PyTorch keeps that of the sample variance, which is n / (n - 1) times as large)
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when scale or offset are not [channels]
 * @throws {ArgumentError} when epsilon is negative
 * @example
 * const [y, mean, variance] = batchNormTraining(tensor([[1, 10], [3, 30]]), { epsilon: 0 });
 * await y.array(); // [[-1, -1], [1, 1]]
 * await mean.data(); // Float32Array [2, 20]
 * await variance.data(); // Float32Array [1, 100]
 */
export function batchNormTraining(
  x: Tensor,
  options: BatchNormOptions = {},
): [normalized: Tensor, mean: Tensor, variance: Tensor] {
  const where = 'batchNormTraining';
  const node = floatingNode(where, x);
  const axis = normalizeAxis(where, options.axis ?? -1, node.shape.length);
  const epsilon = requireEpsilon(where, options.epsilon ?? 1e-5);
  const axes = range(node.shape.length).filter((each) => each !== axis);
  const [mean, variance] = momentNodes(node, axes);
  return [
    affine(where, x, standardizeNode(node, axes, epsilon), [axis], options),
    tensorFrom(where, mean, [x]),
    tensorFrom(where, variance, [x]),
  ];
}
