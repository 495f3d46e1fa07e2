/** Metrics by name: what strings in `compile` mean, and how a saved metric is made again. */
import type { JsonObject, SerializedObject } from '@hadal/core';
import { ArgumentError, canonicalName, DataError, suggestName } from '@hadal/core';
import type { SnakeCase } from '../layer/naming';
import type { Loss } from '../losses/loss';
import { type LossName, lossFromConfig, lossNames, namedLoss } from '../losses/table';
import {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  InferredAccuracy,
  SparseCategoricalAccuracy,
} from './classification/accuracy';
import {
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
} from './classification/at-value';
import { AUC } from './classification/auc';
import { ConfusionMatrix } from './classification/confusion-matrix';
import { FalseNegatives, FalsePositives, TrueNegatives, TruePositives } from './classification/counts';
import { F1Score, FBetaScore } from './classification/f-score';
import { Precision, Recall } from './classification/precision-recall';
import { SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy } from './classification/top-k';
import { CosineSimilarityMetric, LossMetric, lossMetricFromConfig } from './loss-metric';
import { FunctionMetric, Mean, type MetricFunction, Sum } from './mean';
import { Metric } from './metric';
import { ConcordanceCorrelation, PearsonCorrelation } from './regression/correlation';
import { R2Score } from './regression/r2-score';
import { RootMeanSquaredError } from './regression/root-mean-squared-error';
import { BinaryIoU } from './segmentation/binary-iou';
import { IoU, MeanIoU, OneHotIoU, OneHotMeanIoU } from './segmentation/iou';
import { Bleu } from './sequences/bleu';
import { EditDistance } from './sequences/edit-distance';
import { Perplexity } from './sequences/perplexity';

/** Metrics that need nothing but a name, each under its name in camelCase. */
const NAMED = {
  accuracy: InferredAccuracy,
  auc: AUC,
  binaryAccuracy: BinaryAccuracy,
  binaryIoU: BinaryIoU,
  bleu: Bleu,
  categoricalAccuracy: CategoricalAccuracy,
  concordanceCorrelation: ConcordanceCorrelation,
  cosineSimilarity: CosineSimilarityMetric,
  editDistance: EditDistance,
  f1Score: F1Score,
  falseNegatives: FalseNegatives,
  falsePositives: FalsePositives,
  fBetaScore: FBetaScore,
  mean: Mean,
  pearsonCorrelation: PearsonCorrelation,
  perplexity: Perplexity,
  precision: Precision,
  r2Score: R2Score,
  recall: Recall,
  rootMeanSquaredError: RootMeanSquaredError,
  sparseCategoricalAccuracy: SparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy: SparseTopKCategoricalAccuracy,
  sum: Sum,
  topKCategoricalAccuracy: TopKCategoricalAccuracy,
  trueNegatives: TrueNegatives,
  truePositives: TruePositives,
} satisfies Readonly<Record<string, new (options: { readonly name: string }) => Metric>>;

/** Metrics that need to be told more, with how they are made. */
const MADE = {
  confusionMatrix: 'new ConfusionMatrix(10), and read it with matrix()',
  iou: 'new IoU(3, [1, 2])',
  meanIoU: 'new MeanIoU(3)',
  oneHotIoU: 'new OneHotIoU(3, [1, 2])',
  oneHotMeanIoU: 'new OneHotMeanIoU(3)',
  precisionAtRecall: 'new PrecisionAtRecall(0.9)',
  recallAtPrecision: 'new RecallAtPrecision(0.9)',
  sensitivityAtSpecificity: 'new SensitivityAtSpecificity(0.9)',
  specificityAtSensitivity: 'new SpecificityAtSensitivity(0.9)',
} as const;

/** Other names, as Keras has them. */
const OTHER_NAMES = { acc: 'accuracy', logCoshError: 'logCosh', rmse: 'rootMeanSquaredError' } as const;

type FullName = keyof typeof NAMED | keyof typeof OTHER_NAMES;

/**
 * Metrics that can be named by a string, in camelCase or Keras' snake_case; logs use the name as given. Names of losses
 * mean their means.
 */
export type MetricName = FullName | SnakeCase<FullName> | LossName;

/** A metric, the name of one with its defaults, or a function of targets and outputs. */
export type MetricLike = MetricName | Metric | MetricFunction;

/** A class of metrics that files can hold. */
interface MetricClass {
  readonly className: string;
  fromConfig(config: JsonObject, lossOf?: (saved: SerializedObject) => Loss): Metric;
}

const CLASSES: readonly MetricClass[] = [
  ...Object.values(NAMED),
  Accuracy,
  ConfusionMatrix,
  IoU,
  LossMetric,
  MeanIoU,
  OneHotIoU,
  OneHotMeanIoU,
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
  const full = named(OTHER_NAMES, name) ?? name;
  const found = named(NAMED, full);
  if (found !== undefined) return new found({ name });
  const loss = namedLoss(full);
  if (loss !== undefined) return new LossMetric(loss, { name });
  const example = named(MADE, name);
  if (example !== undefined) {
    throw new ArgumentError('metrics', `'${name}' needs more than its name.`, `Pass an object: ${example}.`);
  }
  const names = [...Object.keys(NAMED), ...Object.keys(OTHER_NAMES), ...lossNames()];
  throw new ArgumentError('metrics', `unknown metric '${name}'.`, suggestName(name, names));
}

/**
 * Makes a metric from what it was saved as.
 *
 * @param lossOf makes the loss that a metric is the mean of
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function metricFromConfig(
  saved: SerializedObject,
  lossOf: (saved: SerializedObject) => Loss = lossFromConfig,
): Metric {
  const { className, config } = saved;
  const found = CLASSES.find((each) => each.className === className);
  const metric = found?.fromConfig(config, lossOf) ?? lossMetricFromConfig(saved);
  if (metric !== undefined) return metric;
  throw new DataError(
    'metrics',
    `the model was compiled with the metric class '${className}', which is not known here.`,
    'List it, { metrics: [YourMetric] }, or load with { compile: false } and compile again.',
  );
}
