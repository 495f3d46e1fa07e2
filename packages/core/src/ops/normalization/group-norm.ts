/**
 * Normalizations of every example by itself, over positions: channels are the last axis, alone or in groups.
 */
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import { extentAt, formatShape, range } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { floatingNode } from '../operand';
import { type AffineOptions, affine } from './affine';
import { requireEpsilon, standardizeNode } from './standardize';

export interface GroupNormOptions extends AffineOptions {
  /** Added to the variance. Default 1e-5, as in PyTorch; Keras has 1e-3. */
  readonly epsilon?: number;
}

/**
 * Group normalization (Wu, He 2018): the channels are cut into `groups` equal groups, and each group of each example
 * is brought to mean 0 and variance 1 over its channels and positions. Then `scale` and `offset` apply per channel.
 *
 * @param x      [batch, …positions, channels]; integers become float32
 * @param groups how many groups; 1 is a layer normalization over the whole example
 * @param options.scale  a number, or a tensor of shape [channels]
 * @param options.offset a number, or a tensor of shape [channels]
 * @returns a tensor of the shape of `x`
 * @throws {ShapeError} when `x` has fewer than 2 axes, or scale or offset are not [channels]
 * @throws {ArgumentError} when `groups` does not divide the channels, or epsilon is negative
 * @example
 * await groupNorm(tensor([[1, 3, 10, 30]]), 2, { epsilon: 0 }).array(); // [[-1, 1, -1, 1]]
 */
export function groupNorm(x: Tensor, groups: number, options: GroupNormOptions = {}): Tensor {
  const node = floatingNode('groupNorm', x);
  const { shape } = node;
  const last = shape.length - 1;
  if (last < 1) {
    throw new ShapeError(
      'groupNorm',
      `got ${formatShape(shape)}.`,
      'Expected [batch, …positions, channels].',
    );
  }
  const channels = extentAt(shape, last);
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new ArgumentError(
      'groupNorm',
      `${groups} groups do not divide the ${channels} channels of ${formatShape(shape)}.`,
    );
  }
  const epsilon = requireEpsilon('groupNorm', options.epsilon ?? 1e-5);
  const apart = build.reshape(node, [...shape.slice(0, -1), groups, channels / groups]);
  const normalized = standardizeNode(apart, [...range(last - 1, 1), last + 1], epsilon);
  return affine('groupNorm', x, build.reshape(normalized, shape), [last], options);
}

/**
 * Instance normalization (Ulyanov, Vedaldi, Lempitsky 2016): every channel of every example is brought to mean 0 and
 * variance 1 over its positions. Then `scale` and `offset` apply per channel.
 *
 * @param x [batch, …positions, channels]; integers become float32
 * @param options.scale  a number, or a tensor of shape [channels]
 * @param options.offset a number, or a tensor of shape [channels]
 * @returns a tensor of the shape of `x`
 * @throws {ShapeError} when `x` has fewer than 3 axes, or scale or offset are not [channels]
 * @throws {ArgumentError} when epsilon is negative
 * @example
 * await instanceNorm(tensor([[[1], [3]]]), { epsilon: 0 }).array(); // [[[-1], [1]]]
 */
export function instanceNorm(x: Tensor, options: GroupNormOptions = {}): Tensor {
  const node = floatingNode('instanceNorm', x);
  const last = node.shape.length - 1;
  if (last < 2) {
    throw new ShapeError(
      'instanceNorm',
      `got ${formatShape(node.shape)}, which has no positions.`,
      'Expected [batch, …positions, channels].',
    );
  }
  const epsilon = requireEpsilon('instanceNorm', options.epsilon ?? 1e-5);
  return affine('instanceNorm', x, standardizeNode(node, range(last - 1, 1), epsilon), [last], options);
}
