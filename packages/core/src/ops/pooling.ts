/**
 * Pooling over the axes between the first and the last (channels last).
 *
 * Both are composites with attributes `window`, `stride` and `padding` ([before, after] per spatial axis, flattened).
 * Windows become axes of their own at the end and are reduced. Padding never takes part: the maximum pads with the
 * least value, the average divides by the number of elements inside the image (as Keras does).
 */

import { windowTranspose } from '../autograd/rules/window';
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node, OpAttributes } from '../graph/node';
import { extentAt, formatShape, range, sizeOf } from '../shape/shape';
import { type Padding, perSpatialAxis, resolvePadding } from '../shape/spatial';
import type { Tensor } from '../tensor';
import { soleInput } from './inputs';
import { floatingNode, numericNode, operandNode, tensorFrom } from './operand';

export interface PoolOptions {
  /** Distance between windows, for all spatial axes or each. Default: the size of the window. */
  readonly strides?: number | readonly number[];
  /** 'valid' (default), 'same' or explicit. */
  readonly padding?: Padding;
}

interface Pool {
  readonly lo: readonly number[];
  readonly hi: readonly number[];
  readonly window: OpAttributes['window'];
}

/** Attributes of a pooling composite, as lists per axis. */
function poolOf(x: Node, attributes: CompositeAttributes): Pool {
  const { window, stride, padding } = attributes;
  if (!Array.isArray(window) || !Array.isArray(stride) || !Array.isArray(padding)) {
    throw new ShapeError('pool', 'window, stride and padding must be lists.');
  }
  const axes = range(x.shape.length - 2, 1);
  const inner = (list: readonly number[]): number[] => [0, ...list, 0];
  return {
    lo: inner(axes.map((_, i) => extentAt(padding, 2 * i))),
    hi: inner(axes.map((_, i) => extentAt(padding, 2 * i + 1))),
    window: { axes, size: window, stride, dilation: axes.map(() => 1) },
  };
}

const padded = (x: Node, { lo, hi }: Pool, fill: number): Node =>
  build.pad(x, build.constant(fill, x.dtype), { lo, hi, interior: lo.map(() => 0) });

/** [batch, …positions, channels, ...window]. */
const windows = (x: Node, pool: Pool, fill: number): Node =>
  build.slidingWindow(padded(x, pool, fill), pool.window);

const windowAxes = (x: Node): number[] => range(x.shape.length - 2, x.shape.length);

const maxPoolDefinition: CompositeDefinition = {
  name: 'maxPool',
  infer: (inputs, attributes) => inferPool(soleInput('maxPool', inputs), attributes),
  decompose: (inputs, attributes) => {
    const x = soleInput('maxPool', inputs);
    return build.reduce('max', windows(x, poolOf(x, attributes), build.lowest(x.dtype)), windowAxes(x));
  },
  // The cotangent goes to the first maximum of each window: every element of a window compares its position with argmax.
  vjp: ({ inputs, attributes, cotangent }) => {
    const x = soleInput('maxPool', inputs);
    const pool = poolOf(x, attributes);
    const { size } = pool.window;
    const taken = build.reduce('argmax', windows(x, pool, build.lowest(x.dtype)), windowAxes(x));
    const position = build.reshape(build.iota(sizeOf(size)), [...x.shape.map(() => 1), ...size]);
    const aside = (node: Node): Node => build.reshape(node, [...node.shape, ...size.map(() => 1)]);
    const sent = build.where(build.equal(position, aside(taken)), aside(cotangent), 0);
    return [unpadded(windowTranspose(sent, pool.window, padded(x, pool, 0).shape), x, pool)];
  },
};

/** The part of a padded image that is the image. */
const unpadded = (whole: Node, x: Node, { lo }: Pool): Node =>
  build.slice(whole, {
    start: lo,
    limit: x.shape.map((extent, axis) => extent + extentAt(lo, axis)),
    step: lo.map(() => 1),
  });

