/** Metrics by name: what strings in `compile` mean, and how a saved metric is made again. */
import type { SerializedObject } from '@hadal/core';
import { ArgumentError, canonicalName, DataError, suggestName } from '@hadal/core';
import { Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from './accuracy';
import { ConfusionMatrix } from './confusion-matrix';
import { FunctionMetric, MeanSquaredErrorMetric, type MetricFunction } from './mean';
import { Metric } from './metric';
import { Precision, Recall } from './precision-recall';

/** Metrics that can be named by a string, in camelCase or Keras' snake_case; logs use the name as given. */
export type MetricName =
  | 'accuracy'
  | 'acc'
  | 'binaryAccuracy'
  | 'binary_accuracy'
  | 'categoricalAccuracy'
  | 'categorical_accuracy'
  | 'sparseCategoricalAccuracy'
  | 'sparse_categorical_accuracy'
  | 'precision'
  | 'recall'
  | 'meanSquaredError'
  | 'mean_squared_error'
  | 'mse';

export type MetricLike = MetricName | Metric | MetricFunction;

const METRIC_NAMES: readonly MetricName[] = [
  'accuracy',
  'binaryAccuracy',
  'categoricalAccuracy',
  'sparseCategoricalAccuracy',
  'precision',
  'recall',
  'meanSquaredError',
  'mse',
];

/**
 * The metric that a name stands for, or the one given.
 *
 * @throws {ArgumentError} when the name is unknown
 */
export function resolveMetric(metric: MetricLike): Metric {
  if (metric instanceof Metric) return metric;
  if (typeof metric === 'function') return new FunctionMetric(metric);
  const name: string = metric;
  switch (canonicalName(name)) {
    case 'accuracy':
    case 'acc':
      return new Accuracy({ name });
    case 'binaryaccuracy':
      return new BinaryAccuracy({ name });
    case 'categoricalaccuracy':
      return new CategoricalAccuracy({ name });
    case 'sparsecategoricalaccuracy':
      return new SparseCategoricalAccuracy({ name });
    case 'precision':
      return new Precision({ name });
    case 'recall':
      return new Recall({ name });
    case 'meansquarederror':
    case 'mse':
      return new MeanSquaredErrorMetric({ name });
    case 'confusionmatrix':
      throw new ArgumentError(
        'metrics',
        'a confusion matrix needs the number of classes.',
        'Pass an object: metrics: [new ConfusionMatrix(10)], and read it with matrix().',
      );
    default:
      throw new ArgumentError('metrics', `unknown metric '${name}'.`, suggestName(name, METRIC_NAMES));
  }
}

/**
 * Makes a metric from what it was saved as.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function metricFromConfig({ className, config }: SerializedObject): Metric {
  switch (className) {
    case Accuracy.className:
      return Accuracy.fromConfig(config);
    case BinaryAccuracy.className:
      return BinaryAccuracy.fromConfig(config);
    case CategoricalAccuracy.className:
      return CategoricalAccuracy.fromConfig(config);
    case SparseCategoricalAccuracy.className:
      return SparseCategoricalAccuracy.fromConfig(config);
    case MeanSquaredErrorMetric.className:
      return MeanSquaredErrorMetric.fromConfig(config);
    case Precision.className:
      return Precision.fromConfig(config);
    case Recall.className:
      return Recall.fromConfig(config);
    case ConfusionMatrix.className:
      return ConfusionMatrix.fromConfig(config);
    default:
      throw new DataError(
        'metrics',
        `the model was compiled with the metric class '${className}', which is not known here.`,
        'Load it with { compile: false } and compile it again.',
      );
  }
}
