/**
 * Pooling over the axes between the first and the last (channels last), by any number of axes.
 *
 * Windows become axes of their own at the end and are reduced. Padding never takes part: the maximum pads with the
 * least value, the average divides by the number of elements inside the image (as Keras does) unless told otherwise.
 */

import { windowTranspose } from '../autograd/rules/window';
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { extentAt, formatShape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { inFormat } from './data-format';
import { soleInput } from './inputs';
import { floatingNode, numericNode, operandNode, tensorFrom } from './operand';
import {
  type Pool,
  type PoolOptions,
  padded,
  poolAttributes,
  poolOf,
  unpadded,
  windowAxes,
  windowsOf,
} from './pool-windows';

export interface AvgPoolOptions extends PoolOptions {
  /** Counts padding as zeros inside of windows, as PyTorch does unless told otherwise. Default false. */
  readonly countPadding?: boolean;
}

const maxPoolDefinition: CompositeDefinition = {
  name: 'maxPool',
  infer: (inputs, attributes) => inferPool(soleInput('maxPool', inputs), attributes),
  decompose: (inputs, attributes) => {
    const x = soleInput('maxPool', inputs);
    return build.reduce('max', windowsOf(x, poolOf(x, attributes), build.lowest(x.dtype)), windowAxes(x));
  },
  // The cotangent goes to the first maximum of each window: every element of a window compares its position with argmax.
  vjp: ({ inputs, attributes, cotangent }) => {
    const x = soleInput('maxPool', inputs);
    const pool = poolOf(x, attributes);
    const { size } = pool.window;
    const taken = build.reduce('argmax', windowsOf(x, pool, build.lowest(x.dtype)), windowAxes(x));
    const position = build.reshape(build.iota(sizeOf(size)), [...x.shape.map(() => 1), ...size]);
    const aside = (node: Node): Node => build.reshape(node, [...node.shape, ...size.map(() => 1)]);
    const sent = build.where(build.equal(position, aside(taken)), aside(cotangent), 0);
    return [unpadded(windowTranspose(sent, pool.window, padded(x, pool, 0).shape), x, pool)];
  },
};

const avgPoolDefinition: CompositeDefinition = {
  name: 'avgPool',
  infer: (inputs, attributes) => inferPool(soleInput('avgPool', inputs), attributes),
  decompose: (inputs, attributes) => {
    const x = soleInput('avgPool', inputs);
    const pool = poolOf(x, attributes);
    const total = build.sum(windowsOf(x, pool, 0), windowAxes(x));
    const isPadded = [...pool.lo, ...pool.hi].some((n) => n > 0);
    if (!isPadded || attributes.countPadding === true)
      return build.mul(total, build.constant(1 / sizeOf(pool.window.size), x.dtype));
    return pool.window.axes.reduce((mean, axis) => build.div(mean, countInside(x, total, axis, pool)), total);
  },
};

/** How many elements of each window lie inside the image along one axis, shaped to broadcast against the result. */
function countInside(x: Node, result: Node, axis: number, { lo, window }: Pool): Node {
  const positions = extentAt(result.shape, axis);
  const dilation = extentAt(window.dilation, axis - 1);
  /** Elements of a window before `distance`, which is counted from its start and not negative. */
  const before = (distance: Node): Node =>
    dilation === 1 ? distance : build.combine('idiv', build.add(distance, dilation - 1), dilation);
  const start = build.sub(
    build.mul(build.iota(positions), extentAt(window.stride, axis - 1)),
    extentAt(lo, axis),
  );
  const end = build.minimum(
    before(build.sub(extentAt(x.shape, axis), start)),
    extentAt(window.size, axis - 1),
  );
  const count = build.sub(end, before(build.maximum(build.neg(start), 0)));
  return build.alongAxis(build.cast(count, x.dtype), axis, result.shape.length);
}

function inferPool(x: Node, attributes: CompositeAttributes): Pick<Node, 'shape' | 'dtype'> {
  const pool = poolOf(x, attributes);
  const image = padded(x, pool, 0);
  return { shape: build.slidingWindow(image, pool.window).shape.slice(0, x.shape.length), dtype: x.dtype };
}

/** Applies a pooling composite to images of either format. */
function pooled(
  where: string,
  definition: CompositeDefinition,
  x: Tensor,
  size: number | readonly number[],
  options: PoolOptions,
  prepare: (where: string, x: Tensor) => Node,
  extra: CompositeAttributes = {},
): Tensor {
  return inFormat(where, options.dataFormat ?? 'channelsLast', x, (images) => {
    const attributes = poolAttributes(where, images.shape, size, options);
    const node = build.applyComposite(definition, [prepare(where, images)], { ...attributes, ...extra });
    return tensorFrom(where, node, [images]);
  });
}

/** Max pooling under the name `where`. */
export const maxPooled = (
  where: string,
  x: Tensor,
  size: number | readonly number[],
  options: PoolOptions,
): Tensor =>
  pooled(where, maxPoolDefinition, x, size, options, (name, images) =>
    numericNode(operandNode(name, images)),
  );

/** Average pooling under the name `where`. */
export const avgPooled = (
  where: string,
  x: Tensor,
  size: number | readonly number[],
  { countPadding = false, ...options }: AvgPoolOptions,
): Tensor => pooled(where, avgPoolDefinition, x, size, options, floatingNode, { countPadding });

/**
 * Greatest element of each window; its gradient goes to the first of equals.
 *
 * @param x    [batch, …spatial, channels]
 * @param size extent of the window, for all spatial axes or each
 * @returns [batch, …positions, channels]
 * @throws {ShapeError} when the window does not fit
 * @example
 * maxPool(zeros([8, 100, 3]), 2).shape; // [8, 50, 3]
 */
export const maxPool = (x: Tensor, size: number | readonly number[], options: PoolOptions = {}): Tensor =>
  maxPooled('maxPool', x, size, options);

/**
 * Mean of each window, over the elements inside the image.
 *
 * @param x    [batch, …spatial, channels]
 * @param size extent of the window, for all spatial axes or each
 * @returns [batch, …positions, channels]
 * @throws {ShapeError} when the window does not fit
 * @example
 * avgPool(zeros([8, 100, 3]), 2).shape; // [8, 50, 3]
 */
export const avgPool = (x: Tensor, size: number | readonly number[], options: AvgPoolOptions = {}): Tensor =>
  avgPooled('avgPool', x, size, options);

/** Checks the rank of images, whatever their format. */
export function requireImageRank(where: string, x: Tensor, spatial: number): Tensor {
  if (x.rank === spatial + 2) return x;
  throw new ShapeError(where, `got ${formatShape(x.shape)}.`, `Expected ${imageShape(spatial)}.`);
}

const imageShape = (spatial: number): string =>
  `[batch, ${['steps', 'height, width', 'depth, height, width'][spatial - 1] ?? '…spatial'}, channels]`;

/**
 * Max pooling of images.
 *
 * @param x    [batch, height, width, channels]
 * @param size extent of the window, or [height, width]
 * @returns [batch, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 4 or the window does not fit
 * @example
 * maxPool2d(zeros([32, 28, 28, 8]), 2).shape; // [32, 14, 14, 8]
 */
export const maxPool2d = (x: Tensor, size: number | readonly number[], options: PoolOptions = {}): Tensor =>
  maxPooled('maxPool2d', requireImageRank('maxPool2d', x, 2), size, options);

/**
 * Average pooling of images.
 *
 * @param x    [batch, height, width, channels]
 * @param size extent of the window, or [height, width]
 * @returns [batch, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 4 or the window does not fit
 * @example
 * avgPool2d(zeros([32, 28, 28, 8]), 2).shape; // [32, 14, 14, 8]
 */
export const avgPool2d = (
  x: Tensor,
  size: number | readonly number[],
  options: AvgPoolOptions = {},
): Tensor => avgPooled('avgPool2d', requireImageRank('avgPool2d', x, 2), size, options);
