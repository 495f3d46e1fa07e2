/**
 * Windows that slide over axes, patches of images, and patches added up to images again.
 *
 * Patches are [..., rows of the window · columns · channels], in this order, so that they times a convolution kernel
 * reshaped to [rows · columns · channels, filters] are the convolution.
 */
import { windowTranspose } from '../autograd/rules/window';
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxes, normalizeAxis } from '../shape/axis';
import { extentAt, formatShape, range, type Shape, sizeOf } from '../shape/shape';
import { type Padding, perSpatialAxis, resolvePadding } from '../shape/spatial';
import type { Tensor } from '../tensor';
import { framesNode } from './frames';
import { lift1, numericNode, type TensorLike } from './operand';
import { type Pool, unpadded, windowsOf } from './pool-windows';

export interface SlidingWindowOptions {
  /** The axes to slide along, one for each entry of the size. Default: all axes, or the last for a single size. */
  readonly axis?: number | readonly number[];
  /** Distance between windows, for all axes or each. Default 1. */
  readonly strides?: number | readonly number[];
  /** Distance between elements of a window, for all axes or each. Default 1. */
  readonly dilation?: number | readonly number[];
}

/**
 * All windows that slide over axes: NumPy's sliding_window_view, and with strides PyTorch's Tensor.unfold. Positions
 * replace the axes, the insides of the windows are new axes at the end. A view: nothing is copied until a kernel needs it.
 *
 * @param size extent of the window along each axis
 * @throws {ShapeError} when a window is larger than the axis
 * @throws {AxisError} when an axis does not exist or is given twice
 * @throws {ArgumentError} when sizes, strides or dilations are not whole numbers of at least 1, or not one per axis
 * @example
 * await slidingWindowView(tensor([1, 2, 3, 4]), 3).array(); // [[1, 2, 3], [2, 3, 4]]
 * slidingWindowView(zeros([5, 6]), [2, 3]).shape; // [4, 4, 2, 3]
 */
export function slidingWindowView(
  x: TensorLike,
  size: number | readonly number[],
  options: SlidingWindowOptions = {},
): Tensor {
  const where = 'slidingWindowView';
  return lift1(where, x, (node) => {
    const rank = node.shape.length;
    const given = options.axis ?? (typeof size === 'number' ? -1 : range(rank));
    normalizeAxes(where, given, rank);
    const axes = (typeof given === 'number' ? [given] : given).map((axis) =>
      normalizeAxis(where, axis, rank),
    );
    const per = (name: string, value: number | readonly number[]): number[] =>
      perSpatialAxis(where, name, value, axes.length);
    const window = {
      axes,
      size: per('size', size),
      stride: per('strides', options.strides ?? 1),
      dilation: per('dilation', options.dilation ?? 1),
    };
    axes.forEach((axis, i) => {
      const span = build.dilatedExtent(extentAt(window.size, i), extentAt(window.dilation, i));
      requireFits(where, node.shape, axis, span, extentAt(node.shape, axis));
    });
    const [axis, length, step] = [axes[0], window.size[0], window.stride[0]];
    const isPlain = axes.length === 1 && window.dilation[0] === 1;
    return isPlain && axis !== undefined && length !== undefined && step !== undefined
      ? framesNode(node, axis, length, step)
      : build.slidingWindow(node, window);
  });
}

function requireFits(where: string, shape: Shape, axis: number, span: number, extent: number): void {
  if (span <= extent) return;
  throw new ShapeError(
    where,
    `a window that spans ${span} does not fit into extent ${extent} of axis ${axis} of ${formatShape(shape)}.`,
  );
}

export interface PatchOptions {
  /** Distance between patches, for all spatial axes or each. */
  readonly strides?: number | readonly number[];
  /** Distance between the elements of a patch, for all spatial axes or each. Default 1. */
  readonly dilation?: number | readonly number[];
  /** 'valid' (default), 'same' or explicit; zeros are added. */
  readonly padding?: Padding;
}

interface Patches extends Pool {
  /** Shape of the padded images. */
  readonly padded: readonly number[];
  /** How many patches there are along each spatial axis. */
  readonly positions: readonly number[];
}

function patchesOf(
  where: string,
  shape: Shape,
  size: number | readonly number[],
  defaultStride: number | readonly number[],
  options: PatchOptions,
): Patches {
  const spatial = shape.length - 2;
  if (spatial < 1) {
    throw new ShapeError(where, `got ${formatShape(shape)}.`, 'Expected [batch, …spatial, channels].');
  }
  const window = {
    axes: range(spatial, 1),
    size: perSpatialAxis(where, 'size', size, spatial),
    stride: perSpatialAxis(where, 'strides', options.strides ?? defaultStride, spatial),
    dilation: perSpatialAxis(where, 'dilation', options.dilation ?? 1, spatial),
  };
  const spans = window.size.map((n, i) => build.dilatedExtent(n, extentAt(window.dilation, i)));
  const extents = shape.slice(1, -1);
  const pairs = resolvePadding(where, options.padding ?? 'valid', extents, spans, window.stride);
  const lo = [0, ...pairs.map(([before]) => before), 0];
  const hi = [0, ...pairs.map(([, after]) => after), 0];
  const padded = shape.map((n, axis) => n + extentAt(lo, axis) + extentAt(hi, axis));
  const positions = spans.map((span, i) => {
    const extent = extentAt(padded, i + 1);
    requireFits(where, shape, i + 1, span, extent);
    return Math.floor((extent - span) / extentAt(window.stride, i)) + 1;
  });
  return { window, lo, hi, padded, positions };
}

