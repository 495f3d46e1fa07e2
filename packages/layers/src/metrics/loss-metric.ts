/** Losses as metrics: the mean of their values over everything seen. */
import type { JsonObject, SerializedObject, Tensor } from '@hadal/core';
import { ConfigReader, DataError } from '@hadal/core';
import { cosines } from '../losses/cosine-similarity';
import type { Loss } from '../losses/loss';
import { type LossName, lossFromConfig, resolveLoss } from '../losses/table';
import { MeanMetric } from './metric';
import { type MetricOptions, readMetricConfig } from './options';

/** Losses that Keras has a class of metrics for: the name of the loss, by the name of the metric. */
const KERAS_CLASSES: Readonly<Record<string, string>> = {
  BinaryCrossentropy: 'BinaryCrossentropy',
  CategoricalCrossentropy: 'CategoricalCrossentropy',
  CategoricalHinge: 'CategoricalHinge',
  Hinge: 'Hinge',
  KLDivergence: 'KLDivergence',
  LogCoshError: 'LogCosh',
  MeanAbsoluteError: 'MeanAbsoluteError',
  MeanAbsolutePercentageError: 'MeanAbsolutePercentageError',
  MeanSquaredError: 'MeanSquaredError',
  MeanSquaredLogarithmicError: 'MeanSquaredLogarithmicError',
  Poisson: 'Poisson',
  SparseCategoricalCrossentropy: 'SparseCategoricalCrossentropy',
  SquaredHinge: 'SquaredHinge',
};

/**
 * The mean of a loss over all samples, whatever its reduction. Names of losses in `metrics` mean this. It is saved under
 * the name of Keras' metric where there is one.
 *
 * @example
 * model.compile({ loss: 'mse', metrics: ['mae', new LossMetric(new Huber({ delta: 2 }), { name: 'huber' })] });
 */
export class LossMetric extends MeanMetric {
  static readonly className = 'LossMetric';
  readonly className: string;
  readonly direction = 'down';
  readonly loss: Loss;

  /** @param loss a loss, or the name of one with its defaults */
  constructor(loss: Loss | LossName, options: MetricOptions = {}) {
    const resolved = resolveLoss(loss);
    super(options.name ?? (typeof loss === 'string' ? loss : resolved.name));
    this.loss = resolved;
    const [keras] = Object.entries(KERAS_CLASSES).find(([, each]) => each === resolved.className) ?? [];
    this.className = keras ?? LossMetric.className;
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.loss.call(yTrue, yPred);
  }

  override getConfig(): JsonObject {
    const { className } = this.loss;
    const config = this.loss.getConfig();
    if (this.className === LossMetric.className) return { name: this.name, loss: { className, config } };
    const { reduction: _reduction, ...options } = config;
    return { ...options, name: this.name };
  }

  /** @param lossOf makes the loss, where it may be one that is not of this package */
  static fromConfig(
    config: JsonObject,
    lossOf: (saved: SerializedObject) => Loss = lossFromConfig,
  ): LossMetric {
    const reader = new ConfigReader(LossMetric.className, config);
    const name = reader.string('name');
    const loss = reader.serialized('loss');
    reader.done();
    if (loss === undefined) throw new DataError(LossMetric.className, 'it has no loss.');
    return new LossMetric(lossOf(loss), { name });
  }
}

/** Makes a `LossMetric`. */
export const lossMetric = (loss: Loss | LossName, options?: MetricOptions): LossMetric =>
  new LossMetric(loss, options);

/** The metric that was saved under Keras' name of a metric of a loss, if it is one. */
export function lossMetricFromConfig({ className, config }: SerializedObject): LossMetric | undefined {
  const loss = Object.hasOwn(KERAS_CLASSES, className) ? KERAS_CLASSES[className] : undefined;
  if (loss === undefined) return undefined;
  return new LossMetric(lossFromConfig({ className: loss, config }));
}

export interface CosineSimilarityMetricOptions extends MetricOptions {
  /** Along which the vectors lie (default -1). */
  readonly axis?: number;
}

/**
 * The mean cosine of the angle between targets and outputs: 1 where they point the same way. The loss is its negative.
 *
 * @example
 * model.compile({ loss: 'cosineSimilarity', metrics: [new CosineSimilarityMetric()] });
 */
export class CosineSimilarityMetric extends MeanMetric {
  static readonly className = 'CosineSimilarity';
  readonly className = CosineSimilarityMetric.className;
  readonly direction = 'up';
  readonly axis: number;

  constructor({ name = 'cosineSimilarity', axis = -1 }: CosineSimilarityMetricOptions = {}) {
    super(name);
    this.axis = axis;
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return cosines(yTrue, yPred, this.axis);
  }

  override getConfig(): JsonObject {
    return { name: this.name, axis: this.axis };
  }

  static fromConfig(config: JsonObject): CosineSimilarityMetric {
    return new CosineSimilarityMetric(
      readMetricConfig(CosineSimilarityMetric.className, config, (reader) => ({
        axis: reader.integer('axis', -1),
      })),
    );
  }
}

/** Makes a `CosineSimilarityMetric`. */
export const cosineSimilarityMetric = (options?: CosineSimilarityMetricOptions): CosineSimilarityMetric =>
  new CosineSimilarityMetric(options);
