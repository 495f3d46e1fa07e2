/**
 * Adaptive pooling: the number of windows is given, their extents follow. As in PyTorch, window i of `out` along an
 * axis of extent n goes from ⌊i · n / out⌋ up to ⌈(i + 1) · n / out⌉, so that windows cover everything, and overlap
 * where `out` does not divide n.
 *
 * Where it divides every axis this is plain pooling. Otherwise the axes are pooled one after another, which is the same:
 * averages are a product with the matrix of averaging weights, maxima are taken of slices.
 */
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, range } from '../shape/shape';
import { perSpatialAxis } from '../shape/spatial';
import type { Tensor } from '../tensor';
import { type DataFormat, inFormat } from './data-format';
import { floatingNode, numericNode, operandNode, tensorFrom } from './operand';
import { avgPooled, maxPooled, requireImageRank } from './pooling';

export interface AdaptivePoolOptions {
  /** Where the input and the result have their channels. Default 'channelsLast'. */
  readonly dataFormat?: DataFormat;
}

interface Kind {
  readonly node: (where: string, x: Tensor) => Node;
  readonly alongAxis: (x: Node, axis: number, positions: number) => Node;
  readonly plain: (where: string, x: Tensor, size: readonly number[], options: AdaptivePoolOptions) => Tensor;
}

const average: Kind = { node: floatingNode, alongAxis: averagesAlong, plain: avgPooled };
const maximum: Kind = {
  node: (where, x) => numericNode(operandNode(where, x)),
  alongAxis: maximaAlong,
  plain: maxPooled,
};

function adaptive(
  where: string,
  { node, alongAxis, plain }: Kind,
  spatial: number,
  x: Tensor,
  size: number | readonly number[],
  options: AdaptivePoolOptions,
): Tensor {
  requireImageRank(where, x, spatial);
  const wanted = perSpatialAxis(where, 'size', size, spatial);
  return inFormat(where, options.dataFormat ?? 'channelsLast', x, (images) => {
    const extents = images.shape.slice(1, -1);
    if (extents.includes(0)) {
      throw new ShapeError(where, `${formatShape(x.shape)} is empty along a spatial axis.`);
    }
    const ratios = extents.map((extent, i) => extent / extentAt(wanted, i));
    if (ratios.every(Number.isInteger)) return plain(where, images, ratios, {});
    const pooled = wanted.reduce(
      (part, positions, i) => alongAxis(part, i + 1, positions),
      node(where, images),
    );
    return tensorFrom(where, pooled, [images]);
  });
}

/** Averages along one axis: position i weighs each element of its window by 1 / extent. */
function averagesAlong(x: Node, axis: number, positions: number): Node {
  const extent = extentAt(x.shape, axis);
  if (extent === positions) return x;
  const window = build.iota(positions);
  const start = build.combine('idiv', build.mul(window, extent), positions);
  const next = build.mul(build.add(window, 1), extent);
  const end = build.combine('idiv', build.add(next, positions - 1), positions);
  const element = build.reshape(build.iota(extent), [extent, 1]);
  const inside = build.and(build.lessEqual(start, element), build.lessThan(element, end));
  const weight = build.div(1, build.cast(build.sub(end, start), x.dtype));
  const averages = build.dot(x, build.where(inside, weight, 0), {
    leftBatch: [],
    rightBatch: [],
    leftContract: [axis],
    rightContract: [0],
  });
  const last = averages.shape.length - 1;
  return build.permute(averages, [...range(axis), last, ...range(last - axis, axis)]);
}

/** Maxima of the slices of one axis. */
function maximaAlong(x: Node, axis: number, positions: number): Node {
  const extent = extentAt(x.shape, axis);
  if (extent === positions) return x;
  const slices = range(positions).map((i) => {
    const [start, end] = [Math.floor((i * extent) / positions), Math.ceil(((i + 1) * extent) / positions)];
    return build.maxKeeping(build.sliceAxis(x, axis, start, end), [axis]);
  });
  return build.concat(slices, axis);
}

