/**
 * Noise as a regularizer: relatives of dropout.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { uniformNode } from '../random/bits';
import { draw, type RandomOptions } from '../random/distributions';
import { standardNormalNode } from '../random/normal';
import { NOT_NEGATIVE, requireNumber } from '../random/parameters';
import { broadcastsTo } from '../shape/broadcast';
import { formatShape, type Shape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { floatingNode, numberNode, tensorFrom } from './operand';

function requireRate(where: string, rate: number): number {
  if (rate >= 0 && rate < 1) return rate;
  throw new ArgumentError(where, `rate ${rate} is outside [0, 1).`);
}

/** true with probability 1 - rate. */
const keptNode = (where: string, rate: number, shape: Shape, options: RandomOptions): Node =>
  build.lessEqual(numberNode(rate, 'float32'), uniformNode(draw(where, shape, options), shape));

/** Standard normal numbers shaped and typed as `x`. */
const normalNode = (where: string, x: Node, options: RandomOptions): Node =>
  standardNormalNode(where, draw(where, x.shape, options), x.shape, x.dtype);

/**
 * Dropout whose mask has a shape of its own: along axes where it has extent 1, everything is dropped or kept together.
 *
 * @param x         any shape; integers become float32
 * @param rate      probability of being dropped, in [0, 1); what is kept is multiplied by 1 / (1 - rate)
 * @param maskShape a shape that broadcasts to that of `x`
 * @throws {ArgumentError} when the rate is outside [0, 1)
 * @throws {ShapeError} when the mask does not broadcast to `x`
 * @example
 * const y = dropoutWithShape(ones([4, 3]), 0.5, [4, 1]); // whole rows of 0 or 2
 */
export function dropoutWithShape(
  x: Tensor,
  rate: number,
  maskShape: Shape,
  options: RandomOptions = {},
): Tensor {
  return maskedTogether('dropoutWithShape', x, rate, maskShape, options);
}

function maskedTogether(
  where: string,
  x: Tensor,
  rate: number,
  maskShape: Shape,
  options: RandomOptions,
): Tensor {
  requireRate(where, rate);
  const node = floatingNode(where, x);
  if (!broadcastsTo(maskShape, node.shape)) {
    throw new ShapeError(
      where,
      `a mask ${formatShape(maskShape)} does not broadcast to ${formatShape(node.shape)}.`,
      'Its extents must be those of x, or 1.',
    );
  }
  if (rate === 0) return tensorFrom(where, node, [x]);
  const scaled = build.mul(node, numberNode(1 / (1 - rate), node.dtype));
  return tensorFrom(where, build.where(keptNode(where, rate, maskShape, options), scaled, 0), [x]);
}

/**
 * Dropout of whole channels (Tompson et al. 2015): neighbouring positions are alike, so that dropping single ones would
 * hide little.
 *
 * @param x    [batch, …positions, channels]; integers become float32
 * @param rate probability of a channel of an example being dropped, in [0, 1)
 * @throws {ArgumentError} when the rate is outside [0, 1)
 * @throws {ShapeError} when `x` has fewer than 3 axes
 * @example
 * const y = spatialDropout(ones([2, 5, 5, 8]), 0.25);
 */
export function spatialDropout(x: Tensor, rate: number, options: RandomOptions = {}): Tensor {
  if (x.rank < 3) {
    throw new ShapeError(
      'spatialDropout',
      `got ${formatShape(x.shape)}.`,
      'Expected [batch, …positions, channels].',
    );
  }
  const maskShape = x.shape.map((extent, axis) => (axis === 0 || axis === x.rank - 1 ? extent : 1));
  return maskedTogether('spatialDropout', x, rate, maskShape, options);
}

/** -scale · alpha of SELU: what it tends to at minus infinity. */
const SELU_FLOOR = -1.7580993408473766;

/**
 * Dropout for networks of SELUs (Klambauer et al. 2017): drops to what SELU tends to at minus infinity, and scales and
 * moves everything so that mean 0 and variance 1 stay.
 *
 * @param x    any shape; integers become float32
 * @param rate probability of being dropped, in [0, 1)
 * @throws {ArgumentError} when the rate is outside [0, 1)
 * @example
 * const y = alphaDropout(randomNormal([100]), 0.1);
 */
export function alphaDropout(x: Tensor, rate: number, options: RandomOptions = {}): Tensor {
  requireRate('alphaDropout', rate);
  const node = floatingNode('alphaDropout', x);
  if (rate === 0) return tensorFrom('alphaDropout', node, [x]);
  const factor = 1 / Math.sqrt((1 - rate) * (1 + rate * SELU_FLOOR * SELU_FLOOR));
  const kept = keptNode('alphaDropout', rate, node.shape, options);
  const scaled = build.mul(build.where(kept, node, SELU_FLOOR), numberNode(factor, node.dtype));
  const moved = build.add(scaled, numberNode(-factor * rate * SELU_FLOOR, node.dtype));
  return tensorFrom('alphaDropout', moved, [x]);
}

/**
 * Multiplies by normally distributed numbers with mean 1 and variance rate / (1 - rate), those of dropout.
 *
 * @param x    any shape; integers become float32
 * @param rate the rate of dropout that has this variance, in [0, 1)
 * @throws {ArgumentError} when the rate is outside [0, 1)
 * @example
 * const y = gaussianDropout(ones([100]), 0.2);
 */
export function gaussianDropout(x: Tensor, rate: number, options: RandomOptions = {}): Tensor {
  requireRate('gaussianDropout', rate);
  const node = floatingNode('gaussianDropout', x);
  if (rate === 0) return tensorFrom('gaussianDropout', node, [x]);
  const spread = numberNode(Math.sqrt(rate / (1 - rate)), node.dtype);
  const factor = build.add(build.mul(normalNode('gaussianDropout', node, options), spread), 1);
  return tensorFrom('gaussianDropout', build.mul(node, factor), [x]);
}

/**
 * Adds normally distributed numbers with mean 0.
 *
 * @param x   any shape; integers become float32
 * @param std their standard deviation, at least 0
 * @throws {ArgumentError} when the deviation is negative
 * @example
 * const y = gaussianNoise(zeros([100]), 0.1);
 */
export function gaussianNoise(x: Tensor, std: number, options: RandomOptions = {}): Tensor {
  requireNumber('gaussianNoise', 'std', std, NOT_NEGATIVE);
  const node = floatingNode('gaussianNoise', x);
  const noise = build.mul(normalNode('gaussianNoise', node, options), numberNode(std, node.dtype));
  return tensorFrom('gaussianNoise', build.add(node, noise), [x]);
}
