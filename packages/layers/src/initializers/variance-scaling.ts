/**
 * Variance scaling: the family of initializers (Glorot, He, LeCun) whose spread follows from how many inputs and
 * outputs a weight connects.
 */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, randomNormal, randomUniform, truncatedNormal } from '@hadal/core';
import { Initializer, type RandomInitializerOptions } from './initializer';
import { generatorOf } from './random';

/** The standard deviation of a standard normal truncated to [-2, 2]; dividing by it keeps the variance asked for. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

export const FAN_MODES = ['fanIn', 'fanOut', 'fanAvg'] as const;
export type FanMode = (typeof FAN_MODES)[number];

export const SCALING_DISTRIBUTIONS = ['truncatedNormal', 'untruncatedNormal', 'uniform'] as const;
export type ScalingDistribution = (typeof SCALING_DISTRIBUTIONS)[number];

/**
 * How many inputs and outputs a weight connects: the last two axes, times the extent of the convolution window in
 * front of them.
 */
export function computeFans(shape: readonly number[]): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length === 0) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: shape[0]!, fanOut: shape[0]! };
  const window = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  return { fanIn: shape.at(-2)! * window, fanOut: shape.at(-1)! * window };
}

export interface VarianceScalingOptions extends RandomInitializerOptions {
  /** The variance times the fan (default 1). */
  readonly scale?: number;
  /** Which fan divides the variance (default fanIn). */
  readonly mode?: FanMode;
  /** Default truncatedNormal. */
  readonly distribution?: ScalingDistribution;
}

/**
 * Random values with variance `scale / fan`.
 *
 * Source: Keras 3, `keras.initializers.VarianceScaling`.
 */
export class VarianceScaling extends Initializer {
  static readonly className: string = 'VarianceScaling';
  readonly className: string = VarianceScaling.className;
  readonly scale: number;
  readonly mode: FanMode;
  readonly distribution: ScalingDistribution;
  readonly seed: number | undefined;

  constructor(options: VarianceScalingOptions = {}) {
    super();
    const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal', seed } = options;
    if (!(scale > 0)) throw new ArgumentError('VarianceScaling', `scale is ${scale}; expected above 0.`);
    this.scale = scale;
    this.mode = mode;
    this.distribution = distribution;
    this.seed = seed;
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    const { fanIn, fanOut } = computeFans(shape);
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[this.mode];
    const scaled = this.scale / Math.max(1, fan);
    const generator = generatorOf(this.seed);
    switch (this.distribution) {
      case 'truncatedNormal':
        return truncatedNormal(shape, {
          std: Math.sqrt(scaled) / TRUNCATED_DEVIATION,
          dtype,
          generator,
        });
      case 'untruncatedNormal':
        return randomNormal(shape, { std: Math.sqrt(scaled), dtype, generator });
      case 'uniform': {
        const limit = Math.sqrt(3 * scaled);
        return randomUniform(shape, { min: -limit, max: limit, dtype, generator });
      }
    }
  }

  override getConfig(): JsonObject {
    const { scale, mode, distribution, seed } = this;
    return { scale, mode, distribution, seed: seed ?? null };
  }
}

/** Uniform in ±√(6 / (fanIn + fanOut)). Source: Glorot & Bengio (2010). */
export const glorotUniform = (options: RandomInitializerOptions = {}): VarianceScaling =>
  new VarianceScaling({ ...options, mode: 'fanAvg', distribution: 'uniform' });

/** Truncated normal with variance 2 / (fanIn + fanOut). Source: Glorot & Bengio (2010). */
export const glorotNormal = (options: RandomInitializerOptions = {}): VarianceScaling =>
  new VarianceScaling({ ...options, mode: 'fanAvg' });

/** Uniform in ±√(6 / fanIn), for ReLU. Source: He et al. (2015). */
export const heUniform = (options: RandomInitializerOptions = {}): VarianceScaling =>
  new VarianceScaling({ ...options, scale: 2, distribution: 'uniform' });

/** Truncated normal with variance 2 / fanIn, for ReLU. Source: He et al. (2015). */
export const heNormal = (options: RandomInitializerOptions = {}): VarianceScaling =>
  new VarianceScaling({ ...options, scale: 2 });

/** Uniform in ±√(3 / fanIn). Source: LeCun et al. (1998). */
export const lecunUniform = (options: RandomInitializerOptions = {}): VarianceScaling =>
  new VarianceScaling({ ...options, distribution: 'uniform' });

/** Truncated normal with variance 1 / fanIn. Source: LeCun et al. (1998). */
export const lecunNormal = (options: RandomInitializerOptions = {}): VarianceScaling =>
  new VarianceScaling(options);
