/**
 * Local response normalization: every channel is divided by a power of the energy of its neighbours (Krizhevsky,
 * Sutskever and Hinton 2012, "ImageNet classification with deep convolutional neural networks", section 3.3).
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import { formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { type DataFormat, inFormat } from './data-format';
import { floatingNode, numberNode, tensorFrom } from './operand';
import { powerNode } from './power';

export interface LocalResponseNormalizationOptions {
  /** Neighbours on each side; 2 · depthRadius + 1 channels are summed. Default 5. */
  readonly depthRadius?: number;
  /** Added to the sum. Default 1. */
  readonly bias?: number;
  /** Factor of the sum of squares. Default 1. */
  readonly alpha?: number;
  /** Exponent of the divisor. Default 0.5. */
  readonly beta?: number;
  /** Where the input has its channels. Default 'channelsLast'. */
  readonly dataFormat?: DataFormat;
}

/**
 * x / (bias + alpha · Σ x²)^beta, summed over the channels up to `depthRadius` away.
 *
 * @param x [batch, …spatial, channels], or channels second with `dataFormat: 'channelsFirst'`; integers become float32
 * @returns a tensor of the shape of `x`
 * @throws {ShapeError} when `x` has no channels axis beside a batch axis
 * @throws {ArgumentError} when `depthRadius` is not a whole number of at least 0
 * @example
 * await localResponseNormalization(tensor([[3, 4]]), { bias: 0 }).data(); // Float32Array [0.6, 0.8]
 */
export function localResponseNormalization(
  x: Tensor,
  {
    depthRadius = 5,
    bias = 1,
    alpha = 1,
    beta = 0.5,
    dataFormat = 'channelsLast',
  }: LocalResponseNormalizationOptions = {},
): Tensor {
  const where = 'localResponseNormalization';
  if (!Number.isInteger(depthRadius) || depthRadius < 0) {
    throw new ArgumentError(where, `depthRadius ${depthRadius} is not a whole number of at least 0.`);
  }
  if (x.rank < 2) {
    throw new ShapeError(where, `got ${formatShape(x.shape)}.`, 'Expected [batch, …spatial, channels].');
  }
  return inFormat(where, dataFormat, x, (images) => {
    const node = floatingNode(where, images);
    const last = node.shape.length - 1;
    const around = node.shape.map((_, axis) => (axis === last ? depthRadius : 0));
    const padded = build.pad(build.mul(node, node), build.constant(0, node.dtype), {
      lo: around,
      hi: around,
      interior: around.map(() => 0),
    });
    const window = { axes: [last], size: [2 * depthRadius + 1], stride: [1], dilation: [1] };
    const energy = build.sum(build.slidingWindow(padded, window), [last + 1]);
    const scaled = build.mul(energy, numberNode(alpha, node.dtype));
    const divisor = build.add(scaled, numberNode(bias, node.dtype));
    const factor = beta === 0.5 ? build.unary('rsqrt', divisor) : powerNode(divisor, -beta);
    return tensorFrom(where, build.mul(node, factor), [images]);
  });
}
