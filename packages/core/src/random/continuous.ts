/**
 * Continuous distributions whose distribution function can be inverted: one uniform number makes one draw.
 *
 * The uniform numbers are odd multiples of 2⁻²⁴, which float32 holds exactly and among which are neither 0 nor 1, so that
 * no logarithm meets its pole.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import type { Shape } from '../shape/shape';
import { Tensor } from '../tensor';
import { symmetricUniformNode, uniformNode } from './bits';
import {
  affine,
  asFloat,
  draw,
  type FloatRandomOptions,
  type NormalOptions,
  randomNormal,
} from './distributions';
import { POSITIVE, requireNumber } from './parameters';

/** Uniform float32 numbers in (0, 1). */
export const openUniformNode = (state: Node, shape: Shape): Node =>
  build.add(uniformNode(state, shape), 2 ** -24);

/** -log u: exponentially distributed with rate 1, above 0. */
export const exponentialNode = (state: Node, shape: Shape): Node =>
  build.neg(build.log(openUniformNode(state, shape)));

/** -log(-log u): the distribution of maxima. */
export const gumbelNode = (state: Node, shape: Shape): Node =>
  build.neg(build.log(exponentialNode(state, shape)));

export interface ExponentialOptions extends FloatRandomOptions {
  /** Events per unit; the mean is its reciprocal. Default 1. */
  readonly rate?: number;
}

export interface LocationOptions extends FloatRandomOptions {
  /** Where the distribution lies. Default 0. */
  readonly loc?: number;
  /** How wide it is. Default 1. */
  readonly scale?: number;
}

function located(where: string, standard: Node, { loc = 0, scale = 1, dtype }: LocationOptions): Tensor {
  requireNumber(where, 'scale', scale, POSITIVE);
  return new Tensor(affine(asFloat(where, standard, dtype), scale, loc));
}

/**
 * Exponentially distributed numbers: waiting times between events, in (0, 16.7 / rate].
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {ArgumentError} when the rate is not above 0
 * @example
 * const waits = randomExponential([100], { rate: 2 }); // with mean 0.5
 */
export function randomExponential(shape: Shape, options: ExponentialOptions = {}): Tensor {
  const where = 'randomExponential';
  const rate = requireNumber(where, 'rate', options.rate ?? 1, POSITIVE);
  const standard = exponentialNode(draw(where, shape, options), shape);
  return new Tensor(affine(asFloat(where, standard, options.dtype), 1 / rate, 0));
}

/**
 * Numbers of the Gumbel distribution, that of maxima: its mean is loc + 0.5772 · scale.
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {ArgumentError} when the scale is not above 0
 * @example
 * const noise = randomGumbel([32, 10]);
 */
export function randomGumbel(shape: Shape, options: LocationOptions = {}): Tensor {
  return located('randomGumbel', gumbelNode(draw('randomGumbel', shape, options), shape), options);
}

/**
 * Numbers of the Laplace distribution, whose density falls exponentially on both sides of `loc`.
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {ArgumentError} when the scale is not above 0
 * @example
 * const noise = randomLaplace([3], { scale: 0.5 });
 */
export function randomLaplace(shape: Shape, options: LocationOptions = {}): Tensor {
  const side = symmetricUniformNode(draw('randomLaplace', shape, options), shape);
  const distance = build.neg(build.log(build.sub(1, build.abs(side))));
  return located('randomLaplace', build.mul(build.unary('sign', side), distance), options);
}

/**
 * Numbers of the Cauchy distribution, which has no mean: its tails fall only with the square.
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {ArgumentError} when the scale is not above 0
 * @example
 * const noise = randomCauchy([3]);
 */
export function randomCauchy(shape: Shape, options: LocationOptions = {}): Tensor {
  // tan(π/2 · s) = ± cos(π/2 · t) / sin(π/2 · t) with t = 1 - |s|, which is exact: the tails keep their digits.
  const side = symmetricUniformNode(draw('randomCauchy', shape, options), shape);
  const angle = build.mul(build.sub(1, build.abs(side)), Math.PI / 2);
  const distance = build.div(build.unary('cos', angle), build.unary('sin', angle));
  return located('randomCauchy', build.mul(build.unary('sign', side), distance), options);
}

/**
 * Numbers whose logarithm is normally distributed.
 *
 * @param options.mean mean of the logarithm; default 0
 * @param options.std  standard deviation of the logarithm; default 1
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @example
 * const sizes = randomLogNormal([100], { std: 0.5 });
 */
export function randomLogNormal(shape: Shape, options: NormalOptions = {}): Tensor {
  return new Tensor(build.exp(randomNormal(shape, options).node));
}
