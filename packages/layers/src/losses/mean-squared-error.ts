/** Mean squared error. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader, mean, square } from '@hadal/core';
import { Loss, type LossOptions, matchTargets, REDUCTIONS } from './loss';

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
    return squaredErrors(yTrue, yPred);
  }

  static fromConfig(config: JsonObject): MeanSquaredError {
    const reader = new ConfigReader(MeanSquaredError.className, config);
    const options = readLossOptions(reader);
    reader.done();
    return new MeanSquaredError(options);
  }
}

/** The mean squared error of each sample. */
export function squaredErrors(yTrue: Tensor, yPred: Tensor): Tensor {
  const targets = matchTargets('meanSquaredError', yTrue, yPred);
  const squared = square(targets.sub(yPred));
  return squared.rank === 0 ? squared : mean(squared, -1);
}

/** The entries that `Loss.getConfig` wrote. */
export function readLossOptions(reader: ConfigReader): LossOptions {
  return {
    reduction: reader.choice('reduction', REDUCTIONS, 'sumOverBatchSize'),
    name: reader.optionalString('name'),
  };
}
