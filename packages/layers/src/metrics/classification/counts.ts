/** Counts of right and wrong yes-or-no decisions. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { logicalAnd, logicalNot } from '@hadal/core';
import { Metric, type MetricDirection } from '../metric';
import {
  decide,
  readThresholds,
  requireThresholds,
  shapeOfThresholds,
  type ThresholdOptions,
  thresholdsConfig,
} from './thresholds';

abstract class CountMetric extends Metric {
  abstract override readonly direction: MetricDirection;
  readonly thresholds: number | readonly number[] | undefined;
  readonly classId: number | undefined;
  readonly #count: Variable;

  constructor(name: string, options: ThresholdOptions) {
    super(name);
    requireThresholds(name, options);
    this.thresholds = options.thresholds;
    this.classId = options.classId;
    this.#count = this.addState('count', shapeOfThresholds(options.thresholds));
  }

  /** Which decisions are counted. */
  protected abstract counted(actual: Tensor, predicted: Tensor): Tensor;

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const { actual, predicted, count } = decide(this.name, this, yTrue, yPred, sampleWeight);
    this.#count.assign(this.#count.value.add(count(this.counted(actual, predicted))));
  }

  override result(): Tensor {
    return this.#count.value;
  }

  override getConfig(): JsonObject {
    return thresholdsConfig(this.name, this);
  }
}

/**
 * How many positive targets are called positive.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new TruePositives({ thresholds: 0.7 })] });
 */
export class TruePositives extends CountMetric {
  static readonly className = 'TruePositives';
  readonly className = TruePositives.className;
  readonly direction = 'up';

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'truePositives', options);
  }

  protected override counted(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(actual, predicted);
  }

  static fromConfig(config: JsonObject): TruePositives {
    return new TruePositives(readThresholds(TruePositives.className, config));
  }
}

/** Makes a `TruePositives`. */
export const truePositives = (options?: ThresholdOptions): TruePositives => new TruePositives(options);

/**
 * How many negative targets are called negative.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new TrueNegatives({ thresholds: 0.7 })] });
 */
export class TrueNegatives extends CountMetric {
  static readonly className = 'TrueNegatives';
  readonly className = TrueNegatives.className;
  readonly direction = 'up';

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'trueNegatives', options);
  }

  protected override counted(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(logicalNot(actual), logicalNot(predicted));
  }

  static fromConfig(config: JsonObject): TrueNegatives {
    return new TrueNegatives(readThresholds(TrueNegatives.className, config));
  }
}

/** Makes a `TrueNegatives`. */
export const trueNegatives = (options?: ThresholdOptions): TrueNegatives => new TrueNegatives(options);

/**
 * How many negative targets are called positive.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new FalsePositives({ thresholds: 0.7 })] });
 */
export class FalsePositives extends CountMetric {
  static readonly className = 'FalsePositives';
  readonly className = FalsePositives.className;
  readonly direction = 'down';

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'falsePositives', options);
  }

  protected override counted(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(logicalNot(actual), predicted);
  }

  static fromConfig(config: JsonObject): FalsePositives {
    return new FalsePositives(readThresholds(FalsePositives.className, config));
  }
}

/** Makes a `FalsePositives`. */
export const falsePositives = (options?: ThresholdOptions): FalsePositives => new FalsePositives(options);

/**
 * How many positive targets are called negative.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new FalseNegatives({ thresholds: 0.7 })] });
 */
export class FalseNegatives extends CountMetric {
  static readonly className = 'FalseNegatives';
  readonly className = FalseNegatives.className;
  readonly direction = 'down';

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'falseNegatives', options);
  }

  protected override counted(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(actual, logicalNot(predicted));
  }

  static fromConfig(config: JsonObject): FalseNegatives {
    return new FalseNegatives(readThresholds(FalseNegatives.className, config));
  }
}

/** Makes a `FalseNegatives`. */
export const falseNegatives = (options?: ThresholdOptions): FalseNegatives => new FalseNegatives(options);
