/**
 * Cross-entropies. Where outputs come straight from a softmax or sigmoid activation they are computed from the logits
 * behind it, as Keras does; given probabilities of unknown origin are clipped away from 0 and 1.
 */
import type { HostArray, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  ConfigReader,
  clip,
  DataError,
  isFloat,
  log,
  mean,
  oneHot,
  ShapeError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  sum,
} from '@hadal/core';
import { logitsOf } from '../activations';
import { formatLayerShape, type LayerShape } from '../layer/shape';
import { Loss, type LossOptions, matchTargets } from './loss';
import { readLossOptions } from './mean-squared-error';

/** How far probabilities are kept from 0 and 1. Keras' `epsilon()`. */
const PROBABILITY_EPSILON = 1e-7;

const clipProbability = (p: Tensor): Tensor => clip(p, PROBABILITY_EPSILON, 1 - PROBABILITY_EPSILON);

/** log(p / Σp), kept finite. */
const logOfNormalized = (p: Tensor): Tensor =>
  log(clipProbability(p.div(sum(p, { axis: -1, keepDims: true }))));

export interface CrossentropyOptions extends LossOptions {
  /** Outputs are logits, not probabilities (default false). */
  readonly fromLogits?: boolean;
}

export interface SmoothedCrossentropyOptions extends CrossentropyOptions {
  /** Moves targets this far towards uniform, in [0, 1] (default 0). */
  readonly labelSmoothing?: number;
}

function requireSmoothing(where: string, smoothing: number): number {
  if (smoothing >= 0 && smoothing <= 1) return smoothing;
  throw new ArgumentError(where, `labelSmoothing is ${smoothing}; expected a number in [0, 1].`);
}

/**
 * Cross-entropy of class numbers: targets [batch] or [batch, 1] with values in [0, classes), outputs
 * [batch, classes]. Further axes in between belong to the batch.
 *
 * @example
 * const loss = new SparseCategoricalCrossentropy({ fromLogits: true });
 */
export class SparseCategoricalCrossentropy extends Loss {
  static readonly className = 'SparseCategoricalCrossentropy';
  readonly className = SparseCategoricalCrossentropy.className;
  readonly fromLogits: boolean;

  constructor(options: CrossentropyOptions = {}) {
    super(options);
    this.fromLogits = options.fromLogits ?? false;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const labels = classLabels(yTrue, yPred.shape);
    const logits = this.fromLogits ? yPred : logitsOf(yPred, 'softmax');
    if (logits !== undefined) return sparseSoftmaxCrossEntropy(logits, labels);
    const targets = oneHot(labels, yPred.shape.at(-1)!, { dtype: yPred.dtype });
    return sum(targets.mul(logOfNormalized(yPred)), -1).neg();
  }

  override checkTargets(targets: HostArray, outputShape: LayerShape): void {
    const classes = outputShape.at(-1);
    if (typeof classes === 'number') checkLabels(targets, classes);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), fromLogits: this.fromLogits };
  }

  static fromConfig(config: JsonObject): SparseCategoricalCrossentropy {
    const reader = new ConfigReader(SparseCategoricalCrossentropy.className, config);
    const options = { ...readLossOptions(reader), fromLogits: reader.boolean('fromLogits', false) };
    reader.done();
    return new SparseCategoricalCrossentropy(options);
  }
}

/** Labels without a trailing axis of extent 1, as int32, checked against the shape of outputs. */
export function classLabels(yTrue: Tensor, outputShape: readonly number[]): Tensor {
  const expected = outputShape.slice(0, -1);
  const same = (shape: readonly number[]): boolean =>
    shape.length === expected.length && shape.every((extent, axis) => extent === expected[axis]);
  if (same(yTrue.shape)) return yTrue.cast('int32');
  if (yTrue.shape.at(-1) === 1 && same(yTrue.shape.slice(0, -1)))
    return yTrue.reshape(expected).cast('int32');
  const oneHotEncoded = yTrue.rank === outputShape.length && yTrue.shape.at(-1) === outputShape.at(-1);
  throw new ShapeError(
    'sparseCategoricalCrossentropy',
    `targets have shape [${yTrue.shape}], outputs have shape [${outputShape}]; expected targets of shape [${expected}].`,
    oneHotEncoded
      ? "The targets look one-hot encoded: use 'categoricalCrossentropy' for them."
      : 'Targets are one class number per sample.',
  );
}

