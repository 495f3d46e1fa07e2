/**
 * Max pooling that tells where each maximum was, and its inverse, which puts values back there.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, sameShape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { clamped, isInside } from './indexed/positions';
import { indexNode } from './indexing';
import { numericNode, operandNode, tensorFrom } from './operand';
import { type Pool, type PoolOptions, poolAttributes, poolOf, windowAxes, windowsOf } from './pool-windows';
import { maxPooled, requireImageRank } from './pooling';

export interface ArgmaxPoolOptions extends Omit<PoolOptions, 'dataFormat'> {
  /** Counts places through the whole batch instead of through each image. Default false. */
  readonly includeBatchInIndex?: boolean;
}

/** Greatest elements and where they were. */
export interface MaxPoolWithArgmax {
  /** The greatest value of each window. */
  readonly values: Tensor;
  /** int32: (row · width + column) · channels + channel. */
  readonly indices: Tensor;
}

/**
 * Greatest element of each window, and its place in the flattened image: the first of equals.
 *
 * @param x    [batch, height, width, channels]
 * @param size extent of the window, or [height, width]
 * @returns both of shape [batch, rows, columns, channels]; the gradient of the values is that of `maxPool2d`
 * @throws {ShapeError} when `x` is not of rank 4 or the window does not fit
 * @example
 * const image = tensor([1, 8, 3, 4], { shape: [1, 2, 2, 1] });
 * const { values, indices } = maxPoolWithArgmax(image, 2);
 * await values.data(); // Float32Array [8]
 * await indices.data(); // Int32Array [1]
 */
export function maxPoolWithArgmax(
  x: Tensor,
  size: number | readonly number[],
  { includeBatchInIndex = false, ...options }: ArgmaxPoolOptions = {},
): MaxPoolWithArgmax {
  const where = 'maxPoolWithArgmax';
  const values = maxPooled(where, requireImageRank(where, x, 2), size, options);
  const node = numericNode(operandNode(where, x));
  const pool = poolOf(node, poolAttributes(where, x.shape, size, options));
  const taken = build.reduce('argmax', windowsOf(node, pool, build.lowest(node.dtype)), windowAxes(node));
  const channel = placesAlong(taken, taken.shape.length - 1);
  const place = coordinates(node, taken, pool).reduce((flat, coordinate, i) =>
    build.add(build.mul(flat, extentAt(x.shape, i + 1)), coordinate),
  );
  const inImage = build.add(build.mul(place, extentAt(x.shape, x.rank - 1)), channel);
  const image = build.mul(placesAlong(taken, 0), sizeOf(x.shape.slice(1)));
  const indices = includeBatchInIndex ? build.add(inImage, image) : inImage;
  return { values, indices: tensorFrom(where, indices, [x]) };
}

/** 0, 1, … along one axis of `x`, shaped to broadcast against it. */
const placesAlong = (x: Node, axis: number): Node =>
  build.alongAxis(build.iota(extentAt(x.shape, axis)), axis, x.shape.length);

/** Where in the image each window's element number `taken` is, for every spatial axis. */
function coordinates(x: Node, taken: Node, { lo, window }: Pool): Node[] {
  const { size, stride, dilation } = window;
  return size.map((extent, i) => {
    const axis = i + 1;
    const offset = build.combine('mod', build.combine('idiv', taken, sizeOf(size.slice(i + 1))), extent);
    const start = build.mul(placesAlong(taken, axis), extentAt(stride, i));
    const inPadded = build.add(start, build.mul(offset, extentAt(dilation, i)));
    // Only where nothing in the image is above the least value there is, the first of equals lies in the padding.
    return clamped(build.sub(inPadded, extentAt(lo, axis)), extentAt(x.shape, axis));
  });
}

/**
 * Puts values back where `maxPoolWithArgmax` found them, among zeros. What several windows found at one place adds up.
 *
 * @param x       [batch, rows, columns, channels]
 * @param indices of the shape of `x`, places in the flattened image; values for places outside are dropped
 * @param size    [height, width] of the result
 * @returns [batch, height, width, channels]
 * @throws {ShapeError} when `x` is not of rank 4 or `indices` has another shape
 * @throws {ArgumentError} when `size` is not two whole numbers
 * @throws {DTypeError} when `indices` are not whole numbers
 * @example
 * const image = tensor([1, 8, 3, 4], { shape: [1, 2, 2, 1] });
 * const { values, indices } = maxPoolWithArgmax(image, 2);
 * await maxUnpool2d(values, indices, [2, 2]).data(); // Float32Array [0, 8, 0, 0]
 */
export function maxUnpool2d(x: Tensor, indices: Tensor, size: readonly number[]): Tensor {
  const where = 'maxUnpool2d';
  requireImageRank(where, x, 2);
  if (!sameShape(x.shape, indices.shape)) {
    throw new ShapeError(
      where,
      `values ${formatShape(x.shape)} and indices ${formatShape(indices.shape)} must have one shape.`,
    );
  }
  if (size.length !== 2 || size.some((n) => !Number.isSafeInteger(n) || n < 0)) {
    throw new ArgumentError(where, `size ${formatShape(size)} must be [height, width].`);
  }
  const [batch, channels] = [extentAt(x.shape, 0), extentAt(x.shape, 3)];
  const perImage = sizeOf(size) * channels;
  const [values, places] = [operandNode(where, x), indexNode(where, indices)];
  const image = build.alongAxis(build.mul(build.iota(batch), perImage), 0, 4);
  const flat = build.where(isInside(places, perImage), build.add(places, image), -1);
  const zeros = build.broadcastTo(build.constant(0, values.dtype), [batch * perImage]);
  const filled = build.scatterAdd(zeros, build.reshape(flat, [x.size]), build.reshape(values, [x.size]), 0);
  return tensorFrom(where, build.reshape(filled, [batch, ...size, channels]), [x, indices]);
}
