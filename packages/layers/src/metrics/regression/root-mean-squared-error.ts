/** The root of the mean squared error. */
import type { JsonObject, Tensor } from '@hadal/core';
import { sqrt } from '@hadal/core';
import { MeanSquaredError } from '../../losses/errors';
import { MeanMetric } from '../metric';
import { type MetricOptions, readName } from '../options';

/**
 * The root of the mean squared error over everything seen: an error in the unit of the targets.
 *
 * @example
 * model.compile({ loss: 'mse', metrics: ['rmse'] });
 */
export class RootMeanSquaredError extends MeanMetric {
  static readonly className = 'RootMeanSquaredError';
  readonly className = RootMeanSquaredError.className;
  readonly direction = 'down';

  constructor({ name = 'rootMeanSquaredError' }: MetricOptions = {}) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return new MeanSquaredError().call(yTrue, yPred);
  }

  override result(): Tensor {
    return sqrt(super.result());
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): RootMeanSquaredError {
    return new RootMeanSquaredError(readName(RootMeanSquaredError.className, config));
  }
}

/** Makes a `RootMeanSquaredError`. */
export const rootMeanSquaredError = (options?: MetricOptions): RootMeanSquaredError =>
  new RootMeanSquaredError(options);
