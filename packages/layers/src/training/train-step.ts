/** What one step of training does, for those who write their own. */
import type { Tensor } from '@hadal/core';
import type { LossClosure, Optimizer } from '@hadal/optimizers';
import type { AnyNetwork } from '../model/network';

/** Inputs, targets and weights, one of each for every input and output of the model. */
export interface StepBatch {
  /** The inputs of the model in order, the batch first. */
  readonly x: readonly Tensor[];
  /** The targets of the outputs in order. */
  readonly y: readonly Tensor[];
  /** Undefined where all samples of an output count alike. */
  readonly weights: readonly (Tensor | undefined)[];
}

/** A batch, and what a step is made of. */
export interface TrainingStep extends StepBatch {
  /** What is trained. */
  readonly model: AnyNetwork;
  /** What it was compiled with. */
  readonly optimizer: Optimizer;
  /** The outputs of the model in training. */
  forward(x: readonly Tensor[]): readonly Tensor[];
  /**
   * The whole loss of the compiled model, penalties included, in training.
   *
   * @param batch   what is not given is that of the step
   * @param records whether the loss and the metrics gather what they see (default true)
   */
  measure(batch?: Partial<StepBatch>, records?: boolean): Tensor;
  /** Differentiates a loss, and makes one update of the trainable weights. */
  minimize(loss: LossClosure): Tensor;
}

/**
 * A step of one's own, for `compile({ trainStep })`. It is called while the step is compiled: what it builds is computed
 * for every batch, so that nothing can be read in it.
 */
export type TrainStep = (step: TrainingStep) => void;

/** What a step does unless told otherwise. An optimizer may want the loss at other weights as well, which is not what the figures are about. */
export const ordinaryStep: TrainStep = (step) => {
  step.minimize((pass) => step.measure({}, pass === 0));
};
