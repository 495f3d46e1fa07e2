/** Accuracies: how often the predicted class is the true one. */
import type { JsonObject, Tensor } from '@hadal/core';
import { argMax, ConfigReader, equal, greater } from '@hadal/core';
import { logitsOf } from '../activations';
import { classLabels } from '../losses/class-labels';
import { matchTargets } from '../losses/loss';
import { MeanMetric } from './metric';

/** Softmax keeps the order of its logits, and logits are never equal by rounding alone. */
const predictedClasses = (yPred: Tensor): Tensor => argMax(logitsOf(yPred, 'softmax') ?? yPred, -1);

/** How often yes-or-no predictions above `threshold` agree with targets that are 0 or 1. */
export class BinaryAccuracy extends MeanMetric {
  static readonly className = 'BinaryAccuracy';
  readonly className = BinaryAccuracy.className;
  readonly direction = 'up';
  readonly threshold: number;

  constructor({
    name = 'binaryAccuracy',
    threshold = 0.5,
  }: { readonly name?: string; readonly threshold?: number } = {}) {
    super(name);
    this.threshold = threshold;
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return binaryMatches(yTrue, yPred, this.threshold);
  }

  override getConfig(): JsonObject {
    return { name: this.name, threshold: this.threshold };
  }

  static fromConfig(config: JsonObject): BinaryAccuracy {
    const reader = new ConfigReader(BinaryAccuracy.className, config);
    const options = { name: reader.string('name'), threshold: reader.number('threshold', 0.5) };
    reader.done();
    return new BinaryAccuracy(options);
  }
}

const binaryMatches = (yTrue: Tensor, yPred: Tensor, threshold: number): Tensor =>
  equal(matchTargets('binaryAccuracy', yTrue, yPred), greater(yPred, threshold).cast(yPred.dtype));

const categoricalMatches = (yTrue: Tensor, yPred: Tensor): Tensor =>
  equal(argMax(matchTargets('categoricalAccuracy', yTrue, yPred), -1), predictedClasses(yPred));

const sparseMatches = (yTrue: Tensor, yPred: Tensor): Tensor =>
  equal(classLabels(yTrue, yPred.shape), predictedClasses(yPred));

/** How often the largest output is at the largest target: one-hot targets, or distributions. */
export class CategoricalAccuracy extends MeanMetric {
  static readonly className = 'CategoricalAccuracy';
  readonly className = CategoricalAccuracy.className;
  readonly direction = 'up';

  constructor({ name = 'categoricalAccuracy' }: { readonly name?: string } = {}) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return categoricalMatches(yTrue, yPred);
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): CategoricalAccuracy {
    return new CategoricalAccuracy(readName(CategoricalAccuracy.className, config));
  }
}

/** How often the largest output is at the true class number. */
export class SparseCategoricalAccuracy extends MeanMetric {
  static readonly className = 'SparseCategoricalAccuracy';
  readonly className = SparseCategoricalAccuracy.className;
  readonly direction = 'up';

  constructor({ name = 'sparseCategoricalAccuracy' }: { readonly name?: string } = {}) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return sparseMatches(yTrue, yPred);
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): SparseCategoricalAccuracy {
    return new SparseCategoricalAccuracy(readName(SparseCategoricalAccuracy.className, config));
  }
}

/**
 * The accuracy that fits: binary for outputs with one column, of class numbers when targets have one column or axis
 * less than the outputs, and of one-hot targets otherwise. What the string 'accuracy' means.
 */
export class Accuracy extends MeanMetric {
  static readonly className = 'Accuracy';
  readonly className = Accuracy.className;
  readonly direction = 'up';

  constructor({ name = 'accuracy' }: { readonly name?: string } = {}) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    const columns = yPred.shape.at(-1) ?? 1;
    if (columns === 1) return binaryMatches(yTrue, yPred, 0.5);
    const sparse = yTrue.rank < yPred.rank || yTrue.shape.at(-1) === 1;
    return sparse ? sparseMatches(yTrue, yPred) : categoricalMatches(yTrue, yPred);
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): Accuracy {
    return new Accuracy(readName(Accuracy.className, config));
  }
}

/** Reads a configuration that has only a name. */
export function readName(className: string, config: JsonObject): { readonly name: string } {
  const reader = new ConfigReader(className, config);
  const name = reader.string('name');
  reader.done();
  return { name };
}
