/**
 * Convolution over any number of spatial axes: cross-correlation, as everywhere in deep learning.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import { extentAt, formatShape, range } from '../shape/shape';
import { type Padding, perSpatialAxis, resolvePadding } from '../shape/spatial';
import type { Tensor } from '../tensor';
import { type DataFormat, inFormat } from './data-format';
import { lift2, widenedNode } from './operand';

export interface ConvOptions {
  /** Distance between positions of the kernel, for all spatial axes or each. Default 1. */
  readonly strides?: number | readonly number[];
  /** 'valid' (default): none; 'same': so much that the result has ⌈extent / stride⌉ positions; or explicit. */
  readonly padding?: Padding;
  /** Distance between the elements of the kernel, for all spatial axes or each. Default 1. */
  readonly dilation?: number | readonly number[];
  /** Splits channels and filters into independent groups. Default 1. */
  readonly groups?: number;
  /** Where the input and the result have their channels; kernels are the same. Default 'channelsLast'. */
  readonly dataFormat?: DataFormat;
}

/**
 * Convolution over the axes between the first and the last.
 *
 * @param x      [batch, …spatial, channels]
 * @param kernel [...spatial, channels / groups, filters]
 * @returns [batch, …positions, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit the spatial axes
 * @example
 * conv(zeros([8, 100, 3]), zeros([5, 3, 16]), { strides: 2 }).shape; // [8, 48, 16]
 */
export const conv = (x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor =>
  convolve('conv', x, kernel, options);

/**
 * Convolution of images.
 *
 * @param x      [batch, height, width, channels]
 * @param kernel [height, width, channels / groups, filters]
 * @returns [batch, rows, columns, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or padding do not fit
 * @example
 * conv2d(zeros([32, 28, 28, 1]), zeros([3, 3, 1, 32]), { padding: 'same' }).shape; // [32, 28, 28, 32]
 */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  if (x.rank !== 4 || kernel.rank !== 4) {
    throw new ShapeError(
      'conv2d',
      `got input ${formatShape(x.shape)} and kernel ${formatShape(kernel.shape)}.`,
      'Expected [batch, height, width, channels] and [height, width, channels / groups, filters].',
      ...(x.rank === 3 ? ['For one image, add a batch axis: x.expandDims(0).'] : []),
    );
  }
  return convolve('conv2d', x, kernel, options);
}

/** Convolution in either format; `where` is the name that errors start with. */
export const convolve = (where: string, x: Tensor, kernel: Tensor, options: ConvOptions): Tensor =>
  inFormat(where, options.dataFormat ?? 'channelsLast', x, (images) =>
    convolveLast(where, images, kernel, options),
  );

function convolveLast(where: string, x: Tensor, kernel: Tensor, options: ConvOptions): Tensor {
  const spatial = Math.max(0, x.rank - 2);
  if (x.rank < 3 || kernel.rank !== x.rank) {
    throw new ShapeError(
      where,
      `input ${formatShape(x.shape)} and kernel ${formatShape(kernel.shape)} must have the same rank of at least 3.`,
      'Expected [batch, …spatial, channels] and [...spatial, channels / groups, filters].',
    );
  }
  const { groups = 1 } = options;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError(where, `groups ${groups} is not a whole number of at least 1.`);
  }
  requireChannels(where, x, kernel, groups, options.dataFormat === 'channelsFirst');
  const stride = perSpatialAxis(where, 'strides', options.strides ?? 1, spatial);
  const dilation = perSpatialAxis(where, 'dilation', options.dilation ?? 1, spatial);
  const extents = range(spatial).map((i) => extentAt(x.shape, i + 1));
  const spans = range(spatial).map((i) =>
    build.dilatedExtent(extentAt(kernel.shape, i), extentAt(dilation, i)),
  );
  const padding = resolvePadding(where, options.padding ?? 'valid', extents, spans, stride);
  return lift2(where, x, kernel, (input, weights) =>
    build.conv(widenedNode(input), widenedNode(weights), {
      stride,
      padding,
      inputDilation: stride.map(() => 1),
      kernelDilation: dilation,
      groups,
    }),
  );
}

function requireChannels(where: string, x: Tensor, kernel: Tensor, groups: number, wasFirst: boolean): void {
  const channels = extentAt(x.shape, x.rank - 1);
  const taken = extentAt(kernel.shape, x.rank - 2) * groups;
  const filters = extentAt(kernel.shape, x.rank - 1);
  if (channels === taken && filters % groups === 0) return;
  const advice: string[] = [];
  if (channels === taken) advice.push(`groups ${groups} must divide the ${filters} filters.`);
  else if (!wasFirst && extentAt(x.shape, 1) === taken) {
    advice.push("The input looks channels-first: say so with dataFormat: 'channelsFirst'.");
  } else advice.push('The kernel is [...spatial, channels / groups, filters].');
  if (wasFirst)
    advice.push("With dataFormat: 'channelsFirst' the input is shown after its channels moved to the end.");
  throw new ShapeError(
    where,
    `channels do not fit: input ${formatShape(x.shape)} has ${channels}, kernel ${formatShape(kernel.shape)} ` +
      `takes ${taken}${groups === 1 ? '' : ` in ${groups} groups`}.`,
    ...advice,
  );
}
