/**
 * Probabilities in cross-entropies. Where outputs come straight from a softmax or sigmoid activation they are computed
 * from the logits behind it, as Keras does; probabilities of unknown origin are clipped away from 0 and 1.
 */
import type { ConfigReader, HostArray, Tensor } from '@hadal/core';
import { clip, DataError, log, sum } from '@hadal/core';
import { logitsOf, type ProbabilityActivation } from '../activations';
import { formatLayerShape } from '../layer/shape';
import { EPSILON } from './epsilon';
import type { LossOptions } from './loss';

export interface CrossentropyOptions extends LossOptions {
  /** Outputs are logits, not probabilities (default false). */
  readonly fromLogits?: boolean;
  /** The axis of classes (default −1). */
  readonly axis?: number;
}

export interface SmoothedCrossentropyOptions extends CrossentropyOptions {
  /** Moves targets this far towards uniform, in [0, 1] (default 0). */
  readonly labelSmoothing?: number;
}

/** Reads the options of a cross-entropy. */
export const readCrossentropyOptions = (
  reader: ConfigReader,
): { readonly fromLogits: boolean; readonly axis: number } => ({
  fromLogits: reader.boolean('fromLogits', false),
  axis: reader.integer('axis', -1),
});

/** Reads the options of a cross-entropy that may smooth its targets. */
export const readSmoothedOptions = (
  reader: ConfigReader,
): { readonly fromLogits: boolean; readonly axis: number; readonly labelSmoothing: number } => ({
  ...readCrossentropyOptions(reader),
  labelSmoothing: reader.number('labelSmoothing', 0),
});

/** Probabilities kept away from 0 and 1. */
export const clipProbability = (p: Tensor): Tensor => clip(p, EPSILON, 1 - EPSILON);

/** p / Σp along the last axis, kept away from 0 and 1. */
export const normalizedProbability = (p: Tensor): Tensor =>
  clipProbability(p.div(sum(p, { axis: -1, keepDims: true })));

/** log(p / Σp) along the last axis, kept finite. */
export const logOfNormalized = (p: Tensor): Tensor => log(normalizedProbability(p));

/** The logits of outputs: themselves, or what an activation remembers of them along the last axis. */
export function knownLogits(
  yPred: Tensor,
  fromLogits: boolean,
  activation: ProbabilityActivation,
  axis = -1,
): Tensor | undefined {
  if (fromLogits) return yPred;
  const isLast = axis === -1 || axis === yPred.rank - 1;
  return isLast || activation === 'sigmoid' ? logitsOf(yPred, activation) : undefined;
}

/** Targets of `choices` equally likely classes, moved towards uniform. */
export const smoothed = (targets: Tensor, smoothing: number, choices: number): Tensor =>
  smoothing === 0 ? targets : targets.mul(1 - smoothing).add(smoothing / choices);

/**
 * Checks that targets are probabilities.
 *
 * @throws {DataError} when one is outside [0, 1]
 */
export function checkProbabilities(where: string, { data, shape }: HostArray): void {
  for (let index = 0; index < data.length; index++) {
    const target = data[index]!;
    if (target >= 0 && target <= 1) continue;
    throw new DataError(
      where,
      `target ${target} at position ${index} of y ${formatLayerShape(shape)} is outside [0, 1].`,
      "Targets are 0 or 1. For more than two classes use 'sparseCategoricalCrossentropy'.",
    );
  }
}

/** −t · log p − (1 − t) · log(1 − p). */
export const binaryEntropy = (targets: Tensor, p: Tensor): Tensor =>
  targets
    .mul(log(p))
    .add(
      targets
        .neg()
        .add(1)
        .mul(log(p.neg().add(1))),
    )
    .neg();
