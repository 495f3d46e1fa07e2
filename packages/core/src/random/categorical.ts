/**
 * Draws from finitely many classes by the Gumbel-max trick: the greatest of logits with Gumbel noise on them is a draw
 * from their softmax. Its relaxation, with softmax in place of the maximum, has a gradient.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import { oneHotMask } from '../ops/indexing';
import { inputPair } from '../ops/inputs';
import { floatingNode, numberNode, type TensorLike, tensorFrom } from '../ops/operand';
import { softmaxNode } from '../ops/softmax';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { gumbelNode } from './continuous';
import { draw, type RandomOptions } from './distributions';
import { POSITIVE, requireNumber } from './parameters';

export interface CategoricalOptions extends RandomOptions {
  /** How many draws to make for every row of logits. Left out, one, without an axis for it. */
  readonly samples?: number;
}

/**
 * Classes drawn with the probabilities softmax(logits), with replacement. int32.
 *
 * @param logits [..., classes]: logarithms of probabilities, up to a summand; minus infinity for what is never drawn
 * @returns [...] , or [..., samples] where `samples` is given
 * @throws {ShapeError} when there are no classes
 * @throws {ArgumentError} when `samples` is not a whole number of at least 0
 * @example
 * const classes = randomCategorical(log(tensor([0.1, 0.9])), { samples: 100 }); // mostly 1
 */
export function randomCategorical(logits: TensorLike, options: CategoricalOptions = {}): Tensor {
  const where = 'randomCategorical';
  const { samples } = options;
  const node = floatingNode(where, logits);
  const rank = node.shape.length;
  if (rank === 0 || node.shape[rank - 1] === 0) {
    throw new ShapeError(where, `got logits ${formatShape(node.shape)}.`, 'Expected [..., classes].');
  }
  if (samples !== undefined && (!Number.isSafeInteger(samples) || samples < 0)) {
    throw new ArgumentError(where, `samples is ${samples}; expected a whole number of at least 0.`);
  }
  const rows = samples === undefined ? node : build.insertAxes(node, [rank - 1]);
  const shape =
    samples === undefined
      ? node.shape
      : [...node.shape.slice(0, -1), samples, extentAt(node.shape, rank - 1)];
  const noisy = build.add(rows, build.cast(gumbelNode(draw(where, shape, options), shape), node.dtype));
  return tensorFrom(where, build.reduce('argmax', noisy, [shape.length - 1]), [logits]);
}

/** The first input, with the gradient of the second. */
const straightThroughDefinition: CompositeDefinition = {
  name: 'straightThrough',
  infer: (inputs) => inputPair('straightThrough', inputs)[0],
  decompose: (inputs) => inputPair('straightThrough', inputs)[0],
  vjp: ({ cotangent }) => [undefined, cotangent],
};

export interface GumbelSoftmaxOptions extends RandomOptions {
  /** Below 1 draws come closer to single classes, above 1 to the uniform mixture. Default 1. */
  readonly temperature?: number;
  /** Gives single classes, as one-hot vectors, with the gradient of the mixture. Default false. */
  readonly hard?: boolean;
  /** The axis of the classes. Default -1. */
  readonly axis?: number;
}

/**
 * Draws from softmax(logits) that have a gradient: softmax((logits + Gumbel noise) / temperature) (Jang, Gu, Poole 2017;
 * Maddison, Mnih, Teh 2017).
 *
 * @param logits any shape; integers become float32
 * @returns mixtures that sum to 1 along `axis`, or one-hot vectors where `hard` is set
 * @throws {AxisError} when the axis does not exist
 * @throws {ArgumentError} when the temperature is not above 0
 * @example
 * const mixture = gumbelSoftmax(zeros([2, 3]), { temperature: 0.5 }); // rows that sum to 1
 */
export function gumbelSoftmax(logits: TensorLike, options: GumbelSoftmaxOptions = {}): Tensor {
  const where = 'gumbelSoftmax';
  const { hard = false } = options;
  const temperature = requireNumber(where, 'temperature', options.temperature ?? 1, POSITIVE);
  const node = floatingNode(where, logits);
  const axis = normalizeAxis(where, options.axis ?? -1, node.shape.length);
  const noise = build.cast(gumbelNode(draw(where, node.shape, options), node.shape), node.dtype);
  const noisy = build.mul(build.add(node, noise), numberNode(1 / temperature, node.dtype));
  const mixture = softmaxNode(noisy, axis);
  if (!hard) return tensorFrom(where, mixture, [logits]);
  const taken = oneHotMask(build.reduce('argmax', noisy, [axis]), extentAt(node.shape, axis), axis);
  const single = build.cast(taken, node.dtype);
  return tensorFrom(where, build.applyComposite(straightThroughDefinition, [single, mixture], {}), [logits]);
}
