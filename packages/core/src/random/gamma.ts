/**
 * Gamma distributed numbers and what is made of them, by the method of Marsaglia and Tsang (2000).
 *
 * A candidate is accepted with a probability of at least 0.951, so rejection needs no loop: seven candidates are drawn
 * for every number, along an axis of their own, and the first accepted is taken. That none is accepted happens less than
 * once in 10⁹ numbers; then the first is taken nevertheless. Everything is kept as a logarithm, in which shapes far
 * below 1 do not underflow.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { oneHotMask } from '../ops/indexing';
import { type TensorLike, tensorFrom } from '../ops/operand';
import type { Shape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { symmetricUniformNode } from './bits';
import { exponentialNode } from './continuous';
import { asFloat, draw, type FloatRandomOptions } from './distributions';
import { erfInvNode } from './erf-inv';
import { POSITIVE, parameterNode } from './parameters';

/** 0.049⁷ < 10⁻⁹. */
const CANDIDATES = 7;

/** The logarithm of gamma distributed numbers with shape parameter `alpha` and rate 1. */
function logGammaNode(where: string, shape: Shape, alpha: Node, options: FloatRandomOptions): Node {
  const several = [CANDIDATES, ...shape];
  // Shapes below 1 come from one above: gamma(a) = gamma(a + 1) · u^(1/a).
  const isSmall = build.lessThan(alpha, 1);
  const d = build.sub(build.where(isSmall, build.add(alpha, 1), alpha), 1 / 3);
  const c = build.unary('rsqrt', build.mul(d, 9));
  const normal = build.mul(
    erfInvNode(symmetricUniformNode(draw(where, several, options), several)),
    Math.SQRT2,
  );
  const root = build.add(build.mul(normal, c), 1);
  const isPositive = build.lessThan(0, root);
  const logV = build.mul(build.log(build.where(isPositive, root, 1)), 3);
  // log u < x²/2 + d - d·v + d·log v, with -log u drawn as it is.
  const bound = build.add(
    build.mul(build.mul(normal, normal), 0.5),
    build.mul(d, build.add(build.sub(1, build.exp(logV)), logV)),
  );
  const wait = exponentialNode(draw(where, several, options), several);
  const accepted = build.and(isPositive, build.lessThan(build.neg(wait), bound));
  const first = build.reduce('argmax', build.cast(accepted, 'int32'), [0]);
  const taken = build.sum(build.where(oneHotMask(first, CANDIDATES, 0), logV, 0), [0]);
  const boost = build.div(
    exponentialNode(draw(where, shape, options), shape),
    build.where(isSmall, alpha, 1),
  );
  const log = build.add(taken, build.log(d));
  return build.sub(log, build.where(isSmall, boost, 0));
}

export interface GammaOptions extends FloatRandomOptions {
  /** Rate, the reciprocal of the scale: a number, or a tensor that broadcasts to the shape. Default 1. */
  readonly beta?: TensorLike;
}

/**
 * Gamma distributed numbers, with mean alpha / beta and variance alpha / beta².
 *
 * @param alpha the shape parameter, above 0: a number, or a tensor that broadcasts to `shape`. Neither parameter
 *   gets a gradient.
 * @throws {ShapeError} when a tensor does not broadcast to `shape`
 * @throws {ArgumentError} when a number is not above 0
 * @example
 * const waits = randomGamma([100], 3, { beta: 2 }); // with mean 1.5
 */
export function randomGamma(shape: Shape, alpha: TensorLike, options: GammaOptions = {}): Tensor {
  const where = 'randomGamma';
  const { beta = 1, dtype } = options;
  const log = logGammaNode(where, shape, parameterNode(where, 'alpha', alpha, shape, POSITIVE), options);
  const rate = parameterNode(where, 'beta', beta, shape, POSITIVE);
  return tensorFrom(where, asFloat(where, build.div(build.exp(log), rate), dtype), [alpha, beta]);
}

/**
 * Beta distributed numbers in [0, 1], with mean a / (a + b).
 *
 * @param a shape parameter, above 0: a number, or a tensor that broadcasts to `shape`; it gets no gradient
 * @param b the other one, alike
 * @throws {ShapeError} when a tensor does not broadcast to `shape`
 * @throws {ArgumentError} when a number is not above 0
 * @example
 * const shares = randomBeta([100], 2, 5);
 */
export function randomBeta(
  shape: Shape,
  a: TensorLike,
  b: TensorLike,
  options: FloatRandomOptions = {},
): Tensor {
  const where = 'randomBeta';
  const first = logGammaNode(where, shape, parameterNode(where, 'a', a, shape, POSITIVE), options);
  const second = logGammaNode(where, shape, parameterNode(where, 'b', b, shape, POSITIVE), options);
  // x / (x + y) over logarithms.
  const share = build.unary('recip', build.add(build.exp(build.sub(second, first)), 1));
  return tensorFrom(where, asFloat(where, share, options.dtype), [a, b]);
}
