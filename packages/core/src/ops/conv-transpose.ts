/**
 * Transposed convolution: what a convolution does to its input's gradient, as an operation of its own. Every element of
 * the input adds a copy of the kernel, scaled by it, to the result, `strides` apart.
 *
 * It is one `conv` node: the input with zeros between its elements, and the kernel turned around with its channel axes
 * exchanged. Extents and padding follow Keras: with span = (kernel - 1) · dilation + 1,
 *
 *   valid:  (extent - 1) · stride + span + outputPadding;  without one, extent · stride + max(0, span - stride)
 *   same:   (extent - 1) · stride + span mod 2 + outputPadding;  without one, extent · stride
 *   [lo, hi]: (extent - 1) · stride + span - lo - hi + outputPadding, as in PyTorch
 */
import { exchangeChannels } from '../autograd/rules/contraction';
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import { extentAt, formatShape, range } from '../shape/shape';
import { type Padding, type PaddingPair, perSpatialAxis, resolvePadding } from '../shape/spatial';
import type { Tensor } from '../tensor';
import type { ConvOptions } from './conv';
import { requireSpatial } from './convolution';
import { inFormat } from './data-format';
import { lift2, widenedNode } from './operand';

export interface ConvTransposeOptions extends ConvOptions {
  /** 'valid' (default), 'same', or how much is cut off the full result, explicitly. */
  readonly padding?: Padding;
  /** Elements added at the end of each spatial axis, fewer than the stride. The default is in the formulas above. */
  readonly outputPadding?: number | readonly number[];
}

/** Elements around the dilated input of one axis. */
function aroundInput(
  padding: Padding,
  [lo, hi]: PaddingPair,
  span: number,
  stride: number,
  outputPadding: number | undefined,
): PaddingPair {
  if (padding === 'same') {
    const total = outputPadding === undefined ? stride + span - 2 : span + (span % 2) - 2 + outputPadding;
    const before = Math.min(Math.ceil(total / 2), span - 1);
    return [before, total - before];
  }
  const added = outputPadding ?? (padding === 'valid' ? Math.max(span, stride) - span : 0);
  return [span - 1 - lo, span - 1 - hi + added];
}

function outputPaddings(
  where: string,
  given: number | readonly number[] | undefined,
  stride: readonly number[],
): readonly (number | undefined)[] {
  if (given === undefined) return stride.map(() => undefined);
  const list = typeof given === 'number' ? stride.map(() => given) : given;
  const fits =
    list.length === stride.length &&
    list.every((n, i) => Number.isInteger(n) && n >= 0 && n < extentAt(stride, i));
  if (fits) return list;
  throw new ArgumentError(
    where,
    `outputPadding ${JSON.stringify(given)} does not fit strides ${formatShape(stride)}.`,
    'Give a whole number from 0 to below the stride, or one per spatial axis.',
  );
}

function transposed(where: string, x: Tensor, kernel: Tensor, options: ConvTransposeOptions): Tensor {
  return inFormat(where, options.dataFormat ?? 'channelsLast', x, (images) =>
    transposedLast(where, images, kernel, options),
  );
}

