/** Accuracies: how often the predicted class is the true one. */
import type { JsonObject, Tensor } from '@hadal/core';
import { argMax, equal, greater } from '@hadal/core';
import { logitsOf } from '../../activations';
import { classLabels } from '../../losses/class-labels';
import { targetKind } from '../../losses/inferred-crossentropy';
import { matchTargets } from '../../losses/loss';
import { MeanMetric } from '../metric';
import { type MetricOptions, readMetricConfig, readName } from '../options';

/** Softmax keeps the order of its logits, and logits are never equal by rounding alone. */
const predictedClasses = (yPred: Tensor): Tensor => argMax(logitsOf(yPred, 'softmax') ?? yPred, -1);

const binaryMatches = (yTrue: Tensor, yPred: Tensor, threshold: number): Tensor =>
  equal(matchTargets('binaryAccuracy', yTrue, yPred), greater(yPred, threshold).cast(yPred.dtype));

const categoricalMatches = (yTrue: Tensor, yPred: Tensor): Tensor =>
  equal(argMax(matchTargets('categoricalAccuracy', yTrue, yPred), -1), predictedClasses(yPred));

const sparseMatches = (yTrue: Tensor, yPred: Tensor): Tensor =>
  equal(classLabels(yTrue, yPred.shape), predictedClasses(yPred));

/**
 * How often outputs equal targets, number by number. The string 'accuracy' means {@link InferredAccuracy}.
 *
 * @example
 * const accuracy = new Accuracy();
 * accuracy.updateState(tensor([1, 2, 3, 4]), tensor([0, 2, 3, 4]));
 * await accuracy.value(); // 0.75
 */
export class Accuracy extends MeanMetric {
  static readonly className = 'Accuracy';
  readonly className = Accuracy.className;
  readonly direction = 'up';

  constructor({ name = 'accuracy' }: MetricOptions = {}) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return equal(matchTargets('accuracy', yTrue, yPred), yPred);
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): Accuracy {
    return new Accuracy(readName(Accuracy.className, config));
  }
}

/** Makes an `Accuracy`. */
export const accuracy = (options?: MetricOptions): Accuracy => new Accuracy(options);

export interface BinaryAccuracyOptions extends MetricOptions {
  /** Outputs above it count as 1 (default 0.5). */
  readonly threshold?: number;
}

/**
 * How often yes-or-no outputs above `threshold` agree with targets that are 0 or 1.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new BinaryAccuracy({ threshold: 0.8 })] });
 */
export class BinaryAccuracy extends MeanMetric {
  static readonly className = 'BinaryAccuracy';
  readonly className = BinaryAccuracy.className;
  readonly direction = 'up';
  readonly threshold: number;

  constructor({ name = 'binaryAccuracy', threshold = 0.5 }: BinaryAccuracyOptions = {}) {
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
    return new BinaryAccuracy(
      readMetricConfig(BinaryAccuracy.className, config, (reader) => ({
        threshold: reader.number('threshold', 0.5),
      })),
    );
  }
}

/** Makes a `BinaryAccuracy`. */
export const binaryAccuracy = (options?: BinaryAccuracyOptions): BinaryAccuracy =>
  new BinaryAccuracy(options);

/**
 * How often the largest output is at the largest target: one-hot targets, or distributions.
 *
 * @example
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [new CategoricalAccuracy()] });
 */
export class CategoricalAccuracy extends MeanMetric {
  static readonly className = 'CategoricalAccuracy';
  readonly className = CategoricalAccuracy.className;
  readonly direction = 'up';

  constructor({ name = 'categoricalAccuracy' }: MetricOptions = {}) {
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

/** Makes a `CategoricalAccuracy`. */
export const categoricalAccuracy = (options?: MetricOptions): CategoricalAccuracy =>
  new CategoricalAccuracy(options);

/**
 * How often the largest output is at the true class number.
 *
 * @example
 * model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: [new SparseCategoricalAccuracy()] });
 */
export class SparseCategoricalAccuracy extends MeanMetric {
  static readonly className = 'SparseCategoricalAccuracy';
  readonly className = SparseCategoricalAccuracy.className;
  readonly direction = 'up';

  constructor({ name = 'sparseCategoricalAccuracy' }: MetricOptions = {}) {
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

/** Makes a `SparseCategoricalAccuracy`. */
export const sparseCategoricalAccuracy = (options?: MetricOptions): SparseCategoricalAccuracy =>
  new SparseCategoricalAccuracy(options);

/**
 * The accuracy that fits: binary for outputs with one column, of class numbers when targets have one column or an axis
 * less than the outputs, and of one-hot targets otherwise. What the string 'accuracy' means.
 *
 * @example
 * model.compile({ loss: 'crossentropy', metrics: ['accuracy'] });
 */
export class InferredAccuracy extends MeanMetric {
  static readonly className = 'InferredAccuracy';
  readonly className = InferredAccuracy.className;
  readonly direction = 'up';

  constructor({ name = 'accuracy' }: MetricOptions = {}) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    const kind = targetKind(yTrue.shape, yPred.shape);
    if (kind === 'binary') return binaryMatches(yTrue, yPred, 0.5);
    return (kind === 'sparse' ? sparseMatches : categoricalMatches)(yTrue, yPred);
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): InferredAccuracy {
    return new InferredAccuracy(readName(InferredAccuracy.className, config));
  }
}

/** Makes an `InferredAccuracy`. */
export const inferredAccuracy = (options?: MetricOptions): InferredAccuracy => new InferredAccuracy(options);
