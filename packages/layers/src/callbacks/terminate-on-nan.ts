/** Ends training when the loss is no number any more. */
import { ArgumentError } from '@hadal/core';
import type { Logs } from '../training/logs';
import { type BatchProgress, Callback } from './callback';

export interface TerminateOnNaNOptions {
  /** Makes `fit` reject instead of ending early (default false). */
  readonly raiseError?: boolean;
  /** Looks every so many batches, since looking waits for the device (default 16). */
  readonly checkFreq?: number;
}

/**
 * Ends training once the loss is NaN or infinite. The loss of an epoch is a mean over its batches, so that no such batch
 * is missed between two looks.
 *
 * Source: Keras 3, `keras.callbacks.TerminateOnNaN`.
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [new TerminateOnNaN()] });
 */
export class TerminateOnNaN extends Callback {
  readonly raiseError: boolean;
  readonly checkFreq: number;
  /** The epoch and batch in which it was noticed, if it was. */
  noticed: { readonly epoch: number; readonly batch: number | undefined } | undefined;
  #epoch = 0;

  constructor({ raiseError = false, checkFreq = 16 }: TerminateOnNaNOptions = {}) {
    super();
    if (!(Number.isSafeInteger(checkFreq) && checkFreq > 0)) {
      throw new ArgumentError('TerminateOnNaN', `checkFreq is ${checkFreq}; expected a number of batches.`);
    }
    this.raiseError = raiseError;
    this.checkFreq = checkFreq;
  }

  override onTrainBegin(): void {
    this.noticed = undefined;
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onTrainBatchEnd(progress: BatchProgress): Promise<void> {
    if ((progress.batch + 1) % this.checkFreq === 0) this.#check(await progress.logs(), progress.batch);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.#check(logs, undefined);
  }

  #check({ loss }: Logs, batch: number | undefined): void {
    if (Number.isFinite(loss) || this.noticed !== undefined) return;
    this.noticed = { epoch: this.#epoch, batch };
    this.model.stopTraining = true;
    if (!this.raiseError) return;
    throw new ArgumentError(
      'fit',
      `the loss of epoch ${this.#epoch + 1} is ${loss}${batch === undefined ? '' : ` after batch ${batch + 1}`}.`,
      'Lower the learning rate or clip gradients; setDebug(true) names the line that built the first NaN.',
    );
  }
}
