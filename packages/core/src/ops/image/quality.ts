/**
 * How close an image is to another.
 */
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, formatShape, sameShape } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { floatingNode, numberNode, tensorFrom } from '../operand';
import { gaussianKernel, validTaps } from './filters';
import { type Images, imagesOf } from './images';
import { resampleAxis } from './resample';

/** Two images, or batches of them, of one shape. */
function pairOf(where: string, a: Tensor, b: Tensor, maxValue: number): readonly [Images, Images] {
  const [first, second] = [imagesOf(where, floatingNode(where, a)), imagesOf(where, floatingNode(where, b))];
  if (!sameShape(a.shape, b.shape)) {
    throw new ShapeError(
      where,
      `the images differ in shape: ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    );
  }
  if (!(maxValue > 0)) throw new ArgumentError(where, `maxValue ${maxValue} is not above 0.`);
  return [first, second];
}

/**
 * Peak signal-to-noise ratio in decibels: 10 · log₁₀(maxValue² / mean squared difference); infinite for equal images.
 *
 * @param a        [batch, height, width, channels] or [height, width, channels]; integers become float32
 * @param b        images of the same shape
 * @param maxValue the distance between black and white, such as 1 or 255; default 1
 * @returns [batch], or a scalar for one image
 * @throws {ShapeError} when the shapes differ or the rank is another
 * @throws {ArgumentError} when `maxValue` is not above 0
 * @example
 * await psnr(tensor([[[0.1]]]), tensor([[[0.2]]])).item(); // 20
 */
export function psnr(a: Tensor, b: Tensor, maxValue = 1): Tensor {
  const [first, second] = pairOf('psnr', a, b, maxValue);
  const difference = build.sub(first.node, second.node);
  const error = build.mean(build.mul(difference, difference), [1, 2, 3]);
  const decibels = build.mul(build.log(error), -10 / Math.LN10);
  const result = build.add(decibels, numberNode(20 * Math.log10(maxValue), decibels.dtype));
  return tensorFrom('psnr', first.restore(result), [a, b]);
}

export interface SsimOptions {
  /** The distance between black and white, such as 1 or 255. Default 1. */
  readonly maxValue?: number;
  /** Extent of the normal density over which images are compared. Default 11. */
  readonly filterSize?: number;
  /** Its standard deviation. Default 1.5. */
  readonly filterSigma?: number;
  /** What steadies the quotients, as fractions of `maxValue`. Default 0.01. */
  readonly k1?: number;
  /** Default 0.03. */
  readonly k2?: number;
}

/**
 * Structural similarity (Wang et al. 2004), averaged over positions and channels; 1 for equal images.
 *
 * @param a [batch, height, width, channels] or [height, width, channels]; integers become float32
 * @param b images of the same shape
 * @returns [batch], or a scalar for one image
 * @throws {ShapeError} when the shapes differ, or the images are smaller than the filter
 * @throws {ArgumentError} when an option is out of range
 * @example
 * await ssim(ones([16, 16, 1]), ones([16, 16, 1])).item(); // 1
 */
export function ssim(a: Tensor, b: Tensor, options: SsimOptions = {}): Tensor {
  const where = 'ssim';
  const { maxValue = 1, filterSize = 11, filterSigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
  const [first, second] = pairOf(where, a, b, maxValue);
  if (!Number.isSafeInteger(filterSize) || filterSize < 1 || !(filterSigma > 0)) {
    throw new ArgumentError(where, `filterSize ${filterSize} and filterSigma ${filterSigma} make no filter.`);
  }
  if (Math.min(first.height, first.width) < filterSize) {
    throw new ShapeError(
      where,
      `${formatShape(a.shape)} is smaller than the filter of ${filterSize} × ${filterSize}.`,
    );
  }
  const kernel = gaussianKernel(filterSize, filterSigma);
  const local = (x: Node): Node =>
    [1, 2].reduce((node, axis) => resampleAxis(node, axis, validTaps(extentAt(x.shape, axis), kernel)), x);
  // Variances do not depend on where 0 is; near the means, their differences keep their digits.
  const [centeredA, meanA] = centered(first.node);
  const [centeredB, meanB] = centered(second.node);
  const [localA, localB] = [local(centeredA), local(centeredB)];
  const [brightA, brightB] = [build.add(localA, meanA), build.add(localB, meanB)];
  const steady = (k: number): Node => numberNode((k * maxValue) ** 2, brightA.dtype);
  const square = (x: Node): Node => build.mul(x, x);
  const quotient = (product: Node, squares: Node, steadying: Node): Node =>
    build.div(build.add(build.mul(product, 2), steadying), build.add(squares, steadying));
  const luminance = quotient(
    build.mul(brightA, brightB),
    build.add(square(brightA), square(brightB)),
    steady(k1),
  );
  const covariance = build.sub(local(build.mul(centeredA, centeredB)), build.mul(localA, localB));
  const variances = build.sub(
    local(build.add(square(centeredA), square(centeredB))),
    build.add(square(localA), square(localB)),
  );
  const similarity = build.mul(luminance, quotient(covariance, variances, steady(k2)));
  return tensorFrom(where, first.restore(build.mean(similarity, [1, 2, 3])), [a, b]);
}

/** Images with every channel's mean taken out, and these means. */
function centered(x: Node): readonly [Node, Node] {
  const mean = build.meanKeeping(x, [1, 2]);
  return [build.sub(x, mean), mean];
}
