/** Callbacks made of plain functions. */
import type { Logs } from '../training/logs';
import { type BatchProgress, Callback, type RunPlan } from './callback';

type Hook = void | Promise<void>;

export interface LambdaHooks {
  /** Before the first epoch. */
  readonly onTrainBegin?: (plan: RunPlan) => Hook;
  /** After the last epoch, with its figures. */
  readonly onTrainEnd?: (logs: Logs | undefined) => Hook;
  /** Before each epoch, with its number from 0. */
  readonly onEpochBegin?: (epoch: number) => Hook;
  /** After each epoch, with its figures, those of validation included. */
  readonly onEpochEnd?: (epoch: number, logs: Logs) => Hook;
  /** After each update. */
  readonly onTrainBatchEnd?: (progress: BatchProgress) => Hook;
}

/**
 * A callback of functions.
 *
 * @example
 * new LambdaCallback({ onEpochEnd: (epoch, { loss }) => console.log(epoch, loss) });
 */
export class LambdaCallback extends Callback {
  constructor(readonly hooks: LambdaHooks) {
    super();
  }

  override onTrainBegin(plan: RunPlan): Hook {
    return this.hooks.onTrainBegin?.(plan);
  }

  override onTrainEnd(logs: Logs | undefined): Hook {
    return this.hooks.onTrainEnd?.(logs);
  }

  override onEpochBegin(epoch: number): Hook {
    return this.hooks.onEpochBegin?.(epoch);
  }

  override onEpochEnd(epoch: number, logs: Logs): Hook {
    return this.hooks.onEpochEnd?.(epoch, logs);
  }

  override onTrainBatchEnd(progress: BatchProgress): Hook {
    return this.hooks.onTrainBatchEnd?.(progress);
  }
}
