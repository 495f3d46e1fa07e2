/**
 * Resizing: every spatial axis by itself, since all methods are products of one kernel per axis.
 */
import { ArgumentError, ShapeError } from '../../errors';
import type { Node } from '../../graph/node';
import { extentAt, formatShape, range } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { floatingNode, operandNode, tensorFrom } from '../operand';
import { requireSize } from './images';
import { repeatAxis, resampleAxis } from './resample';
import { isLanczos, type Resampling, type ResizeMethod, resizeTaps } from './taps';

export interface ResizeOptions {
  /** How pixels between pixels are made. Default 'bilinear'. */
  readonly method?: ResizeMethod;
  /** Puts the first and last pixels of both images onto each other. Default false. */
  readonly alignCorners?: boolean;
  /**
   * Takes pixels as squares with their center at 0.5: those of PyTorch with `align_corners=False`, TensorFlow 2 and
   * Keras; `false` is TensorFlow 1, and for 'nearest' also PyTorch, whose 'nearest-exact' is `true`. Default: true,
   * unless corners are aligned.
   */
  readonly halfPixelCenters?: boolean;
  /** Averages over all pixels that become one when an image shrinks. Default false. */
  readonly antialias?: boolean;
}

const METHODS: readonly ResizeMethod[] = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'];

function resamplingOf(where: string, options: ResizeOptions): Resampling {
  const { method = 'bilinear', alignCorners = false, antialias = false } = options;
  const { halfPixelCenters = !alignCorners } = options;
  if (!METHODS.includes(method)) {
    throw new ArgumentError(where, `method '${method}' is unknown.`, `Use one of '${METHODS.join("', '")}'.`);
  }
  if (alignCorners && halfPixelCenters) {
    throw new ArgumentError(where, 'alignCorners and halfPixelCenters exclude each other.');
  }
  if (isLanczos(method) && !halfPixelCenters) {
    throw new ArgumentError(where, `method '${method}' goes with half-pixel centers only.`);
  }
  if (antialias && (method === 'nearest' || !halfPixelCenters)) {
    throw new ArgumentError(
      where,
      `antialias does not go with ${method === 'nearest' ? "method 'nearest'" : 'these pixel centers'}.`,
      "Use it with 'bilinear', 'bicubic' or lanczos, and with halfPixelCenters.",
    );
  }
  return { method, alignCorners, halfPixelCenters, antialias };
}

/** Checks that the last axis is that of channels and `size` reaches the axes before it; returns the first of these. */
function firstSpatialAxis(where: string, x: Node, size: readonly number[]): number {
  const first = x.shape.length - 1 - size.length;
  if (size.length === 0 || first < 0 || first > 1) {
    throw new ShapeError(
      where,
      `got ${formatShape(x.shape)} and ${size.length} spatial extents, ${formatShape(size)}.`,
      'Expected [batch, …spatial, channels] or [...spatial, channels].',
    );
  }
  return first;
}

/**
 * Resizes images, or signals and volumes: any number of spatial axes.
 *
 * 'nearest' keeps the dtype; for the others integers become float32. 'bicubic' uses Keys' kernel with a slope of -0.75
 * (with `antialias` -0.5), as PyTorch does, and may overshoot, as do 'lanczos3' and 'lanczos5', which weight 6 and 10
 * pixels of an axis, as TensorFlow and JAX do. Gradients of any order are available.
 *
 * @param x    [batch, height, width, channels], or without the batch axis
 * @param size the new extents of the spatial axes, such as [height, width]
 * @returns `x` with its spatial extents replaced
 * @throws {ShapeError} when `size` does not fit the rank, or `x` has no pixels
 * @throws {ArgumentError} when extents are not whole numbers of at least 1, or options contradict each other
 * @example
 * const image = tensor([[[0], [1]]]);
 * await resize(image, [1, 4]).data(); // Float32Array [0, 0.25, 0.75, 1]
 * await resize(image, [1, 4], { method: 'nearest' }).data(); // Float32Array [0, 0, 1, 1]
 * await resize(image, [1, 3], { alignCorners: true }).data(); // Float32Array [0, 0.5, 1]
 */
export function resize(x: Tensor, size: readonly number[], options: ResizeOptions = {}): Tensor {
  const resampling = resamplingOf('resize', options);
  requireSize('resize', size);
  const given = resampling.method === 'nearest' ? operandNode('resize', x) : floatingNode('resize', x);
  const first = firstSpatialAxis('resize', given, size);
  // Axes that shrink come first: less is left for the others.
  const growth = (axis: number): number => extentAt(size, axis) / extentAt(given.shape, first + axis);
  const axes = range(size.length).sort((a, b) => growth(a) - growth(b));
  let node = given;
  for (const axis of axes) {
    const [from, to] = [extentAt(node.shape, first + axis), extentAt(size, axis)];
    if (from === 0) throw new ShapeError('resize', `${formatShape(x.shape)} has no pixels.`);
    if (from !== to) node = resampleAxis(node, first + axis, resizeTaps(from, to, resampling));
  }
  return tensorFrom('resize', node, [x]);
}

/**
 * Repeats every pixel a whole number of times along the spatial axes: a view, which `resize` with 'nearest' computes
 * for other factors.
 *
 * @param x    [batch, …spatial, channels]
 * @param size how often to repeat, for all spatial axes or each
 * @returns `x` with its spatial extents multiplied
 * @throws {ShapeError} when `x` has no spatial axes
 * @throws {ArgumentError} when a factor is not a whole number of at least 1, or there are too many
 * @example
 * upSampling(zeros([8, 4, 5, 3]), 2).shape; // [8, 8, 10, 3]
 */
export function upSampling(x: Tensor, size: number | readonly number[]): Tensor {
  const spatial = x.rank - 2;
  if (spatial < 1) {
    throw new ShapeError(
      'upSampling',
      `got ${formatShape(x.shape)}.`,
      'Expected [batch, …spatial, channels].',
    );
  }
  const factors = typeof size === 'number' ? range(spatial).map(() => size) : size;
  if (factors.length !== spatial || factors.some((factor) => !Number.isSafeInteger(factor) || factor < 1)) {
    throw new ArgumentError(
      'upSampling',
      `size ${JSON.stringify(size)} must be a whole number of at least 1, or ${spatial} of them.`,
    );
  }
  const node = factors.reduce(
    (result, factor, axis) => (factor === 1 ? result : repeatAxis(result, axis + 1, factor)),
    operandNode('upSampling', x),
  );
  return tensorFrom('upSampling', node, [x]);
}