function transposedLast(where: string, x: Tensor, kernel: Tensor, options: ConvTransposeOptions): Tensor {
  const spatial = x.rank - 2;
  const { padding = 'valid', groups = 1 } = options;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError(where, `groups ${groups} is not a whole number of at least 1.`);
  }
  const channels = extentAt(kernel.shape, spatial + 1);
  if (x.shape.at(-1) !== channels || channels % groups !== 0) {
    throw new ShapeError(
      where,
      `input ${formatShape(x.shape)} has ${x.shape.at(-1)} channels, kernel ${formatShape(kernel.shape)} takes ${channels}` +
        `${groups === 1 ? '' : ` in ${groups} groups`}.`,
      'The kernel of a transposed convolution is [...spatial, filters / groups, channels].',
    );
  }
  const stride = perSpatialAxis(where, 'strides', options.strides ?? 1, spatial);
  const dilation = perSpatialAxis(where, 'dilation', options.dilation ?? 1, spatial);
  const added = outputPaddings(where, options.outputPadding, stride);
  const spans = dilation.map((step, i) => build.dilatedExtent(extentAt(kernel.shape, i), step));
  const empty = range(spatial).find((i) => extentAt(kernel.shape, i) === 0);
  if (empty !== undefined) {
    throw new ShapeError(where, `axis ${empty} of kernel ${formatShape(kernel.shape)} is empty.`);
  }
  const cut = resolvePadding(
    where,
    padding === 'same' ? 'valid' : padding,
    x.shape.slice(1, -1),
    spans,
    stride,
  );
  const around = cut.map((pair, i) =>
    aroundInput(padding, pair, extentAt(spans, i), extentAt(stride, i), added[i]),
  );
  return lift2(where, x, kernel, (input, weights) =>
    build.conv(
      widenedNode(input),
      exchangeChannels(build.flip(widenedNode(weights), range(spatial)), groups),
      {
        stride: stride.map(() => 1),
        padding: around,
        inputDilation: stride,
        kernelDilation: dilation,
        groups,
      },
    ),
  );
}

/**
 * Transposed convolution over any number of spatial axes: the gradient of a convolution with this kernel.
 *
 * @param x      [batch, …spatial, channels]
 * @param kernel [...spatial, filters / groups, channels], as in Keras: that of the convolution which it transposes
 * @returns [batch, …positions, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or paddings do not fit
 * @example
 * convTranspose(zeros([8, 50, 16]), zeros([5, 3, 16]), { strides: 2, padding: 'same' }).shape; // [8, 100, 3]
 */
export function convTranspose(x: Tensor, kernel: Tensor, options: ConvTransposeOptions = {}): Tensor {
  requireSpatial('convTranspose', x, kernel, Math.max(1, x.rank - 2), 'filters / groups, channels');
  return transposed('convTranspose', x, kernel, options);
}

/**
 * Transposed convolution of sequences.
 *
 * @param x      [batch, steps, channels]
 * @param kernel [steps, filters / groups, channels]
 * @returns [batch, positions, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or paddings do not fit
 * @example
 * conv1dTranspose(zeros([8, 50, 16]), zeros([4, 3, 16]), { strides: 2 }).shape; // [8, 102, 3]
 */
export function conv1dTranspose(x: Tensor, kernel: Tensor, options: ConvTransposeOptions = {}): Tensor {
  requireSpatial('conv1dTranspose', x, kernel, 1, 'filters / groups, channels');
  return transposed('conv1dTranspose', x, kernel, options);
}

/**
 * Transposed convolution of images.
 *
 * @param x      [batch, height, width, channels]
 * @param kernel [height, width, filters / groups, channels]
 * @returns [batch, rows, columns, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or paddings do not fit
 * @example
 * conv2dTranspose(zeros([2, 7, 7, 8]), zeros([3, 3, 4, 8]), { strides: 2, padding: 'same' }).shape; // [2, 14, 14, 4]
 */
export function conv2dTranspose(x: Tensor, kernel: Tensor, options: ConvTransposeOptions = {}): Tensor {
  requireSpatial('conv2dTranspose', x, kernel, 2, 'filters / groups, channels');
  return transposed('conv2dTranspose', x, kernel, options);
}

/**
 * Transposed convolution of volumes.
 *
 * @param x      [batch, depth, height, width, channels]
 * @param kernel [depth, height, width, filters / groups, channels]
 * @returns [batch, planes, rows, columns, filters]; integers are multiplied in int32
 * @throws {ShapeError} when ranks or channels do not fit
 * @throws {ArgumentError} when strides, dilation or paddings do not fit
 * @example
 * conv3dTranspose(zeros([1, 2, 3, 3, 4]), zeros([2, 2, 2, 1, 4]), { strides: 2 }).shape; // [1, 4, 6, 6, 1]
 */
export function conv3dTranspose(x: Tensor, kernel: Tensor, options: ConvTransposeOptions = {}): Tensor {
  requireSpatial('conv3dTranspose', x, kernel, 3, 'filters / groups, channels');
  return transposed('conv3dTranspose', x, kernel, options);
}
