/** Cross-entropies of distributions: over classes, and of independent yes-or-no targets. */
import type { HostArray, JsonObject, Tensor } from '@hadal/core';
import { mean, sigmoidCrossEntropy, softmaxCrossEntropy, sum } from '@hadal/core';
import { Loss, matchTargets } from './loss';
import { classesLast, readLossConfig, requireFraction } from './options';
import {
  binaryEntropy,
  checkProbabilities,
  clipProbability,
  knownLogits,
  logOfNormalized,
  readSmoothedOptions,
  type SmoothedCrossentropyOptions,
  smoothed,
} from './probabilities';

/**
 * Cross-entropy of class distributions: targets and outputs [batch, …, classes], usually one-hot targets.
 *
 * @example
 * const loss = new CategoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 });
 */
export class CategoricalCrossentropy extends Loss {
  static readonly className = 'CategoricalCrossentropy';
  readonly className = CategoricalCrossentropy.className;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly axis: number;

  constructor({
    fromLogits = false,
    labelSmoothing = 0,
    axis = -1,
    ...options
  }: SmoothedCrossentropyOptions = {}) {
    super(options);
    this.fromLogits = fromLogits;
    this.labelSmoothing = requireFraction('categoricalCrossentropy', 'labelSmoothing', labelSmoothing);
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const given = classesLast(matchTargets('categoricalCrossentropy', yTrue, yPred), this.axis);
    const targets = smoothed(given, this.labelSmoothing, given.shape.at(-1) ?? 1);
    const logits = knownLogits(yPred, this.fromLogits, 'softmax', this.axis);
    if (logits !== undefined) return softmaxCrossEntropy(classesLast(logits, this.axis), targets);
    return sum(targets.mul(logOfNormalized(classesLast(yPred, this.axis))), -1).neg();
  }

  override getConfig(): JsonObject {
    const { fromLogits, labelSmoothing, axis } = this;
    return { ...super.getConfig(), fromLogits, labelSmoothing, axis };
  }

  static fromConfig(config: JsonObject): CategoricalCrossentropy {
    return new CategoricalCrossentropy(
      readLossConfig(CategoricalCrossentropy.className, config, readSmoothedOptions),
    );
  }
}

/** Makes a `CategoricalCrossentropy` loss. */
export const categoricalCrossentropy = (options?: SmoothedCrossentropyOptions): CategoricalCrossentropy =>
  new CategoricalCrossentropy(options);

/**
 * Cross-entropy of independent yes-or-no targets: targets in [0, 1] of the shape of the outputs. The mean over `axis` is
 * the loss of a sample.
 *
 * @example
 * await new BinaryCrossentropy().apply(tensor([[1, 0]]), tensor([[0.5, 0.5]])).item(); // 0.6931
 */
export class BinaryCrossentropy extends Loss {
  static readonly className = 'BinaryCrossentropy';
  readonly className = BinaryCrossentropy.className;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly axis: number;

  constructor({
    fromLogits = false,
    labelSmoothing = 0,
    axis = -1,
    ...options
  }: SmoothedCrossentropyOptions = {}) {
    super(options);
    this.fromLogits = fromLogits;
    this.labelSmoothing = requireFraction('binaryCrossentropy', 'labelSmoothing', labelSmoothing);
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = smoothed(matchTargets('binaryCrossentropy', yTrue, yPred), this.labelSmoothing, 2);
    const logits = knownLogits(yPred, this.fromLogits, 'sigmoid');
    const values =
      logits === undefined
        ? binaryEntropy(targets, clipProbability(yPred))
        : sigmoidCrossEntropy(logits, targets);
    return values.rank === 0 ? values : mean(values, this.axis);
  }

  override checkTargets(targets: HostArray): void {
    checkProbabilities('binaryCrossentropy', targets);
  }

  override getConfig(): JsonObject {
    const { fromLogits, labelSmoothing, axis } = this;
    return { ...super.getConfig(), fromLogits, labelSmoothing, axis };
  }

  static fromConfig(config: JsonObject): BinaryCrossentropy {
    return new BinaryCrossentropy(readLossConfig(BinaryCrossentropy.className, config, readSmoothedOptions));
  }
}

/** Makes a `BinaryCrossentropy` loss. */
export const binaryCrossentropy = (options?: SmoothedCrossentropyOptions): BinaryCrossentropy =>
  new BinaryCrossentropy(options);
