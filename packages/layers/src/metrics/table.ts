/** Metrics by name: what strings in `compile` mean, and how a saved metric is made again. */
import type { JsonObject, SerializedObject } from '@hadal/core';
import { ArgumentError, canonicalName, DataError, suggestName } from '@hadal/core';
import type { SnakeCase } from '../layer/naming';
import { type LossName, lossNames, namedLoss } from '../losses/table';
import { Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from './accuracy';
import {
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
} from './at-value';
import { AUC } from './auc';
import { ConfusionMatrix } from './confusion-matrix';
import { FalseNegatives, FalsePositives, TrueNegatives, TruePositives } from './counts';
import { BinaryIoU, IoU, MeanIoU } from './iou';
import { CosineSimilarityMetric, LossMetric } from './loss-metric';
import { FunctionMetric, type MetricFunction, RootMeanSquaredError } from './mean';
import { Metric } from './metric';
import { Precision, Recall } from './precision-recall';
import { SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy } from './top-k';

/** Metrics that need nothing but a name, each under its name in camelCase. */
const NAMED = {
  accuracy: Accuracy,
  auc: AUC,
  binaryAccuracy: BinaryAccuracy,
  binaryIoU: BinaryIoU,
  categoricalAccuracy: CategoricalAccuracy,
  cosineSimilarity: CosineSimilarityMetric,
  falseNegatives: FalseNegatives,
  falsePositives: FalsePositives,
  precision: Precision,
  recall: Recall,
  rootMeanSquaredError: RootMeanSquaredError,
  sparseCategoricalAccuracy: SparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy: SparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy: TopKCategoricalAccuracy,
  trueNegatives: TrueNegatives,
  truePositives: TruePositives,
} satisfies Readonly<Record<string, new (options: { readonly name: string }) => Metric>>;

/** Metrics that need to be told more, with how they are made. */
const MADE = {
  confusionMatrix: 'new ConfusionMatrix(10), and read it with matrix()',
  iou: 'new IoU(3, [1, 2])',
  meanIoU: 'new MeanIoU(3)',
  precisionAtRecall: 'new PrecisionAtRecall(0.9)',
  recallAtPrecision: 'new RecallAtPrecision(0.9)',
  sensitivityAtSpecificity: 'new SensitivityAtSpecificity(0.9)',
  specificityAtSensitivity: 'new SpecificityAtSensitivity(0.9)',
} as const;

/** Short names, as Keras has them. */
const SHORT_NAMES = { acc: 'accuracy', rmse: 'rootMeanSquaredError' } as const;

type FullName = keyof typeof NAMED;

/**
 * Metrics that can be named by a string, in camelCase or Keras' snake_case; logs use the name as given. Names of losses
 * mean their means.
 */
export type MetricName = FullName | SnakeCase<FullName> | keyof typeof SHORT_NAMES | LossName;

export type MetricLike = MetricName | Metric | MetricFunction;

/** A class of metrics that files can hold. */
interface MetricClass {
  readonly className: string;
  fromConfig(config: JsonObject): Metric;
}

const CLASSES: readonly MetricClass[] = [
  ...Object.values(NAMED),
  ConfusionMatrix,
  IoU,
  LossMetric,
  MeanIoU,
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
];

/** The entry under a name, however it is spelled. */
const named = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.entries(table).find(([each]) => canonicalName(each) === canonicalName(name))?.[1];

/**
 * The metric that a name stands for, or the one given.
 *
 * @throws {ArgumentError} when the name is unknown
 */
export function resolveMetric(metric: MetricLike): Metric {
  if (metric instanceof Metric) return metric;
  if (typeof metric === 'function') return new FunctionMetric(metric);
  const name: string = metric;
  const found = named(NAMED, named(SHORT_NAMES, name) ?? name);
  if (found !== undefined) return new found({ name });
  const loss = namedLoss(name);
  if (loss !== undefined) return new LossMetric(loss, { name });
  const example = named(MADE, name);
  if (example !== undefined) {
    throw new ArgumentError('metrics', `'${name}' needs more than its name.`, `Pass an object: ${example}.`);
  }
  const names = [...Object.keys(NAMED), ...Object.keys(SHORT_NAMES), ...lossNames()];
  throw new ArgumentError('metrics', `unknown metric '${name}'.`, suggestName(name, names));
}

/**
 * Makes a metric from what it was saved as.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function metricFromConfig({ className, config }: SerializedObject): Metric {
  const found = CLASSES.find((each) => each.className === className);
  if (found !== undefined) return found.fromConfig(config);
  throw new DataError(
    'metrics',
    `the model was compiled with the metric class '${className}', which is not known here.`,
    'Load it with { compile: false } and compile it again.',
  );
}
