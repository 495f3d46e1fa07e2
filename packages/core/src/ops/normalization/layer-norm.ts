/**
 * Normalizations of every example by itself, over its features.
 */
import { normalizeAxes } from '../../shape/axis';
import type { Tensor } from '../../tensor';
import { floatingNode } from '../operand';
import { type AffineOptions, affine } from './affine';
import { requireEpsilon, rmsNormalizeNode, standardizeNode } from './standardize';

export interface LayerNormOptions extends AffineOptions {
  /** The axis or axes over which mean and variance are taken. Default -1. */
  readonly axis?: number | readonly number[];
  /** Added to the variance. Default 1e-5, as in PyTorch; Keras has 1e-3. */
  readonly epsilon?: number;
}

/**
 * Layer normalization (Ba, Kiros, Hinton 2016): (x - mean) / √(variance + epsilon) · scale + offset, with the mean and
 * the population variance over `axis`.
 *
 * @param x             any shape; integers become float32
 * @param options.scale  a number, or a tensor with the extents of the normalized axes
 * @param options.offset a number, or a tensor with the extents of the normalized axes
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when an axis does not exist or is given twice
 * @throws {ShapeError} when scale or offset do not have the extents of the normalized axes
 * @throws {ArgumentError} when epsilon is negative
 * @example
 * await layerNorm(tensor([[1, 3], [10, 30]]), { epsilon: 0 }).array(); // [[-1, 1], [-1, 1]]
 */
export function layerNorm(x: Tensor, options: LayerNormOptions = {}): Tensor {
  const node = floatingNode('layerNorm', x);
  const axes = normalizeAxes('layerNorm', options.axis ?? -1, node.shape.length);
  const epsilon = requireEpsilon('layerNorm', options.epsilon ?? 1e-5);
  return affine('layerNorm', x, standardizeNode(node, axes, epsilon), axes, options);
}

/**
 * Root mean square normalization (Zhang, Sennrich 2019): x / √(mean of x² + epsilon) · scale + offset. Unlike
 * `layerNorm` it leaves the mean where it is.
 *
 * @param x             any shape; integers become float32
 * @param options.scale  a number, or a tensor with the extents of the normalized axes
 * @param options.offset a number, or a tensor with the extents of the normalized axes
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when an axis does not exist or is given twice
 * @throws {ShapeError} when scale or offset do not have the extents of the normalized axes
 * @throws {ArgumentError} when epsilon is negative
 * @example
 * await rmsNorm(tensor([1, 7]), { epsilon: 0 }).data(); // Float32Array [0.2, 1.4]
 */
export function rmsNorm(x: Tensor, options: LayerNormOptions = {}): Tensor {
  const node = floatingNode('rmsNorm', x);
  const axes = normalizeAxes('rmsNorm', options.axis ?? -1, node.shape.length);
  const epsilon = requireEpsilon('rmsNorm', options.epsilon ?? 1e-5);
  return affine('rmsNorm', x, rmsNormalizeNode(node, axes, epsilon), axes, options);
}
