/**
 * Convolutions with a number of axes or a structure of their own: of sequences and volumes, of every channel apart,
 * and of every channel apart followed by a mixture of the channels.
 */
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import { extentAt, formatShape } from '../shape/shape';
import { type Padding, perSpatialAxis } from '../shape/spatial';
import type { Tensor } from '../tensor';
import { type ConvOptions, convolve } from './conv';
import { reshape } from './movement';

/** What the axes of images of a rank are called, in messages. */
const AXES: Readonly<Record<number, string>> = {
  1: 'steps',
  2: 'height, width',
  3: 'depth, height, width',
};

/** Checks the ranks of images and of a kernel with `spatial` spatial axes. */
export function requireSpatial(
  where: string,
  x: Tensor,
  kernel: Tensor,
  spatial: number,
  channels: string,
): void {
  if (x.rank === spatial + 2 && kernel.rank === spatial + 2) return;
  const axes = AXES[spatial] ?? '…spatial';
  throw new ShapeError(
    where,
    `got input ${formatShape(x.shape)} and kernel ${formatShape(kernel.shape)}.`,
    `Expected [batch, ${axes}, channels] and [${axes}, ${channels}].`,
    ...(x.rank === spatial + 1 ? ['A batch of one needs its axis: x.expandDims(0).'] : []),
  );
}

export interface Conv1dOptions extends Omit<ConvOptions, 'padding'> {
  /** As elsewhere, or 'causal': padded in front, so that no step sees a later one. Default 'valid'. */
  readonly padding?: Padding | 'causal';
}

/** 'causal' as numbers: all that a kernel reaches back, in front. */
function causalPadding(where: string, kernel: Tensor, options: Conv1dOptions): Padding {
  if (options.padding !== 'causal') return options.padding ?? 'valid';
  const [dilation = 1] = perSpatialAxis(where, 'dilation', options.dilation ?? 1, 1);
  return [[Math.max(0, build.dilatedExtent(extentAt(kernel.shape, 0), dilation) - 1), 0]];
}

/**
 * Convolution of sequences.
 *
 * @param x      [batch, steps, channels], or [batch, channels, steps] with `dataFormat: 'channelsFirst'`
 * @param kernel [steps, channels / groups, filters]
 * @returns [batch, positions, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit
 * @example
 * conv1d(zeros([8, 100, 3]), zeros([5, 3, 16]), { padding: 'causal' }).shape; // [8, 100, 16]
 */
export function conv1d(x: Tensor, kernel: Tensor, options: Conv1dOptions = {}): Tensor {
  requireSpatial('conv1d', x, kernel, 1, 'channels / groups, filters');
  return convolve('conv1d', x, kernel, { ...options, padding: causalPadding('conv1d', kernel, options) });
}

/**
 * Convolution of volumes.
 *
 * @param x      [batch, depth, height, width, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param kernel [depth, height, width, channels / groups, filters]
 * @returns [batch, planes, rows, columns, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit
 * @example
 * conv3d(zeros([2, 8, 16, 16, 1]), zeros([3, 3, 3, 1, 4]), { strides: 2 }).shape; // [2, 3, 7, 7, 4]
 */
export function conv3d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  requireSpatial('conv3d', x, kernel, 3, 'channels / groups, filters');
  return convolve('conv3d', x, kernel, options);
}

/** Options of convolutions whose groups are the channels. */
export type DepthwiseConvOptions = Omit<ConvOptions, 'groups'>;
/** Options of `conv1d` but for groups, of which there is one for each channel. */
export type DepthwiseConv1dOptions = Omit<Conv1dOptions, 'groups'>;

/** Each channel is a group with `multiplier` filters; the kernel's last two axes are the filters, channel by channel. */
function depthwise(where: string, x: Tensor, kernel: Tensor, options: ConvOptions): Tensor {
  const spatial = x.rank - 2;
  requireSpatial(where, x, kernel, spatial, 'channels, multiplier');
  const channels = extentAt(kernel.shape, spatial);
  const found = extentAt(x.shape, options.dataFormat === 'channelsFirst' ? 1 : x.rank - 1);
  if (channels !== found || channels === 0) {
    throw new ShapeError(
      where,
      `input ${formatShape(x.shape)} has ${found} channels, kernel ${formatShape(kernel.shape)} is for ${channels}.`,
      'The kernel is [...spatial, channels, multiplier].',
    );
  }
  const filters = channels * extentAt(kernel.shape, spatial + 1);
  const grouped = reshape(kernel, [...kernel.shape.slice(0, spatial), 1, filters]);
  return convolve(where, x, grouped, { ...options, groups: channels });
}

