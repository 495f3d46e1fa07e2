/** Means of errors: squared, absolute, relative, and of logarithms. */
import type { JsonObject, Tensor } from '@hadal/core';
import { abs, log, maximum, mean, square } from '@hadal/core';
import { EPSILON } from './epsilon';
import { Loss, type LossOptions, matchTargets } from './loss';
import { readLossConfig } from './options';

/** The mean over the last axis; a scalar is its own mean. */
export const meanOverLast = (values: Tensor): Tensor => (values.rank === 0 ? values : mean(values, -1));

/**
 * The mean of `(yTrue − yPred)²` over the last axis.
 *
 * @example
 * await new MeanSquaredError().apply(tensor([[0, 1]]), tensor([[1, 1]])).item(); // 0.5
 */
export class MeanSquaredError extends Loss {
  static readonly className = 'MeanSquaredError';
  readonly className = MeanSquaredError.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return meanOverLast(square(matchTargets('meanSquaredError', yTrue, yPred).sub(yPred)));
  }

  static fromConfig(config: JsonObject): MeanSquaredError {
    return new MeanSquaredError(readLossConfig(MeanSquaredError.className, config));
  }
}

/** Makes a `MeanSquaredError`. */
export const meanSquaredError = (options?: LossOptions): MeanSquaredError => new MeanSquaredError(options);

/**
 * The mean of `|yTrue − yPred|` over the last axis.
 *
 * @example
 * await new MeanAbsoluteError().apply(tensor([[0, 1]]), tensor([[1, 1]])).item(); // 0.5
 */
export class MeanAbsoluteError extends Loss {
  static readonly className = 'MeanAbsoluteError';
  readonly className = MeanAbsoluteError.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return meanOverLast(abs(matchTargets('meanAbsoluteError', yTrue, yPred).sub(yPred)));
  }

  static fromConfig(config: JsonObject): MeanAbsoluteError {
    return new MeanAbsoluteError(readLossConfig(MeanAbsoluteError.className, config));
  }
}

/** Makes a `MeanAbsoluteError`. */
export const meanAbsoluteError = (options?: LossOptions): MeanAbsoluteError => new MeanAbsoluteError(options);

/**
 * The mean of `100 · |yTrue − yPred| / |yTrue|` over the last axis. Targets count as at least 1e-7 in size.
 *
 * @example
 * await new MeanAbsolutePercentageError().apply(tensor([[2, 4]]), tensor([[1, 4]])).item(); // 25
 */
export class MeanAbsolutePercentageError extends Loss {
  static readonly className = 'MeanAbsolutePercentageError';
  readonly className = MeanAbsolutePercentageError.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('meanAbsolutePercentageError', yTrue, yPred);
    return meanOverLast(abs(targets.sub(yPred).div(maximum(abs(targets), EPSILON)))).mul(100);
  }

  static fromConfig(config: JsonObject): MeanAbsolutePercentageError {
    return new MeanAbsolutePercentageError(readLossConfig(MeanAbsolutePercentageError.className, config));
  }
}

/** Makes a `MeanAbsolutePercentageError`. */
export const meanAbsolutePercentageError = (options?: LossOptions): MeanAbsolutePercentageError =>
  new MeanAbsolutePercentageError(options);

/**
 * The mean of `(log(1 + yTrue) − log(1 + yPred))²` over the last axis: relative errors of amounts. Both count as at
 * least 1e-7.
 *
 * @example
 * await new MeanSquaredLogarithmicError().apply(tensor([[Math.E - 1]]), tensor([[0]])).item(); // 1.0000
 */
export class MeanSquaredLogarithmicError extends Loss {
  static readonly className = 'MeanSquaredLogarithmicError';
  readonly className = MeanSquaredLogarithmicError.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('meanSquaredLogarithmicError', yTrue, yPred);
    return meanOverLast(square(logOfAmount(yPred).sub(logOfAmount(targets))));
  }

  static fromConfig(config: JsonObject): MeanSquaredLogarithmicError {
    return new MeanSquaredLogarithmicError(readLossConfig(MeanSquaredLogarithmicError.className, config));
  }
}

const logOfAmount = (x: Tensor): Tensor => log(maximum(x, EPSILON).add(1));

/** Makes a `MeanSquaredLogarithmicError`. */
export const meanSquaredLogarithmicError = (options?: LossOptions): MeanSquaredLogarithmicError =>
  new MeanSquaredLogarithmicError(options);
