/** Precision and recall of thresholded outputs, as Keras counts them: over all columns, or over one class. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { logicalAnd, logicalNot } from '@hadal/core';
import { divideOrZero, Metric } from './metric';
import { decide, readThresholds, requireThresholds, shapeOfThresholds, type ThresholdOptions } from './thresholds';

/** Counts what Precision and Recall divide. */
abstract class PartMetric extends Metric {
  readonly direction = 'up';
  readonly thresholds: number | readonly number[];
  readonly classId: number | undefined;
  readonly #truePositives: Variable;
  readonly #mistakes: Variable;

  constructor(name: string, options: ThresholdOptions) {
    super(name);
    requireThresholds(name, options);
    const { thresholds = 0.5, classId } = options;
    this.thresholds = thresholds;
    this.classId = classId;
    const shape = shapeOfThresholds(thresholds);
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
    return { name: this.name, thresholds: this.thresholds, classId: this.classId ?? null };
  }
}

/** How many of the outputs called positive are: true positives / (true positives + false positives). */
export class Precision extends PartMetric {
  static readonly className = 'Precision';
  readonly className = Precision.className;

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'precision', options);
  }

  protected override mistaken(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(logicalNot(actual), predicted);
  }

  static fromConfig(config: JsonObject): Precision {
    return new Precision(readThresholds(Precision.className, config));
  }
}

/** How many of the positive targets are found: true positives / (true positives + false negatives). */
export class Recall extends PartMetric {
  static readonly className = 'Recall';
  readonly className = Recall.className;

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'recall', options);
  }

  protected override mistaken(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(actual, logicalNot(predicted));
  }

  static fromConfig(config: JsonObject): Recall {
    return new Recall(readThresholds(Recall.className, config));
  }
}