const avgPoolDefinition: CompositeDefinition = {
  name: 'avgPool',
  infer: (inputs, attributes) => inferPool(soleInput('avgPool', inputs), attributes),
  decompose: (inputs, attributes) => {
    const x = soleInput('avgPool', inputs);
    const pool = poolOf(x, attributes);
    const total = build.sum(windows(x, pool, 0), windowAxes(x));
    const isPadded = [...pool.lo, ...pool.hi].some((n) => n > 0);
    if (!isPadded) return build.mul(total, build.constant(1 / sizeOf(pool.window.size), x.dtype));
    return pool.window.axes.reduce((mean, axis) => build.div(mean, countInside(x, total, axis, pool)), total);
  },
};

/** How many elements of each window lie inside the image along one axis, shaped to broadcast against the result. */
function countInside(x: Node, result: Node, axis: number, { lo, window }: Pool): Node {
  const positions = extentAt(result.shape, axis);
  const index = build.cast(build.iota(positions), x.dtype);
  const start = build.sub(build.mul(index, extentAt(window.stride, axis - 1)), extentAt(lo, axis));
  const end = build.minimum(build.add(start, extentAt(window.size, axis - 1)), extentAt(x.shape, axis));
  const count = build.sub(end, build.maximum(start, 0));
  return build.reshape(
    count,
    result.shape.map((_, i) => (i === axis ? positions : 1)),
  );
}

function inferPool(x: Node, attributes: CompositeAttributes): Pick<Node, 'shape' | 'dtype'> {
  const pool = poolOf(x, attributes);
  const image = padded(x, pool, 0);
  return { shape: build.slidingWindow(image, pool.window).shape.slice(0, x.shape.length), dtype: x.dtype };
}

function pool(
  where: string,
  definition: CompositeDefinition,
  x: Tensor,
  node: Node,
  size: number | readonly number[],
  options: PoolOptions,
): Tensor {
  const spatial = x.rank - 2;
  if (spatial < 1) {
    throw new ShapeError(where, `got ${formatShape(x.shape)}.`, 'Expected [batch, …spatial, channels].');
  }
  const window = perSpatialAxis(where, 'size', size, spatial);
  const stride = perSpatialAxis(where, 'strides', options.strides ?? window, spatial);
  const extents = x.shape.slice(1, -1);
  const pairs = resolvePadding(where, options.padding ?? 'valid', extents, window, stride);
  pairs.forEach(([lo, hi], i) => {
    if (extentAt(window, i) > extentAt(extents, i) + lo + hi) {
      throw new ShapeError(
        where,
        `a window of ${extentAt(window, i)} does not fit into extent ${extentAt(extents, i)} of ${formatShape(x.shape)}.`,
        "Use a smaller window, or padding: 'same'.",
      );
    }
    if (lo >= extentAt(window, i) || hi >= extentAt(window, i)) {
      throw new ShapeError(
        where,
        `padding [${lo}, ${hi}] would make windows of ${extentAt(window, i)} without any element.`,
      );
    }
  });
  return tensorFrom(
    where,
    build.applyComposite(definition, [node], { window, stride, padding: pairs.flat() }),
    [x],
  );
}

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
  pool('maxPool', maxPoolDefinition, x, numericNode(operandNode('maxPool', x)), size, options);

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
export const avgPool = (x: Tensor, size: number | readonly number[], options: PoolOptions = {}): Tensor =>
  pool('avgPool', avgPoolDefinition, x, floatingNode('avgPool', x), size, options);

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
  maxPool(requireImages('maxPool2d', x), size, options);

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
export const avgPool2d = (x: Tensor, size: number | readonly number[], options: PoolOptions = {}): Tensor =>
  avgPool(requireImages('avgPool2d', x), size, options);

function requireImages(where: string, x: Tensor): Tensor {
  if (x.rank === 4) return x;
  throw new ShapeError(where, `got ${formatShape(x.shape)}.`, 'Expected [batch, height, width, channels].');
}
