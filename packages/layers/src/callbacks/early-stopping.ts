/** Stops training when a figure no longer improves. */
import type { HostArray } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Logs } from '../training/logs';
import { Callback, type CallbackState, decodeFigure, encodeFigure, type RunPlan } from './callback';
import { Monitor, type MonitorOptions } from './monitor';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement after which training stops (default 0). */
  readonly patience?: number;
  /** A value that has to be beaten before improvements count. */
  readonly baseline?: number;
  /** Goes back to the weights of the best epoch at the end (default false). */
  readonly restoreBestWeights?: boolean;
  /** Epochs before which nothing is monitored (default 0). */
  readonly startFromEpoch?: number;
}

/**
 * Stops training once the monitored figure has not improved for `patience` epochs.
 *
 * Source: Keras 3, `keras.callbacks.EarlyStopping`.
 *
 * @example
 * await model.fit(x, y, {
 *   epochs: 100,
 *   validationSplit: 0.2,
 *   callbacks: [new EarlyStopping({ patience: 3, restoreBestWeights: true })],
 * });
 */
export class EarlyStopping extends Callback {
  readonly patience: number;
  readonly restoreBestWeights: boolean;
  readonly startFromEpoch: number;
  readonly baseline: number | undefined;
  readonly #monitor: Monitor;
  #best: number | undefined;
  #bestEpoch = 0;
  #bestWeights: readonly HostArray[] | undefined;
  #wait = 0;
  #stoppedEpoch: number | undefined;
  #resumed = false;

  constructor(options: EarlyStoppingOptions = {}) {
    super();
    const { patience = 0, restoreBestWeights = false, startFromEpoch = 0, baseline } = options;
    this.patience = patience;
    this.restoreBestWeights = restoreBestWeights;
    this.startFromEpoch = startFromEpoch;
    this.baseline = baseline;
    this.#monitor = new Monitor('EarlyStopping', options);
  }

  override get stateName(): string {
    return 'EarlyStopping';
  }

  /** The epoch in which training was stopped, if it was. */
  get stoppedEpoch(): number | undefined {
    return this.#stoppedEpoch;
  }

  /** The best epoch so far. */
  get bestEpoch(): number {
    return this.#bestEpoch;
  }

  override onTrainBegin(_plan: RunPlan): void {
    this.#stoppedEpoch = undefined;
    if (this.#resumed) {
      this.#resumed = false;
      return;
    }
    this.#wait = 0;
    this.#best = undefined;
    this.#bestEpoch = 0;
    this.#bestWeights = undefined;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const current = this.#monitor.valueIn(logs);
    if (epoch < this.startFromEpoch) return;
    if (this.restoreBestWeights && this.#bestWeights === undefined) {
      this.#bestWeights = await this.model.getWeights();
      this.#bestEpoch = epoch;
    }
    this.#wait++;
    if (this.#monitor.improves(this.model, current, this.#best)) {
      this.#best = current;
      this.#bestEpoch = epoch;
      if (this.restoreBestWeights) this.#bestWeights = await this.model.getWeights();
      const beatsBaseline =
        this.baseline === undefined || this.#monitor.improves(this.model, current, this.baseline);
      if (beatsBaseline) this.#wait = 0;
      return;
    }
    if (this.#wait >= this.patience && epoch > 0) {
      this.#stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  override onTrainEnd(): void {
    if (this.restoreBestWeights && this.#bestWeights !== undefined) this.model.setWeights(this.#bestWeights);
  }

  override getState(): CallbackState {
    const arrays = new Map((this.#bestWeights ?? []).map((array, index) => [String(index), array]));
    return {
      values: {
        wait: this.#wait,
        best: this.#best === undefined ? null : encodeFigure(this.#best),
        bestEpoch: this.#bestEpoch,
      },
      arrays,
    };
  }

  override setState({ values, arrays }: CallbackState): void {
    const reader = new ConfigReader('EarlyStopping', values);
    this.#wait = reader.integer('wait');
    const best = reader.value('best');
    this.#best = best === undefined ? undefined : decodeFigure(best);
    this.#bestEpoch = reader.integer('bestEpoch');
    this.#bestWeights = arrays === undefined || arrays.size === 0 ? undefined : [...arrays.values()];
    this.#resumed = true;
  }
}
