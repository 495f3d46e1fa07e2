/**
 * Focal cross-entropies: what is classified well already counts less, so that the many easy samples of unbalanced
 * classes do not drown the few hard ones. Source: Lin et al. (2018).
 */
import type { ConfigReader, HostArray, JsonObject, Tensor } from '@hadal/core';
import { exp, logSoftmax, mean, pow, sigmoid, sigmoidCrossEntropy, sum, tensor } from '@hadal/core';
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

export interface BinaryFocalOptions extends SmoothedCrossentropyOptions {
  /** Weighs positive targets by alpha and negative ones by 1 − alpha (default false). */
  readonly applyClassBalancing?: boolean;
  /** The weight of positive targets (default 0.25). */
  readonly alpha?: number;
  /** How much less the easy samples count; 0 gives cross-entropy (default 2). */
  readonly gamma?: number;
}

/**
 * Cross-entropy of yes-or-no targets times (1 − p)^gamma, p being the probability given to what is true. The mean over
 * `axis` is the loss of a sample.
 *
 * @example
 * await new BinaryFocalCrossentropy().apply(tensor([[1, 0]]), tensor([[0.5, 0.5]])).item(); // 0.1733
 */
export class BinaryFocalCrossentropy extends Loss {
  static readonly className = 'BinaryFocalCrossentropy';
  readonly className = BinaryFocalCrossentropy.className;
  readonly applyClassBalancing: boolean;
  readonly alpha: number;
  readonly gamma: number;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly axis: number;

  constructor({
    applyClassBalancing = false,
    alpha = 0.25,
    gamma = 2,
    fromLogits = false,
    labelSmoothing = 0,
    axis = -1,
    ...options
  }: BinaryFocalOptions = {}) {
    super(options);
    this.applyClassBalancing = applyClassBalancing;
    this.alpha = alpha;
    this.gamma = gamma;
    this.fromLogits = fromLogits;
    this.labelSmoothing = requireFraction('binaryFocalCrossentropy', 'labelSmoothing', labelSmoothing);
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { alpha, gamma } = this;
    const targets = smoothed(matchTargets('binaryFocalCrossentropy', yTrue, yPred), this.labelSmoothing, 2);
    const absent = targets.neg().add(1);
    const logits = knownLogits(yPred, this.fromLogits, 'sigmoid');
    const [yes, no] =
      logits === undefined ? [yPred, yPred.neg().add(1)] : [sigmoid(logits), sigmoid(logits.neg())];
    const entropy =
      logits === undefined
        ? binaryEntropy(targets, clipProbability(yPred))
        : sigmoidCrossEntropy(logits, targets);
    // 1 − p without cancellation: the probability given to what is false.
    const focal = pow(yes.mul(absent).add(no.mul(targets)), gamma).mul(entropy);
    const values = this.applyClassBalancing
      ? focal.mul(targets.mul(alpha).add(absent.mul(1 - alpha)))
      : focal;
    return values.rank === 0 ? values : mean(values, this.axis);
  }

  override checkTargets(targets: HostArray): void {
    checkProbabilities('binaryFocalCrossentropy', targets);
  }

  override getConfig(): JsonObject {
    const { applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis } = this;
    return { ...super.getConfig(), applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis };
  }

  static fromConfig(config: JsonObject): BinaryFocalCrossentropy {
    return new BinaryFocalCrossentropy(
      readLossConfig(BinaryFocalCrossentropy.className, config, (reader) => ({
        ...readSmoothedOptions(reader),
        applyClassBalancing: reader.boolean('applyClassBalancing', false),
        alpha: reader.number('alpha', 0.25),
        gamma: reader.number('gamma', 2),
      })),
    );
  }
}

/** Makes a `BinaryFocalCrossentropy` loss. */
export const binaryFocalCrossentropy = (options?: BinaryFocalOptions): BinaryFocalCrossentropy =>
  new BinaryFocalCrossentropy(options);

export interface CategoricalFocalOptions extends SmoothedCrossentropyOptions {
  /** The weight of all classes, or of each (default 0.25). */
  readonly alpha?: number | readonly number[];
  /** How much less the easy samples count; 0 gives cross-entropy times alpha (default 2). */
  readonly gamma?: number;
}

/**
 * Σ alpha · (1 − p)^gamma · −t · log p over classes, for one-hot targets t and probabilities p.
 *
 * @example
 * await new CategoricalFocalCrossentropy().apply(tensor([[0, 1]]), tensor([[0.5, 0.5]])).item(); // 0.0433
 */
export class CategoricalFocalCrossentropy extends Loss {
  static readonly className = 'CategoricalFocalCrossentropy';
  readonly className = CategoricalFocalCrossentropy.className;
  readonly alpha: number | readonly number[];
  readonly gamma: number;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly axis: number;

  constructor({
    alpha = 0.25,
    gamma = 2,
    fromLogits = false,
    labelSmoothing = 0,
    axis = -1,
    ...options
  }: CategoricalFocalOptions = {}) {
    super(options);
    this.alpha = alpha;
    this.gamma = gamma;
    this.fromLogits = fromLogits;
    this.labelSmoothing = requireFraction('categoricalFocalCrossentropy', 'labelSmoothing', labelSmoothing);
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { axis, alpha } = this;
    const given = classesLast(matchTargets('categoricalFocalCrossentropy', yTrue, yPred), axis);
    const targets = smoothed(given, this.labelSmoothing, given.shape.at(-1) ?? 1);
    const logits = knownLogits(yPred, this.fromLogits, 'softmax', axis);
    const logs =
      logits === undefined
        ? logOfNormalized(classesLast(yPred, axis))
        : logSoftmax(classesLast(logits, axis), -1);
    const focal = pow(exp(logs).neg().add(1), this.gamma).mul(targets.mul(logs));
    return sum(focal.mul(typeof alpha === 'number' ? alpha : tensor([...alpha])), -1).neg();
  }

  override getConfig(): JsonObject {
    const { alpha, gamma, fromLogits, labelSmoothing, axis } = this;
    return { ...super.getConfig(), alpha, gamma, fromLogits, labelSmoothing, axis };
  }

  static fromConfig(config: JsonObject): CategoricalFocalCrossentropy {
    return new CategoricalFocalCrossentropy(
      readLossConfig(CategoricalFocalCrossentropy.className, config, (reader) => ({
        ...readSmoothedOptions(reader),
        alpha: readAlpha(reader),
        gamma: reader.number('gamma', 2),
      })),
    );
  }
}

const readAlpha = (reader: ConfigReader): number | readonly number[] =>
  Array.isArray(reader.value('alpha')) ? reader.numbers('alpha') : reader.number('alpha', 0.25);

/** Makes a `CategoricalFocalCrossentropy` loss. */
export const categoricalFocalCrossentropy = (
  options?: CategoricalFocalOptions,
): CategoricalFocalCrossentropy => new CategoricalFocalCrossentropy(options);
