/** Lowers the learning rate when a figure no longer improves. */
import { ArgumentError, ConfigReader } from '@hadal/core';
import type { Logs } from '../training/logs';
import { Callback, type CallbackState, decodeFigure, type EpochFigures, encodeFigure } from './callback';
import { presentRate, rateFigure } from './learning-rate';
import { Monitor, type MonitorOptions } from './monitor';

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** By which the rate is multiplied, in (0, 1) (default 0.1). */
  readonly factor?: number;
  /** Epochs without improvement after which the rate is lowered (default 10). */
  readonly patience?: number;
  /** Epochs after a change in which nothing is counted (default 0). */
  readonly cooldown?: number;
  /** The rate is not lowered below this (default 0). */
  readonly minLr?: number;
  /** Changes smaller than this are no improvement (default 1e-4). */
  readonly minDelta?: number;
}

/**
 * Multiplies the learning rate by `factor` once the monitored figure has not improved for `patience` epochs. The logs
 * then have `learning_rate`, the rate of the epoch.
 *
 * Source: Keras 3, `keras.callbacks.ReduceLROnPlateau`.
 *
 * @example
 * await model.fit(x, y, {
 *   epochs: 100,
 *   validationSplit: 0.2,
 *   callbacks: [new ReduceLROnPlateau({ factor: 0.5, patience: 5, minLr: 1e-5 })],
 * });
 */
export class ReduceLROnPlateau extends Callback {
  readonly factor: number;
  readonly patience: number;
  readonly cooldown: number;
  readonly minLr: number;
  readonly #monitor: Monitor;
  #best: number | undefined;
  #wait = 0;
  #cooling = 0;
  #resumed = false;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    super();
    const { factor = 0.1, patience = 10, cooldown = 0, minLr = 0, minDelta = 1e-4 } = options;
    if (!(factor > 0 && factor < 1)) {
      throw new ArgumentError('ReduceLROnPlateau', `factor is ${factor}; expected a number in (0, 1).`);
    }
    this.factor = factor;
    this.patience = patience;
    this.cooldown = cooldown;
    this.minLr = minLr;
    this.#monitor = new Monitor('ReduceLROnPlateau', { ...options, minDelta });
  }

  override get stateName(): string {
    return 'ReduceLROnPlateau';
  }

  override onTrainBegin(): void {
    if (!this.#resumed) {
      this.#best = undefined;
      this.#wait = 0;
      this.#cooling = 0;
    }
    this.#resumed = false;
  }

  override epochFigures(): Promise<EpochFigures> {
    return rateFigure(this.model.optimizer);
  }

  override async onEpochEnd(_epoch: number, logs: Logs): Promise<void> {
    const current = this.#monitor.valueIn(logs);
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#wait = 0;
    }
    if (this.#monitor.improves(this.model, current, this.#best)) {
      this.#best = current;
      this.#wait = 0;
      return;
    }
    if (this.#cooling > 0) return;
    this.#wait++;
    if (this.#wait < this.patience) return;
    const { optimizer } = this.model;
    const rate = await presentRate(optimizer);
    if (rate <= Math.fround(this.minLr)) return;
    optimizer.learningRate = Math.max(rate * this.factor, this.minLr);
    this.#cooling = this.cooldown;
    this.#wait = 0;
  }

  override getState(): CallbackState {
    const best = this.#best === undefined ? null : encodeFigure(this.#best);
    return { values: { best, wait: this.#wait, cooling: this.#cooling } };
  }

  override setState({ values }: CallbackState): void {
    const reader = new ConfigReader('ReduceLROnPlateau', values);
    const best = reader.value('best');
    this.#best = best === undefined ? undefined : decodeFigure(best);
    this.#wait = reader.integer('wait');
    this.#cooling = reader.integer('cooling');
    this.#resumed = true;
  }
}
