/** Constraints on the lengths of vectors of weights, and on their signs. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, clip, maximum, sqrt, square, sum } from '@hadal/core';
import { Constraint } from './constraint';

/** Keeps lengths that are divided by above zero; that of Keras. */
const EPSILON = 1e-7;

/** Axes that a vector of weights lies in: 0 for the inputs of a unit of `dense`, [0, 1, 2] for a filter of `conv2d`. */
export type NormAxis = number | readonly number[];

const lengths = (weights: Tensor, axis: NormAxis): Tensor =>
  sqrt(sum(square(weights), { axis, keepDims: true }));

function requireBound(where: string, name: string, value: number): number {
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new ArgumentError(where, `${name} is ${value}; expected a length of at least 0.`);
}

/**
 * Shortens vectors of weights that are longer than `maxValue`.
 *
 * Source: Srivastava et al. (2014).
 *
 * @example
 * dense(64, { kernelConstraint: new MaxNorm({ maxValue: 2 }) });
 */
export class MaxNorm extends Constraint {
  static readonly className = 'MaxNorm';
  readonly className = MaxNorm.className;
  readonly maxValue: number;
  readonly axis: NormAxis;

  /** @throws {ArgumentError} when the length is negative */
  constructor({ maxValue = 2, axis = 0 }: { readonly maxValue?: number; readonly axis?: NormAxis } = {}) {
    super();
    this.maxValue = requireBound(MaxNorm.className, 'maxValue', maxValue);
    this.axis = axis;
  }

  override apply(weights: Tensor): Tensor {
    const length = lengths(weights, this.axis);
    return weights.mul(clip(length, 0, this.maxValue).div(length.add(EPSILON)));
  }

  override getConfig(): JsonObject {
    return { maxValue: this.maxValue, axis: this.axis };
  }
}

export interface MinMaxNormOptions {
  /** Default 0. */
  readonly minValue?: number;
  /** Default 1. */
  readonly maxValue?: number;
  /** How much of the way to the bounds is gone at once, up to 1 (default 1). */
  readonly rate?: number;
  /** Default 0. */
  readonly axis?: NormAxis;
}

/** Brings the lengths of vectors of weights between two bounds. */
export class MinMaxNorm extends Constraint {
  static readonly className = 'MinMaxNorm';
  readonly className = MinMaxNorm.className;
  readonly minValue: number;
  readonly maxValue: number;
  readonly rate: number;
  readonly axis: NormAxis;

  /** @throws {ArgumentError} when a length is negative or the bounds are the wrong way round */
  constructor({ minValue = 0, maxValue = 1, rate = 1, axis = 0 }: MinMaxNormOptions = {}) {
    super();
    const where = MinMaxNorm.className;
    this.minValue = requireBound(where, 'minValue', minValue);
    this.maxValue = requireBound(where, 'maxValue', maxValue);
    if (minValue > maxValue) {
      throw new ArgumentError(where, `minValue ${minValue} must not be above maxValue ${maxValue}.`);
    }
    if (!(rate >= 0 && rate <= 1)) throw new ArgumentError(where, `rate is ${rate}; expected 0 to 1.`);
    this.rate = rate;
    this.axis = axis;
  }

  override apply(weights: Tensor): Tensor {
    const length = lengths(weights, this.axis);
    const wanted = clip(length, this.minValue, this.maxValue)
      .mul(this.rate)
      .add(length.mul(1 - this.rate));
    return weights.mul(wanted.div(length.add(EPSILON)));
  }

  override getConfig(): JsonObject {
    return { minValue: this.minValue, maxValue: this.maxValue, rate: this.rate, axis: this.axis };
  }
}

/** Scales vectors of weights to length 1. */
export class UnitNorm extends Constraint {
  static readonly className = 'UnitNorm';
  readonly className = UnitNorm.className;
  readonly axis: NormAxis;

  constructor({ axis = 0 }: { readonly axis?: NormAxis } = {}) {
    super();
    this.axis = axis;
  }

  override apply(weights: Tensor): Tensor {
    return weights.div(lengths(weights, this.axis).add(EPSILON));
  }

  override getConfig(): JsonObject {
    return { axis: this.axis };
  }
}

/** Sets negative weights to 0. */
export class NonNeg extends Constraint {
  static readonly className = 'NonNeg';
  readonly className = NonNeg.className;

  override apply(weights: Tensor): Tensor {
    return maximum(weights, 0);
  }

  override getConfig(): JsonObject {
    return {};
  }
}

/** Makes a {@link MaxNorm} constraint (default: length 2 along axis 0). */
export const maxNorm = (maxValue?: number, axis?: NormAxis): MaxNorm => new MaxNorm({ maxValue, axis });

/** Makes a {@link MinMaxNorm} constraint. */
export const minMaxNorm = (options?: MinMaxNormOptions): MinMaxNorm => new MinMaxNorm(options);

/** Makes a {@link UnitNorm} constraint. */
export const unitNorm = (axis?: NormAxis): UnitNorm => new UnitNorm({ axis });

/** Makes a {@link NonNeg} constraint. */
export const nonNeg = (): NonNeg => new NonNeg();
