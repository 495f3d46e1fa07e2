/**
 * Random tensors. The same seed gives the same bits, uniform numbers and true/false draws on every backend; normal
 * numbers agree to within rounding. Every call draws anew and moves the generator on.
 */
import { type DType, isFloat } from '../dtype';
import { ArgumentError, DTypeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { numberNode } from '../ops/operand';
import { requireShape, type Shape } from '../shape/shape';
import { Tensor } from '../tensor';
import { doubleUniformNode, randomBitsNode, uniformNode } from './bits';
import { defaultGenerator, type Generator } from './generator';
import { standardNormalNode } from './normal';
import { shiftRight } from './threefry';

export interface RandomOptions {
  /** The stream to draw from. Default: the one that `setSeed` seeds. */
  readonly generator?: Generator;
}

export interface FloatRandomOptions extends RandomOptions {
  /**
   * float32 (default) or another floating-point dtype. Uniform and normal numbers of float64 have its resolution; all
   * others have at most that of float32.
   */
  readonly dtype?: DType;
}

export interface UniformOptions extends FloatRandomOptions {
  /** Lower bound, included. Default 0. */
  readonly min?: number;
  /** Upper bound, excluded (up to rounding of min + u · (max - min)). Default 1. */
  readonly max?: number;
}

export interface NormalOptions extends FloatRandomOptions {
  /** Mean. Default 0. */
  readonly mean?: number;
  /** Standard deviation. Default 1. */
  readonly std?: number;
}

/** The state for one draw of a tensor of `shape`. */
export const draw = (
  where: string,
  shape: Shape,
  { generator = defaultGenerator() }: RandomOptions,
): Node => {
  requireShape(where, shape);
  return generator.next();
};

/** Numbers drawn in float32 as the dtype that was asked for. */
export const asFloat = (where: string, x: Node, dtype: DType = 'float32'): Node => {
  if (!isFloat(dtype)) throw new DTypeError(where, `gives floating point, not ${dtype}.`, 'Cast the result.');
  return build.cast(x, dtype);
};

/** x · scale + offset, without what changes nothing. */
export function affine(x: Node, scale: number, offset: number): Node {
  const scaled = scale === 1 ? x : build.mul(x, numberNode(scale, x.dtype));
  return offset === 0 ? scaled : build.add(scaled, numberNode(offset, x.dtype));
}

/**
 * 32 random bits per element, as int32.
 *
 * @example
 * (await randomBits([2]).data()) instanceof Int32Array; // true
 */
export const randomBits = (shape: Shape, options: RandomOptions = {}): Tensor =>
  new Tensor(randomBitsNode(draw('randomBits', shape, options), shape));

/**
 * Uniform numbers in [min, max), in steps of (max - min) · 2⁻²³; those of float64 in steps of (max - min) · 2⁻⁵².
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {DTypeError} when `dtype` is not floating point
 * @example
 * const noise = randomUniform([2, 3], { min: -1, max: 1 });
 */
export function randomUniform(shape: Shape, options: UniformOptions = {}): Tensor {
  const { min = 0, max = 1, dtype } = options;
  const state = draw('randomUniform', shape, options);
  const uniform = dtype === 'float64' ? doubleUniformNode(state, shape) : uniformNode(state, shape);
  return new Tensor(affine(asFloat('randomUniform', uniform, dtype), max - min, min));
}

/**
 * Normally distributed numbers, within 5.2 standard deviations; those of float64 within 8.2.
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {DTypeError} when `dtype` is not floating point
 * @example
 * const weights = randomNormal([784, 10], { std: 0.05 });
 */
export function randomNormal(shape: Shape, options: NormalOptions = {}): Tensor {
  const { mean = 0, std = 1, dtype } = options;
  const state = draw('randomNormal', shape, options);
  return new Tensor(affine(standardNormalNode('randomNormal', state, shape, dtype), std, mean));
}

/** erf(√2), the share of a normal distribution within two standard deviations. */
const WITHIN_TWO = 0.9544997361036416;

/**
 * Normally distributed numbers without those further than two standard deviations from the mean.
 *
 * @param options.std standard deviation before cutting off (after it, 0.88 of that)
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {DTypeError} when `dtype` is not floating point
 * @example
 * const weights = truncatedNormal([784, 10], { std: 0.05 });
 */
export function truncatedNormal(shape: Shape, options: NormalOptions = {}): Tensor {
  const { mean = 0, std = 1, dtype } = options;
  const state = draw('truncatedNormal', shape, options);
  const within = standardNormalNode('truncatedNormal', state, shape, dtype, WITHIN_TWO);
  return new Tensor(affine(build.minimum(build.maximum(within, -2), 2), std, mean));
}

/**
 * true with probability p, as bool.
 *
 * @param p probability in [0, 1], to within 2⁻²³
 * @throws {ArgumentError} when p is outside
 * @example
 * const mask = bernoulli(0.8, [32, 64]);
 */
export function bernoulli(p: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError('bernoulli', `probability ${p} is outside [0, 1].`);
  const uniform = uniformNode(draw('bernoulli', shape, options), shape);
  return new Tensor(build.lessThan(uniform, numberNode(p, 'float32')));
}

/**
 * Whole numbers in [min, max), int32. Some are more likely than others by less than (max - min) / 2³¹.
 *
 * @throws {ArgumentError} when the bounds are not whole numbers with 0 < max - min < 2³¹
 * @example
 * const dice = randomInt([10], 1, 7);
 */
export function randomInt(shape: Shape, min: number, max: number, options: RandomOptions = {}): Tensor {
  const count = max - min;
  if (!Number.isInteger(min) || !Number.isInteger(max) || count < 1 || count >= 2 ** 31) {
    throw new ArgumentError(
      'randomInt',
      `bounds [${min}, ${max}) are not whole numbers with 0 < max - min < 2^31.`,
    );
  }
  const bits = shiftRight(randomBitsNode(draw('randomInt', shape, options), shape), 1);
  const offset = build.combine('mod', bits, numberNode(count, 'int32'));
  return new Tensor(build.add(offset, numberNode(min, 'int32')));
}
