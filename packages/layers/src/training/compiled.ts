/** What `compile` resolves: the optimizer, the loss and the metrics of a model. */
import { ArgumentError } from '@hadal/core';
import { type Optimizer, type OptimizerName, resolveOptimizer } from '@hadal/optimizers';
import type { Loss } from '../losses/loss';
import { type LossLike, resolveLoss } from '../losses/table';
import { Mean } from '../metrics/mean';
import type { Metric } from '../metrics/metric';
import { type MetricLike, resolveMetric } from '../metrics/table';

export interface CompileOptions {
  /** An optimizer, or the name of one with its defaults (default rmsprop, as in Keras). */
  readonly optimizer?: OptimizerName | Optimizer;
  /** What training minimizes: an object, a name, or a function of targets and outputs. */
  readonly loss: LossLike;
  /** Figures to follow besides the loss. */
  readonly metrics?: readonly MetricLike[];
}

/** The resolved options, and the mean loss as a metric of its own. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  readonly lossMean: Mean;
}

/**
 * Resolves names.
 *
 * @throws {ArgumentError} when a name is unknown, two metrics share one, or the loss keeps its values
 */
export function resolveCompiled({ optimizer = 'rmsprop', loss, metrics = [] }: CompileOptions): Compiled {
  if (loss === undefined) {
    throw new ArgumentError(
      'compile',
      'no loss is given.',
      "For class numbers use loss: 'sparseCategoricalCrossentropy'.",
    );
  }
  const resolvedLoss = resolveLoss(loss);
  if (resolvedLoss.reduction === 'none') {
    throw new ArgumentError(
      'compile',
      `the loss '${resolvedLoss.name}' has reduction 'none', but training needs one number.`,
      "Use reduction 'sumOverBatchSize' or 'sum'.",
    );
  }
  const resolved = metrics.map(resolveMetric);
  const names = ['loss', ...resolved.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ArgumentError(
      'compile',
      `two metrics are named '${twice}'.`,
      "Give one of them another name, such as new BinaryAccuracy({ name: 'strict' }).",
    );
  }
  return {
    optimizer: resolveOptimizer(optimizer),
    loss: resolvedLoss,
    metrics: resolved,
    lossMean: new Mean({ name: 'loss', direction: 'down' }),
  };
}
