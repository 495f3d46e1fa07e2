/** Precision and recall of thresholded outputs, as Keras counts them: over all columns, or over one class, or at k. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { logicalAnd, logicalNot } from '@hadal/core';
import { divideOrZero, Metric } from '../metric';
import {
  decide,
  readTopKThresholds,
  requireThresholds,
  shapeOfThresholds,
  type TopKThresholdOptions,
  thresholdsConfig,
} from './thresholds';

/** Counts what Precision and Recall divide. */
abstract class PartMetric extends Metric {
  readonly direction = 'up';
  readonly thresholds: number | readonly number[] | undefined;
  readonly topK: number | undefined;
  readonly classId: number | undefined;
  readonly #truePositives: Variable;
  readonly #mistakes: Variable;

  constructor(name: string, options: TopKThresholdOptions) {
    super(name);
    requireThresholds(name, options);
    this.thresholds = options.thresholds;
    this.topK = options.topK;
    this.classId = options.classId;
    const shape = shapeOfThresholds(options.thresholds);
    this.#truePositives = this.addState('truePositives', shape);
    this.#mistakes = this.addState('mistakes', shape);
  }

  /** Which errors enter the denominator. */
  protected abstract mistaken(actual: Tensor, predicted: Tensor): Tensor;

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const { actual, predicted, count } = decide(this.name, this, yTrue, yPred, sampleWeight);
    const hits = count(logicalAnd(actual, predicted));
    const misses = count(this.mistaken(actual, predicted));
    this.#truePositives.assign(this.#truePositives.value.add(hits));
    this.#mistakes.assign(this.#mistakes.value.add(misses));
  }

  override result(): Tensor {
    const hits = this.#truePositives.value;
    return divideOrZero(hits, hits.add(this.#mistakes.value));
  }

  override getConfig(): JsonObject {
    return { ...thresholdsConfig(this.name, this), topK: this.topK ?? null };
  }
}

/**
 * How many of the outputs called positive are: true positives / (true positives + false positives). With `topK` the
 * largest outputs of each row are called positive.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new Precision(), new Precision({ topK: 3, name: 'at3' })] });
 */
export class Precision extends PartMetric {
  static readonly className = 'Precision';
  readonly className = Precision.className;

  constructor(options: TopKThresholdOptions = {}) {
    super(options.name ?? 'precision', options);
  }

  protected override mistaken(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(logicalNot(actual), predicted);
  }

  static fromConfig(config: JsonObject): Precision {
    return new Precision(readTopKThresholds(Precision.className, config));
  }
}

/** Makes a `Precision`. */
export const precision = (options?: TopKThresholdOptions): Precision => new Precision(options);

/**
 * How many of the positive targets are found: true positives / (true positives + false negatives). With `topK` the
 * largest outputs of each row are called positive.
 *
 * @example
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [new Recall({ topK: 5 })] });
 */
export class Recall extends PartMetric {
  static readonly className = 'Recall';
  readonly className = Recall.className;

  constructor(options: TopKThresholdOptions = {}) {
    super(options.name ?? 'recall', options);
  }

  protected override mistaken(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(actual, logicalNot(predicted));
  }

  static fromConfig(config: JsonObject): Recall {
    return new Recall(readTopKThresholds(Recall.className, config));
  }
}

/** Makes a `Recall`. */
export const recall = (options?: TopKThresholdOptions): Recall => new Recall(options);