/**
 * Convolution of every channel of sequences on its own.
 *
 * @param x      [batch, steps, channels]
 * @param kernel [steps, channels, multiplier]
 * @returns [batch, positions, channels · multiplier], the results of the first channel, then those of the second, …
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit
 * @example
 * depthwiseConv1d(zeros([8, 100, 3]), zeros([5, 3, 2])).shape; // [8, 96, 6]
 */
export function depthwiseConv1d(x: Tensor, kernel: Tensor, options: DepthwiseConv1dOptions = {}): Tensor {
  const where = 'depthwiseConv1d';
  requireSpatial(where, x, kernel, 1, 'channels, multiplier');
  return depthwise(where, x, kernel, { ...options, padding: causalPadding(where, kernel, options) });
}

/**
 * Convolution of every channel of images on its own.
 *
 * @param x      [batch, height, width, channels]
 * @param kernel [height, width, channels, multiplier]
 * @returns [batch, rows, columns, channels · multiplier], the results of the first channel, then those of the second, …
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit
 * @example
 * depthwiseConv2d(zeros([8, 28, 28, 3]), zeros([3, 3, 3, 2]), { padding: 'same' }).shape; // [8, 28, 28, 6]
 */
export function depthwiseConv2d(x: Tensor, kernel: Tensor, options: DepthwiseConvOptions = {}): Tensor {
  requireSpatial('depthwiseConv2d', x, kernel, 2, 'channels, multiplier');
  return depthwise('depthwiseConv2d', x, kernel, options);
}

/** A depthwise convolution, then a mixture of its channels. */
function separable(
  where: string,
  x: Tensor,
  depthwiseKernel: Tensor,
  pointwiseKernel: Tensor,
  options: ConvOptions,
): Tensor {
  const spatial = x.rank - 2;
  const { shape } = pointwiseKernel;
  const mixed = extentAt(depthwiseKernel.shape, spatial) * extentAt(depthwiseKernel.shape, spatial + 1);
  if (shape.length !== x.rank || shape.slice(0, -2).some((n) => n !== 1) || shape.at(-2) !== mixed) {
    throw new ShapeError(
      where,
      `the pointwise kernel has shape ${formatShape(shape)}.`,
      `Expected [${'1, '.repeat(spatial)}${mixed}, filters], since the depthwise convolution gives ${mixed} channels.`,
    );
  }
  const { dataFormat } = options;
  return convolve(where, depthwise(where, x, depthwiseKernel, options), pointwiseKernel, { dataFormat });
}

/**
 * Depthwise convolution of sequences, then a mixture of its channels at every position.
 *
 * @param x               [batch, steps, channels]
 * @param depthwiseKernel [steps, channels, multiplier]
 * @param pointwiseKernel [1, channels · multiplier, filters]
 * @returns [batch, positions, filters]
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit
 * @example
 * separableConv1d(zeros([8, 100, 3]), zeros([5, 3, 2]), zeros([1, 6, 16])).shape; // [8, 96, 16]
 */
export function separableConv1d(
  x: Tensor,
  depthwiseKernel: Tensor,
  pointwiseKernel: Tensor,
  options: DepthwiseConv1dOptions = {},
): Tensor {
  const where = 'separableConv1d';
  requireSpatial(where, x, depthwiseKernel, 1, 'channels, multiplier');
  const padding = causalPadding(where, depthwiseKernel, options);
  return separable(where, x, depthwiseKernel, pointwiseKernel, { ...options, padding });
}

/**
 * Depthwise convolution of images, then a mixture of its channels at every position.
 *
 * @param x               [batch, height, width, channels]
 * @param depthwiseKernel [height, width, channels, multiplier]
 * @param pointwiseKernel [1, 1, channels · multiplier, filters]
 * @returns [batch, rows, columns, filters]
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit
 * @example
 * separableConv2d(zeros([8, 28, 28, 3]), zeros([3, 3, 3, 2]), zeros([1, 1, 6, 16])).shape; // [8, 26, 26, 16]
 */
export function separableConv2d(
  x: Tensor,
  depthwiseKernel: Tensor,
  pointwiseKernel: Tensor,
  options: DepthwiseConvOptions = {},
): Tensor {
  requireSpatial('separableConv2d', x, depthwiseKernel, 2, 'channels, multiplier');
  return separable('separableConv2d', x, depthwiseKernel, pointwiseKernel, options);
}