/**
 * Averages of `size` windows that cover a sequence.
 *
 * @param x    [batch, steps, channels], or channels second with `dataFormat: 'channelsFirst'`; integers become float32
 * @param size the number of windows
 * @returns [batch, size, channels]
 * @throws {ShapeError} when `x` is not of rank 3 or has no steps
 * @throws {ArgumentError} when `size` is not a whole number of at least 1
 * @example
 * await adaptiveAvgPool1d(tensor([[[1], [2], [3], [4], [5]]]), 2).data(); // Float32Array [2, 4]
 */
export const adaptiveAvgPool1d = (
  x: Tensor,
  size: number | readonly number[],
  options: AdaptivePoolOptions = {},
): Tensor => adaptive('adaptiveAvgPool1d', average, 1, x, size, options);

/**
 * Averages of windows that cover an image.
 *
 * @param x    [batch, height, width, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size the number of windows along both axes, or [rows, columns]
 * @returns [batch, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 4 or a spatial axis is empty
 * @throws {ArgumentError} when `size` does not fit two axes
 * @example
 * adaptiveAvgPool2d(zeros([8, 14, 10, 64]), 7).shape; // [8, 7, 7, 64]
 */
export const adaptiveAvgPool2d = (
  x: Tensor,
  size: number | readonly number[],
  options: AdaptivePoolOptions = {},
): Tensor => adaptive('adaptiveAvgPool2d', average, 2, x, size, options);

/**
 * Averages of windows that cover a volume.
 *
 * @param x    [batch, depth, height, width, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size the number of windows along all axes, or [planes, rows, columns]
 * @returns [batch, planes, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 5 or a spatial axis is empty
 * @throws {ArgumentError} when `size` does not fit three axes
 * @example
 * adaptiveAvgPool3d(zeros([2, 8, 9, 10, 4]), [2, 3, 4]).shape; // [2, 2, 3, 4, 4]
 */
export const adaptiveAvgPool3d = (
  x: Tensor,
  size: number | readonly number[],
  options: AdaptivePoolOptions = {},
): Tensor => adaptive('adaptiveAvgPool3d', average, 3, x, size, options);

/**
 * Greatest elements of `size` windows that cover a sequence.
 *
 * @param x    [batch, steps, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size the number of windows
 * @returns [batch, size, channels]
 * @throws {ShapeError} when `x` is not of rank 3 or has no steps
 * @throws {ArgumentError} when `size` is not a whole number of at least 1
 * @example
 * await adaptiveMaxPool1d(tensor([[[1], [2], [3], [4], [5]]]), 2).data(); // Float32Array [3, 5]
 */
export const adaptiveMaxPool1d = (
  x: Tensor,
  size: number | readonly number[],
  options: AdaptivePoolOptions = {},
): Tensor => adaptive('adaptiveMaxPool1d', maximum, 1, x, size, options);

/**
 * Greatest elements of windows that cover an image.
 *
 * @param x    [batch, height, width, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size the number of windows along both axes, or [rows, columns]
 * @returns [batch, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 4 or a spatial axis is empty
 * @throws {ArgumentError} when `size` does not fit two axes
 * @example
 * adaptiveMaxPool2d(zeros([8, 14, 10, 64]), [7, 5]).shape; // [8, 7, 5, 64]
 */
export const adaptiveMaxPool2d = (
  x: Tensor,
  size: number | readonly number[],
  options: AdaptivePoolOptions = {},
): Tensor => adaptive('adaptiveMaxPool2d', maximum, 2, x, size, options);

/**
 * Greatest elements of windows that cover a volume.
 *
 * @param x    [batch, depth, height, width, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size the number of windows along all axes, or [planes, rows, columns]
 * @returns [batch, planes, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 5 or a spatial axis is empty
 * @throws {ArgumentError} when `size` does not fit three axes
 * @example
 * adaptiveMaxPool3d(zeros([2, 8, 9, 10, 4]), 2).shape; // [2, 2, 2, 2, 4]
 */
export const adaptiveMaxPool3d = (
  x: Tensor,
  size: number | readonly number[],
  options: AdaptivePoolOptions = {},
): Tensor => adaptive('adaptiveMaxPool3d', maximum, 3, x, size, options);
