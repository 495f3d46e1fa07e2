/** How often the true class is among the k largest outputs. */
import type { JsonObject, Tensor } from '@hadal/core';
import { argMax, ConfigReader, greater, less, oneHot, sum } from '@hadal/core';
import { requirePositiveInteger } from '../layer/rules';
import { classLabels } from '../losses/class-labels';
import { matchTargets } from '../losses/loss';
import { MeanMetric } from './metric';

export interface TopKOptions {
  /** For logs. */
  readonly name?: string;
  /** How many of the largest outputs are looked at (default 5). */
  readonly k?: number;
}

/** Whether fewer than k outputs are above that of the true class: equal ones count as found, as in TensorFlow. */
function amongLargest(labels: Tensor, yPred: Tensor, k: number): Tensor {
  const here = oneHot(labels, yPred.shape.at(-1)!, { dtype: yPred.dtype });
  const own = sum(yPred.mul(here), { axis: -1, keepDims: true });
  return less(sum(greater(yPred, own).cast('int32'), -1), k);
}

abstract class TopKMetric extends MeanMetric {
  readonly direction = 'up';
  readonly k: number;

  constructor(className: string, { name, k = 5 }: TopKOptions & { readonly name: string }) {
    super(name);
    requirePositiveInteger(className, 'k', k);
    this.k = k;
  }

  override getConfig(): JsonObject {
    return { name: this.name, k: this.k };
  }
}

function readTopK(className: string, config: JsonObject): TopKOptions {
  const reader = new ConfigReader(className, config);
  const options = { name: reader.string('name'), k: reader.integer('k') };
  reader.done();
  return options;
}

/** Top-k accuracy of one-hot targets, or of distributions, whose largest entry is the true class. */
export class TopKCategoricalAccuracy extends TopKMetric {
  static readonly className = 'TopKCategoricalAccuracy';
  readonly className = TopKCategoricalAccuracy.className;

  constructor({ name = 'topKCategoricalAccuracy', k }: TopKOptions = {}) {
    super(TopKCategoricalAccuracy.className, { name, ...(k !== undefined && { k }) });
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('topKCategoricalAccuracy', yTrue, yPred);
    return amongLargest(argMax(targets, -1), yPred, this.k);
  }

  static fromConfig(config: JsonObject): TopKCategoricalAccuracy {
    return new TopKCategoricalAccuracy(readTopK(TopKCategoricalAccuracy.className, config));
  }
}

/** Top-k accuracy of class numbers. */
export class SparseTopKCategoricalAccuracy extends TopKMetric {
  static readonly className = 'SparseTopKCategoricalAccuracy';
  readonly className = SparseTopKCategoricalAccuracy.className;

  constructor({ name = 'sparseTopKCategoricalAccuracy', k }: TopKOptions = {}) {
    super(SparseTopKCategoricalAccuracy.className, { name, ...(k !== undefined && { k }) });
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return amongLargest(classLabels(yTrue, yPred.shape), yPred, this.k);
  }

  static fromConfig(config: JsonObject): SparseTopKCategoricalAccuracy {
    return new SparseTopKCategoricalAccuracy(readTopK(SparseTopKCategoricalAccuracy.className, config));
  }
}
