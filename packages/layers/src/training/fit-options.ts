/** The options of `fit` and `evaluate`. */
import type { Tensor } from '@hadal/core';
import type { Callback } from '../callbacks/callback';
import type { Replaced, Tensors } from '../layer/arrangement';
import type { ArrayInput } from './arrays';
import type { ClassWeight, EvaluationData } from './data';

/** 0 is silent, 1 a live bar where lines can be overwritten, 2 a line per epoch; `auto` is 1. */
export type Verbosity = 'auto' | 0 | 1 | 2;

/** Options that datasets and arrays share. */
export interface FitOptions<In extends Tensors = Tensor, Out extends Tensors = Tensor> {
  /** The epoch to stop before (default 1). */
  readonly epochs?: number;
  /** The first epoch, from 0 (default 0). */
  readonly initialEpoch?: number;
  /** Continues after the last epoch trained, or where the run was stopped, as if it had never been interrupted. */
  readonly resume?: boolean;
  /** Evaluated after every epoch: a dataset, or inputs and targets. */
  readonly validationData?: EvaluationData<In, Out>;
  /** Samples per batch of validation arrays (default: `batchSize`). */
  readonly validationBatchSize?: number;
  /** Evaluates every so many epochs (default 1). */
  readonly validationFreq?: number;
  /** Most batches of an epoch; needed for endless datasets. */
  readonly stepsPerEpoch?: number;
  /** Weights of classes in the loss. */
  readonly classWeight?: ClassWeight;
  /** What is told of every batch and epoch, and may stop the run. */
  readonly callbacks?: readonly Callback[];
  /** What is printed (default auto). */
  readonly verbose?: Verbosity;
  /** Stops between batches; `fit` then rejects with the signal's reason, and `resume` continues from there. */
  readonly signal?: AbortSignal;
}

/** Options of `fit` with arrays. */
export interface ArrayFitOptions<In extends Tensors = Tensor, Out extends Tensors = Tensor>
  extends FitOptions<In, Out> {
  /** Samples per update (default 32). */
  readonly batchSize?: number;
  /** Shuffles the samples of every epoch anew, from the seed of `setSeed` (default true). */
  readonly shuffle?: boolean;
  /** The part of the samples, at the end, that is kept for validation (default 0). */
  readonly validationSplit?: number;
  /** A weight per sample in the loss, or such weights for each output. */
  readonly sampleWeight?: ArrayInput | Replaced<Out, ArrayInput>;
}

/** Options of `partialFit` with a dataset. */
export type PartialFitOptions = Pick<FitOptions, 'callbacks' | 'classWeight' | 'signal' | 'verbose'>;

/** Options of `partialFit` with arrays. */
export type ArrayPartialFitOptions<Out extends Tensors = Tensor> = PartialFitOptions &
  Pick<ArrayFitOptions<Tensor, Out>, 'batchSize' | 'sampleWeight'>;

export interface EvaluateOptions {
  /** Samples per batch of arrays (default 32). */
  readonly batchSize?: number;
  /** Most batches. */
  readonly steps?: number;
  /** What is told of every batch. */
  readonly callbacks?: readonly Callback[];
  /** What is printed (default auto). */
  readonly verbose?: Verbosity;
  /** Stops between batches; `evaluate` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}