/** [batch, …positions, channels, ...size] → [batch, …positions, ...size, channels] by this order. */
const channelsLast = (spatial: number): number[] => [
  ...range(spatial + 1),
  ...range(spatial, spatial + 2),
  spatial + 1,
];

function patches(node: Node, found: Patches): Node {
  const { window, positions } = found;
  const spatial = positions.length;
  const windows = build.permute(windowsOf(node, found, 0), channelsLast(spatial));
  const [batch, channels] = [extentAt(node.shape, 0), extentAt(node.shape, spatial + 1)];
  return build.reshape(windows, [batch, ...positions, sizeOf(window.size) * channels]);
}

/**
 * Cuts images into patches, as Keras' ops.image.extract_patches; volumes too.
 *
 * @param x    [batch, …spatial, channels]
 * @param size extent of a patch, for all spatial axes or each
 * @param options.strides distance between patches; by default the size, so that patches do not overlap
 * @returns [batch, …positions, size · channels]
 * @throws {ShapeError} when `x` has no spatial axis or a patch does not fit
 * @throws {ArgumentError} when sizes, strides or dilations are not whole numbers of at least 1
 * @example
 * extractPatches(zeros([1, 224, 224, 3]), 16).shape; // [1, 14, 14, 768]
 */
export const extractPatches = (
  x: TensorLike,
  size: number | readonly number[],
  options: PatchOptions = {},
): Tensor =>
  lift1('extractPatches', x, (node) =>
    patches(node, patchesOf('extractPatches', node.shape, size, size, options)),
  );

/**
 * All patches of images in one list (im2col): `unfold(x, size)` times a convolution kernel reshaped to
 * [size · channels, filters] is the convolution. For windows along one axis of anything, see `slidingWindowView`.
 *
 * @param x    [batch, …spatial, channels]
 * @param size extent of a patch, for all spatial axes or each
 * @param options.strides distance between patches; default 1
 * @returns [batch, positions, size · channels]
 * @throws {ShapeError} when `x` has no spatial axis or a patch does not fit
 * @throws {ArgumentError} when sizes, strides or dilations are not whole numbers of at least 1
 * @example
 * unfold(zeros([1, 5, 6, 2]), 3).shape; // [1, 12, 18]
 */
export const unfold = (x: TensorLike, size: number | readonly number[], options: PatchOptions = {}): Tensor =>
  lift1('unfold', x, (node) => {
    const found = patchesOf('unfold', node.shape, size, 1, options);
    const cut = patches(node, found);
    return build.reshape(cut, [
      extentAt(node.shape, 0),
      sizeOf(found.positions),
      extentAt(cut.shape, cut.shape.length - 1),
    ]);
  });

/**
 * Adds patches up to images (col2im): the transpose of `unfold` with the same size and options. Where patches overlap,
 * they add up; `fold(unfold(x))` divided by `fold(unfold(ones))` is `x`.
 *
 * @param x           [batch, positions, size · channels]; bool counts as int32
 * @param outputSize  spatial extents of the images
 * @param size        extent of a patch, for all spatial axes or each
 * @returns [batch, ...outputSize, channels]
 * @throws {ShapeError} when there are not as many positions as `unfold` would give, or they hold no whole channels
 * @throws {ArgumentError} when sizes, strides or dilations are not whole numbers of at least 1
 * @example
 * fold(zeros([1, 12, 18]), [5, 6], 3).shape; // [1, 5, 6, 2]
 */
export function fold(
  x: TensorLike,
  outputSize: readonly number[],
  size: number | readonly number[],
  options: PatchOptions = {},
): Tensor {
  const bad = outputSize.find((n) => !Number.isSafeInteger(n) || n < 1);
  if (bad !== undefined || outputSize.length === 0) {
    throw new ArgumentError(
      'fold',
      `output size ${formatShape(outputSize)} must hold whole numbers of at least 1, one per spatial axis.`,
    );
  }
  return lift1('fold', x, (given) => {
    const node = numericNode(given);
    const [batch, count, depth] = node.shape;
    if (batch === undefined || count === undefined || depth === undefined || node.shape.length !== 3) {
      throw new ShapeError(
        'fold',
        `got ${formatShape(node.shape)}.`,
        'Expected [batch, positions, size · channels].',
      );
    }
    const elements = sizeOf(perSpatialAxis('fold', 'size', size, outputSize.length));
    const channels = depth / elements;
    if (!Number.isInteger(channels)) {
      throw new ShapeError('fold', `patches of ${depth} numbers do not hold whole channels of ${elements}.`);
    }
    const shape = [batch, ...outputSize, channels];
    const { window, lo, padded, positions } = patchesOf('fold', shape, size, 1, options);
    if (sizeOf(positions) !== count) {
      throw new ShapeError(
        'fold',
        `${count} positions were given; ${formatShape(outputSize)} has ${positions.join(' × ')} of them.`,
        'Give the size and options that unfold had.',
      );
    }
    const apart = build.reshape(node, [batch, ...positions, ...window.size, channels]);
    const windows = build.unpermute(apart, channelsLast(positions.length));
    const total = windowTranspose(windows, window, padded);
    return unpadded(total, { shape }, { lo });
  });
}
