/**
 * Filters of images. All are separable: one small kernel along each axis, as taps with the positions beside the image
 * already put inside.
 */
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import type { Tensor } from '../../tensor';
import { floatingNode, tensorFrom } from '../operand';
import { imagesOf, requirePixels } from './images';
import { resampleAxis } from './resample';
import { type FillMode, requireFillMode, type Taps } from './taps';

/** The position on an axis that stands for `index`; undefined where it is a 0 beside the image. */
function insidePosition(index: number, extent: number, mode: FillMode): number | undefined {
  const modulo = (period: number): number => ((index % period) + period) % period;
  switch (mode) {
    case 'constant':
      return index >= 0 && index < extent ? index : undefined;
    case 'nearest':
      return Math.min(Math.max(index, 0), extent - 1);
    case 'wrap':
      return modulo(extent);
    case 'reflect':
      return Math.min(modulo(2 * extent), 2 * extent - 1 - modulo(2 * extent));
    case 'mirror': {
      const period = Math.max(1, 2 * extent - 2);
      return Math.min(modulo(period), period - modulo(period));
    }
  }
}

/** Correlation with a kernel of odd extent whose middle goes over every position of an axis. */
function filterTaps(extent: number, kernel: readonly number[], mode: FillMode): Taps {
  const count = kernel.length;
  const reach = (count - 1) / 2;
  const indices = new Int32Array(extent * count);
  const weights = new Float64Array(extent * count);
  for (let position = 0; position < extent; position++) {
    kernel.forEach((weight, tap) => {
      const inside = insidePosition(position + tap - reach, extent, mode);
      indices[position * count + tap] = inside ?? 0;
      weights[position * count + tap] = inside === undefined ? 0 : weight;
    });
  }
  return { size: extent, count, indices, weights };
}

/** Correlation with a kernel at the positions where it lies inside the axis. */
export function validTaps(extent: number, kernel: readonly number[]): Taps {
  const [count, size] = [kernel.length, extent - kernel.length + 1];
  return {
    size,
    count,
    indices: Int32Array.from({ length: size * count }, (_, i) => Math.floor(i / count) + (i % count)),
    weights: Float64Array.from({ length: size * count }, (_, i) => kernel[i % count] ?? 0),
  };
}

/** A normal density at whole distances from the middle, summing to 1. */
export function gaussianKernel(size: number, sigma: number): number[] {
  const densities = Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * sigma ** 2)),
  );
  const total = densities.reduce((a, b) => a + b, 0);
  return densities.map((density) => density / total);
}

export interface BlurOptions {
  /** Standard deviation in pixels, for both axes or [y, x]. Default: 0.15 · size + 0.35. */
  readonly sigma?: number | readonly [y: number, x: number];
  /** What is beside the image; 'constant' is 0. Default 'mirror', so that edges stay bright. */
  readonly fillMode?: FillMode;
}

/**
 * Blurs with a normal density.
 *
 * @param x    [batch, height, width, channels] or [height, width, channels]; integers become float32
 * @param size extent of the kernel, odd: for both axes or [height, width]
 * @throws {ShapeError} when `x` has another rank or no pixels
 * @throws {ArgumentError} when the size is not odd, a deviation is not above 0, or the fill mode is none
 * @example
 * gaussianBlur(zeros([2, 8, 8, 3]), 5, { sigma: 1 }).shape; // [2, 8, 8, 3]
 */
export function gaussianBlur(
  x: Tensor,
  size: number | readonly [height: number, width: number],
  options: BlurOptions = {},
): Tensor {
  const where = 'gaussianBlur';
  const { sigma, fillMode = 'mirror' } = options;
  requireFillMode(where, fillMode);
  const images = imagesOf(where, floatingNode(where, x));
  requirePixels(where, images);
  const sizes = typeof size === 'number' ? ([size, size] as const) : size;
  const blurred = sizes.reduce((node: Node, extent, index) => {
    if (!Number.isSafeInteger(extent) || extent < 1 || extent % 2 === 0) {
      throw new ArgumentError(where, `size ${extent} is not an odd whole number of at least 1.`);
    }
    const deviation = (typeof sigma === 'object' ? sigma[index] : sigma) ?? 0.15 * extent + 0.35;
    if (!(deviation > 0)) throw new ArgumentError(where, `sigma ${deviation} is not above 0.`);
    const length = index === 0 ? images.height : images.width;
    return filtered(node, index + 1, length, gaussianKernel(extent, deviation), fillMode);
  }, images.node);
  return tensorFrom(where, images.restore(blurred), [x]);
}

const filtered = (
  node: Node,
  axis: number,
  extent: number,
  kernel: readonly number[],
  mode: FillMode,
): Node => (kernel.length === 1 ? node : resampleAxis(node, axis, filterTaps(extent, kernel, mode)));

/**
 * Slopes of brightness by Sobel's kernels, with edges mirrored.
 *
 * @param x [batch, height, width, channels] or [height, width, channels]; integers become float32
 * @returns the shape of `x` and a last axis of 2: the slope downwards, and that to the right
 * @throws {ShapeError} when `x` has another rank or no pixels
 * @example
 * const ramp = tensor([[[0], [1], [2]]]);
 * await sobelEdges(ramp).data(); // Float32Array [0, 0, 0, 8, 0, 0]
 */
export function sobelEdges(x: Tensor): Tensor {
  const where = 'sobelEdges';
  const images = imagesOf(where, floatingNode(where, x));
  requirePixels(where, images);
  const { height, width, node } = images;
  const [slope, smooth] = [
    [-1, 0, 1],
    [1, 2, 1],
  ];
  const edges = [
    filtered(filtered(node, 1, height, slope, 'mirror'), 2, width, smooth, 'mirror'),
    filtered(filtered(node, 1, height, smooth, 'mirror'), 2, width, slope, 'mirror'),
  ].map((edge) => build.insertAxes(edge, [4]));
  return tensorFrom(where, images.restore(build.concat(edges, 4)), [x]);
}

/**
 * Anisotropic total variation: the sum of the differences between neighbouring pixels, downwards and to the right.
 *
 * @param x [batch, height, width, channels] or [height, width, channels]; integers become float32
 * @returns [batch], or a scalar for one image
 * @throws {ShapeError} when `x` has another rank
 * @example
 * await totalVariation(tensor([[[1], [3]], [[4], [4]]])).item(); // 6
 */
export function totalVariation(x: Tensor): Tensor {
  const { node, height, width, restore } = imagesOf('totalVariation', floatingNode('totalVariation', x));
  const steps = (
    [
      [1, height],
      [2, width],
    ] as const
  ).map(([axis, extent]) => {
    const [after, before] = [
      build.sliceAxis(node, axis, Math.min(1, extent), extent),
      build.sliceAxis(node, axis, 0, Math.max(0, extent - 1)),
    ];
    return build.sum(build.abs(build.sub(after, before)), [1, 2, 3]);
  });
  return tensorFrom('totalVariation', restore(steps.reduce(build.add)), [x]);
}
