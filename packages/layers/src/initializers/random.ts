/** Initializers that draw from one distribution whatever the shape. */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, Generator, randomNormal, randomUniform, truncatedNormal } from '@hadal/core';
import { Initializer, type RandomInitializerOptions } from './initializer';

/** The generator of a seed, or undefined for the default one. */
export const generatorOf = (seed: number | undefined): Generator | undefined =>
  seed === undefined ? undefined : new Generator(seed);

export interface NormalOptions extends RandomInitializerOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 0.05. */
  readonly stddev?: number;
}

/** Normal values. */
export class RandomNormal extends Initializer {
  static readonly className = 'RandomNormal';
  readonly className = RandomNormal.className;
  /** The middle of the distribution. */
  readonly mean: number;
  /** Its standard deviation. */
  readonly stddev: number;
  readonly seed: number | undefined;

  constructor({ mean = 0, stddev = 0.05, seed }: NormalOptions = {}) {
    super();
    requireDeviation(this.className, stddev);
    this.mean = mean;
    this.stddev = stddev;
    this.seed = seed;
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    return randomNormal(shape, {
      mean: this.mean,
      std: this.stddev,
      dtype,
      generator: generatorOf(this.seed),
    });
  }

  override getConfig(): JsonObject {
    return { mean: this.mean, stddev: this.stddev, seed: this.seed ?? null };
  }
}

/** Normal values, drawn again where they are more than two standard deviations from the mean. */
export class TruncatedNormal extends Initializer {
  static readonly className = 'TruncatedNormal';
  readonly className = TruncatedNormal.className;
  /** The middle of the distribution. */
  readonly mean: number;
  /** Its standard deviation before cutting off. */
  readonly stddev: number;
  readonly seed: number | undefined;

  constructor({ mean = 0, stddev = 0.05, seed }: NormalOptions = {}) {
    super();
    requireDeviation(this.className, stddev);
    this.mean = mean;
    this.stddev = stddev;
    this.seed = seed;
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    return truncatedNormal(shape, {
      mean: this.mean,
      std: this.stddev,
      dtype,
      generator: generatorOf(this.seed),
    });
  }

  override getConfig(): JsonObject {
    return { mean: this.mean, stddev: this.stddev, seed: this.seed ?? null };
  }
}

export interface UniformOptions extends RandomInitializerOptions {
  /** Default -0.05. */
  readonly minval?: number;
  /** Default 0.05. */
  readonly maxval?: number;
}

/** Uniform values in [minval, maxval). */
export class RandomUniform extends Initializer {
  static readonly className = 'RandomUniform';
  readonly className = RandomUniform.className;
  /** The least value. */
  readonly minval: number;
  /** Above all values. */
  readonly maxval: number;
  readonly seed: number | undefined;

  constructor({ minval = -0.05, maxval = 0.05, seed }: UniformOptions = {}) {
    super();
    if (!(minval < maxval)) {
      throw new ArgumentError('RandomUniform', `minval ${minval} must be below maxval ${maxval}.`);
    }
    this.minval = minval;
    this.maxval = maxval;
    this.seed = seed;
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    return randomUniform(shape, {
      min: this.minval,
      max: this.maxval,
      dtype,
      generator: generatorOf(this.seed),
    });
  }

  override getConfig(): JsonObject {
    return { minval: this.minval, maxval: this.maxval, seed: this.seed ?? null };
  }
}

function requireDeviation(where: string, stddev: number): void {
  if (Number.isFinite(stddev) && stddev >= 0) return;
  throw new ArgumentError(where, `stddev is ${stddev}; expected at least 0.`);
}
