/**
 * Windows of images: how options become attributes of a pooling operation, and attributes become views.
 *
 * A pool has attributes `window`, `stride`, `dilation` and `padding` ([before, after] per spatial axis, flattened).
 * Images have their channels last here. Every window has an element inside the image, so that what is reduced over it
 * is never padding alone.
 */
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { CompositeAttributes, Node, OpAttributes } from '../graph/node';
import { extentAt, formatShape, range } from '../shape/shape';
import { type Padding, type PaddingPair, perSpatialAxis, resolvePadding } from '../shape/spatial';
import type { DataFormat } from './data-format';

export interface PoolOptions {
  /** Distance between windows, for all spatial axes or each. Default: the size of the window. */
  readonly strides?: number | readonly number[];
  /** 'valid' (default), 'same' or explicit. */
  readonly padding?: Padding;
  /** Distance between the elements of a window, for all spatial axes or each. Default 1. */
  readonly dilation?: number | readonly number[];
  /** Where the input and the result have their channels. Default 'channelsLast'. */
  readonly dataFormat?: DataFormat;
}

/** A pool over the spatial axes of images. */
export interface Pool {
  readonly lo: readonly number[];
  readonly hi: readonly number[];
  readonly window: OpAttributes['window'];
}

/** Lists of a pool's attributes; they travel in the attributes of composites. */
export interface PoolAttributes extends CompositeAttributes {
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly number[];
}

/** Reads and checks options for images [batch, …spatial, channels]. */
export function poolAttributes(
  where: string,
  shape: readonly number[],
  size: number | readonly number[],
  options: PoolOptions,
): PoolAttributes {
  const spatial = shape.length - 2;
  if (spatial < 1) {
    throw new ShapeError(
      where,
      `got ${formatShape(shape)}.`,
      'Expected [batch, …spatial, channels], with at least one spatial axis.',
    );
  }
  const window = perSpatialAxis(where, 'size', size, spatial);
  const stride = perSpatialAxis(where, 'strides', options.strides ?? window, spatial);
  const dilation = perSpatialAxis(where, 'dilation', options.dilation ?? 1, spatial);
  const extents = shape.slice(1, -1);
  const spans = window.map((extent, i) => build.dilatedExtent(extent, extentAt(dilation, i)));
  const pairs = resolvePadding(where, options.padding ?? 'valid', extents, spans, stride);
  pairs.forEach(([lo, hi], i) => {
    if (extentAt(spans, i) > extentAt(extents, i) + lo + hi) {
      throw new ShapeError(
        where,
        `a window of ${extentAt(spans, i)} does not fit into extent ${extentAt(extents, i)} of ${formatShape(shape)}.`,
        "Use a smaller window, or padding: 'same'.",
      );
    }
    requireElements(
      where,
      extentAt(extents, i),
      [lo, hi],
      extentAt(window, i),
      extentAt(stride, i),
      extentAt(dilation, i),
    );
  });
  return { window, stride, dilation, padding: pairs.flat() };
}

/** Checks that every window along one axis has an element inside the image. */
function requireElements(
  where: string,
  extent: number,
  [lo, hi]: PaddingPair,
  size: number,
  stride: number,
  dilation: number,
): void {
  const span = build.dilatedExtent(size, dilation);
  const positions = Math.floor((extent + lo + hi - span) / stride) + 1;
  const hasElement = (position: number): boolean => {
    const start = position * stride - lo;
    const first = Math.max(0, Math.ceil(-start / dilation));
    return first < size && start + first * dilation < extent;
  };
  if (range(positions).every(hasElement)) return;
  throw new ShapeError(
    where,
    `padding [${lo}, ${hi}] would make windows of ${size} without any element.`,
    ...(dilation === 1 ? [] : [`The elements of a window are ${dilation} apart in an extent of ${extent}.`]),
  );
}

/** Attributes of a pooling composite, as lists per axis of `x`. */
export function poolOf(x: Node, attributes: CompositeAttributes): Pool {
  const { window, stride, dilation, padding } = attributes;
  if (
    !Array.isArray(window) ||
    !Array.isArray(stride) ||
    !Array.isArray(dilation) ||
    !Array.isArray(padding)
  ) {
    throw new ShapeError('pool', 'window, stride, dilation and padding must be lists.');
  }
  const axes = range(x.shape.length - 2, 1);
  const inner = (list: readonly number[]): number[] => [0, ...list, 0];
  return {
    lo: inner(axes.map((_, i) => extentAt(padding, 2 * i))),
    hi: inner(axes.map((_, i) => extentAt(padding, 2 * i + 1))),
    window: { axes, size: window, stride, dilation },
  };
}

export const padded = (x: Node, { lo, hi }: Pool, fill: number): Node =>
  build.pad(x, build.constant(fill, x.dtype), { lo, hi, interior: lo.map(() => 0) });

/** The part of a padded image that is the image. */
export const unpadded = (whole: Node, x: Pick<Node, 'shape'>, { lo }: Pick<Pool, 'lo'>): Node =>
  build.slice(whole, {
    start: lo,
    limit: x.shape.map((extent, axis) => extent + extentAt(lo, axis)),
    step: lo.map(() => 1),
  });

/** [batch, …positions, channels, ...window]; padding reads as `fill`. */
export const windowsOf = (x: Node, pool: Pool, fill: number): Node =>
  build.slidingWindow(padded(x, pool, fill), pool.window);

/** The axes of `windowsOf(x)` that are inside of the windows. */
export const windowAxes = (x: Node): number[] => range(x.shape.length - 2, x.shape.length);
