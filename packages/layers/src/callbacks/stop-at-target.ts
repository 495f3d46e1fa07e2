/** Ends training once a figure is good enough. */
import type { Logs } from '../training/logs';
import { Callback } from './callback';
import { Monitor, type MonitorOptions } from './monitor';

export interface StopAtTargetOptions extends Omit<MonitorOptions, 'minDelta'> {
  /** The value at which training may end. */
  readonly target: number;
}

/**
 * Ends training at the end of the first epoch whose monitored figure is as good as `target`.
 *
 * @example
 * await model.fit(x, y, {
 *   epochs: 100,
 *   validationSplit: 0.2,
 *   callbacks: [new StopAtTarget({ monitor: 'val_accuracy', target: 0.95 })],
 * });
 */
export class StopAtTarget extends Callback {
  readonly target: number;
  readonly #monitor: Monitor;
  #stoppedEpoch: number | undefined;

  constructor({ target, ...options }: StopAtTargetOptions) {
    super();
    this.target = target;
    this.#monitor = new Monitor('StopAtTarget', options);
  }

  /** The epoch in which the target was reached, if it was. */
  get stoppedEpoch(): number | undefined {
    return this.#stoppedEpoch;
  }

  override onTrainBegin(): void {
    this.#stoppedEpoch = undefined;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    if (!this.#monitor.reaches(this.model, this.#monitor.valueIn(logs), this.target)) return;
    this.#stoppedEpoch = epoch;
    this.model.stopTraining = true;
  }
}
