/** How often the true class is among the k largest outputs. */
import type { JsonObject, Tensor } from '@hadal/core';
import { any, argMax, expandDims, inTopK } from '@hadal/core';
import { requirePositiveInteger } from '../../layer/rules';
import { classLabels } from '../../losses/class-labels';
import { matchTargets } from '../../losses/loss';
import { MeanMetric } from '../metric';
import { type MetricOptions, readMetricConfig } from '../options';

export interface TopKAccuracyOptions extends MetricOptions {
  /** How many of the largest outputs are looked at (default 5). Those that tie with the last of them are all in. */
  readonly k?: number;
}

abstract class TopKMetric extends MeanMetric {
  readonly direction = 'up';
  readonly k: number;

  constructor(name: string, { k = 5 }: TopKAccuracyOptions) {
    super(name);
    this.k = requirePositiveInteger(name, 'k', k);
  }

  override getConfig(): JsonObject {
    return { name: this.name, k: this.k };
  }
}

const readTopK = (className: string, config: JsonObject): TopKAccuracyOptions =>
  readMetricConfig(className, config, (reader) => ({ k: reader.integer('k', 5) }));

/**
 * How often the class of the largest target is among the k largest outputs: one-hot targets, or distributions.
 *
 * @example
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [new TopKCategoricalAccuracy({ k: 3 })] });
 */
export class TopKCategoricalAccuracy extends TopKMetric {
  static readonly className = 'TopKCategoricalAccuracy';
  readonly className = TopKCategoricalAccuracy.className;

  constructor(options: TopKAccuracyOptions = {}) {
    super(options.name ?? 'topKCategoricalAccuracy', options);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('topKCategoricalAccuracy', yTrue, yPred);
    return inTopK(yPred, argMax(targets, -1), this.k);
  }

  static fromConfig(config: JsonObject): TopKCategoricalAccuracy {
    return new TopKCategoricalAccuracy(readTopK(TopKCategoricalAccuracy.className, config));
  }
}

/** Makes a `TopKCategoricalAccuracy`. */
export const topKCategoricalAccuracy = (options?: TopKAccuracyOptions): TopKCategoricalAccuracy =>
  new TopKCategoricalAccuracy(options);

export interface SparseTopKAccuracyOptions extends TopKAccuracyOptions {
  /** Outputs are class numbers, the best first, instead of scores of all classes (default false). */
  readonly fromSortedIds?: boolean;
}

/**
 * How often the true class number is among the k largest outputs.
 *
 * @example
 * model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: [new SparseTopKCategoricalAccuracy({ k: 3 })] });
 */
export class SparseTopKCategoricalAccuracy extends TopKMetric {
  static readonly className = 'SparseTopKCategoricalAccuracy';
  readonly className = SparseTopKCategoricalAccuracy.className;
  readonly fromSortedIds: boolean;

  constructor(options: SparseTopKAccuracyOptions = {}) {
    super(options.name ?? 'sparseTopKCategoricalAccuracy', options);
    this.fromSortedIds = options.fromSortedIds ?? false;
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    const labels = classLabels(yTrue, yPred.shape);
    if (!this.fromSortedIds) return inTopK(yPred, labels, this.k);
    const starts = yPred.shape.map(() => 0);
    const limits = yPred.shape.map((extent, axis) =>
      axis === yPred.rank - 1 ? Math.min(extent, this.k) : extent,
    );
    const best = yPred.slice(starts, limits).cast('int32');
    return any(best.equal(expandDims(labels, -1)), -1);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), fromSortedIds: this.fromSortedIds };
  }

  static fromConfig(config: JsonObject): SparseTopKCategoricalAccuracy {
    return new SparseTopKCategoricalAccuracy(
      readMetricConfig(SparseTopKCategoricalAccuracy.className, config, (reader) => ({
        k: reader.integer('k', 5),
        fromSortedIds: reader.boolean('fromSortedIds', false),
      })),
    );
  }
}

/** Makes a `SparseTopKCategoricalAccuracy`. */
export const sparseTopKCategoricalAccuracy = (
  options?: SparseTopKAccuracyOptions,
): SparseTopKCategoricalAccuracy => new SparseTopKCategoricalAccuracy(options);
