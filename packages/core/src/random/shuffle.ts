/**
 * Orders and choices drawn on the device. An order is what sorts random bits: all orders are equally likely, but for
 * equal bits, which stay in place; among a million elements some hundred pairs have them.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { floatingNode, operandNode, type TensorLike, tensorFrom } from '../ops/operand';
import { argsortNode } from '../ops/sorting/argsort';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape, type Shape, sizeOf } from '../shape/shape';
import { Tensor } from '../tensor';
import { randomBitsNode } from './bits';
import { randomCategorical } from './categorical';
import { gumbelNode } from './continuous';
import { draw, type RandomOptions, randomInt } from './distributions';

const orderNode = (where: string, length: number, options: RandomOptions): Node =>
  argsortNode(randomBitsNode(draw(where, [length], options), [length]), 0, false);

/**
 * The numbers 0 … length - 1 in random order, drawn on the device (`permutation` makes one on the host). int32.
 *
 * @throws {ShapeError} when the length is not a whole number of at least 0
 * @example
 * const order = randomPermutation(10);
 */
export const randomPermutation = (length: number, options: RandomOptions = {}): Tensor =>
  new Tensor(orderNode('randomPermutation', length, options));

export interface ShuffleOptions extends RandomOptions {
  /** The axis whose slices change places. Default 0. */
  readonly axis?: number;
}

/**
 * The slices of `x` along an axis in random order. Gradients go back to where the slices came from.
 *
 * @param x any shape and dtype
 * @throws {AxisError} when the axis does not exist
 * @example
 * const shuffled = randomShuffle(tensor([1, 2, 3, 4]));
 */
export function randomShuffle(x: Tensor, options: ShuffleOptions = {}): Tensor {
  const where = 'randomShuffle';
  const node = operandNode(where, x);
  const axis = normalizeAxis(where, options.axis ?? 0, node.shape.length);
  const order = orderNode(where, extentAt(node.shape, axis), options);
  return tensorFrom(where, build.gather(node, order, axis), [x]);
}

export interface ChoiceOptions extends ShuffleOptions {
  /** Whether the same element may be chosen again. Default true. */
  readonly replace?: boolean;
  /** The probability of every element, up to a common factor: [elements]. Default: all equal. */
  readonly p?: TensorLike;
}

/**
 * Elements chosen at random, as NumPy's `random.choice`.
 *
 * @param x    what to choose from: the slices along `axis` of a tensor, or the numbers 0 … x - 1
 * @param size how many, or the shape of the choices
 * @returns `x` with `axis` replaced by the axes of `size`; int32 where `x` is a number
 * @throws {ArgumentError} when there is nothing to choose from, or less than is chosen without replacement
 * @throws {ShapeError} when `p` does not have one element for each to choose from
 * @throws {AxisError} when the axis does not exist
 * @example
 * const hand = randomChoice(52, 5, { replace: false });
 * const rows = randomChoice(eye(3), [10], { p: tensor([0.5, 0.25, 0.25]) }); // [10, 3]
 */
export function randomChoice(x: Tensor | number, size: number | Shape, options: ChoiceOptions = {}): Tensor {
  const where = 'randomChoice';
  const shape = typeof size === 'number' ? [size] : size;
  if (typeof x === 'number') return choice(where, x, shape, options);
  const node = operandNode(where, x);
  const axis = normalizeAxis(where, options.axis ?? 0, node.shape.length);
  const indices = choice(where, extentAt(node.shape, axis), shape, options);
  return tensorFrom(where, build.gather(node, indices.node, axis), [x, indices]);
}

/** Positions below `count`. */
function choice(where: string, count: number, shape: Shape, options: ChoiceOptions): Tensor {
  const { replace = true, p } = options;
  const wanted = sizeOf(shape);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ArgumentError(where, `there are ${count} elements to choose from; expected at least 1.`);
  }
  if (!replace && wanted > count) {
    throw new ArgumentError(
      where,
      `${wanted} of ${count} elements cannot be chosen without replacement.`,
      'Choose fewer, or set replace: true.',
    );
  }
  if (p === undefined) {
    if (replace) return randomInt(shape, 0, count, options);
    const order = orderNode(where, count, options);
    return new Tensor(build.reshape(build.sliceAxis(order, 0, 0, wanted), shape));
  }
  const weights = floatingNode(where, p);
  if (formatShape(weights.shape) !== `[${count}]`) {
    throw new ShapeError(
      where,
      `p of shape ${formatShape(weights.shape)} does not fit ${count} elements.`,
      `Expected [${count}].`,
    );
  }
  const logits = tensorFrom(where, build.log(weights), [p]);
  if (replace) {
    const drawn = randomCategorical(logits, { ...options, samples: wanted });
    return tensorFrom(where, build.reshape(drawn.node, shape), [drawn]);
  }
  // The greatest of logits with Gumbel noise, in order, are draws without replacement.
  const noisy = build.add(logits.node, gumbelNode(draw(where, [count], options), [count]));
  const order = argsortNode(noisy, 0, true);
  return tensorFrom(where, build.reshape(build.sliceAxis(order, 0, 0, wanted), shape), [p]);
}