function checkLabels({ data, dtype, shape }: HostArray, classes: number): void {
  const fractional = isFloat(dtype);
  for (let index = 0; index < data.length; index++) {
    const label = data[index]!;
    if (label >= 0 && label < classes && (!fractional || Number.isInteger(label))) continue;
    throw new DataError(
      'sparseCategoricalCrossentropy',
      `label ${label} at position ${index} of y ${formatLayerShape(shape)} is not a class number in [0, ${classes}).`,
      label === classes
        ? `Are the labels counted from 1? Subtract 1, or give the last layer ${classes + 1} units.`
        : `The last layer has ${classes} units, so labels are integers from 0 to ${classes - 1}.`,
    );
  }
}

/**
 * Cross-entropy of class distributions: targets and outputs [batch, …, classes], usually one-hot targets.
 */
export class CategoricalCrossentropy extends Loss {
  static readonly className = 'CategoricalCrossentropy';
  readonly className = CategoricalCrossentropy.className;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;

  constructor(options: SmoothedCrossentropyOptions = {}) {
    super(options);
    this.fromLogits = options.fromLogits ?? false;
    this.labelSmoothing = requireSmoothing('categoricalCrossentropy', options.labelSmoothing ?? 0);
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const classes = yPred.shape.at(-1)!;
    const given = matchTargets('categoricalCrossentropy', yTrue, yPred);
    const targets =
      this.labelSmoothing === 0
        ? given
        : given.mul(1 - this.labelSmoothing).add(this.labelSmoothing / classes);
    const logits = this.fromLogits ? yPred : logitsOf(yPred, 'softmax');
    if (logits !== undefined) return softmaxCrossEntropy(logits, targets);
    return sum(targets.mul(logOfNormalized(yPred)), -1).neg();
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), fromLogits: this.fromLogits, labelSmoothing: this.labelSmoothing };
  }

  static fromConfig(config: JsonObject): CategoricalCrossentropy {
    const reader = new ConfigReader(CategoricalCrossentropy.className, config);
    const options = readSmoothedOptions(reader);
    reader.done();
    return new CategoricalCrossentropy(options);
  }
}

/** Cross-entropy of independent yes-or-no targets: targets in [0, 1] of the shape of the outputs. */
export class BinaryCrossentropy extends Loss {
  static readonly className = 'BinaryCrossentropy';
  readonly className = BinaryCrossentropy.className;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;

  constructor(options: SmoothedCrossentropyOptions = {}) {
    super(options);
    this.fromLogits = options.fromLogits ?? false;
    this.labelSmoothing = requireSmoothing('binaryCrossentropy', options.labelSmoothing ?? 0);
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const given = matchTargets('binaryCrossentropy', yTrue, yPred);
    const smoothing = this.labelSmoothing;
    const targets = smoothing === 0 ? given : given.mul(1 - smoothing).add(0.5 * smoothing);
    const logits = this.fromLogits ? yPred : logitsOf(yPred, 'sigmoid');
    const values =
      logits === undefined
        ? binaryValues(targets, clipProbability(yPred))
        : sigmoidCrossEntropy(logits, targets);
    return values.rank === 0 ? values : mean(values, -1);
  }

  override checkTargets({ data, shape }: HostArray): void {
    for (let index = 0; index < data.length; index++) {
      const target = data[index]!;
      if (target >= 0 && target <= 1) continue;
      throw new DataError(
        'binaryCrossentropy',
        `target ${target} at position ${index} of y ${formatLayerShape(shape)} is outside [0, 1].`,
        "Targets are 0 or 1. For more than two classes use 'sparseCategoricalCrossentropy'.",
      );
    }
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), fromLogits: this.fromLogits, labelSmoothing: this.labelSmoothing };
  }

  static fromConfig(config: JsonObject): BinaryCrossentropy {
    const reader = new ConfigReader(BinaryCrossentropy.className, config);
    const options = readSmoothedOptions(reader);
    reader.done();
    return new BinaryCrossentropy(options);
  }
}

const binaryValues = (targets: Tensor, p: Tensor): Tensor =>
  targets
    .mul(log(p))
    .add(
      targets
        .neg()
        .add(1)
        .mul(log(p.neg().add(1))),
    )
    .neg();

function readSmoothedOptions(reader: ConfigReader): SmoothedCrossentropyOptions {
  return {
    ...readLossOptions(reader),
    fromLogits: reader.boolean('fromLogits', false),
    labelSmoothing: reader.number('labelSmoothing', 0),
  };
}
