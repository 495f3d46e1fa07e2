/** What callbacks share that watch one figure: which way is better, and by how much. */
import { ArgumentError, suggestName } from '@hadal/core';
import type { AnyModel } from '../model/model';
import type { Logs } from '../training/logs';

export interface MonitorOptions {
  /** Which figure of the logs (default val_loss). */
  readonly monitor?: string;
  /** Whether smaller or larger is better; `auto` knows the loss and the metrics of the model (default auto). */
  readonly mode?: 'auto' | 'min' | 'max';
  /** Changes smaller than this are no improvement (default 0). */
  readonly minDelta?: number;
}

/** Watches one figure. */
export class Monitor {
  readonly name: string;
  readonly #mode: 'auto' | 'min' | 'max';
  readonly #minDelta: number;
  #sign: 1 | -1 | undefined;

  constructor(
    readonly owner: string,
    { monitor = 'val_loss', mode = 'auto', minDelta = 0 }: MonitorOptions,
  ) {
    this.name = monitor;
    this.#mode = mode;
    this.#minDelta = Math.abs(minDelta);
  }

  /**
   * The watched figure.
   *
   * @throws {ArgumentError} when the logs lack it
   */
  valueIn(logs: Logs): number {
    const value = logs[this.name];
    if (value !== undefined) return value;
    const known = Object.keys(logs);
    throw new ArgumentError(
      this.owner,
      `monitor is '${this.name}', which the logs do not have; they have ${known.join(', ')}.`,
      this.name.startsWith('val_') && !known.some((name) => name.startsWith('val_'))
        ? "Figures of validation data need validationData or validationSplit in fit; or monitor 'loss'."
        : suggestName(this.name, known),
    );
  }

  /** Whether `value` is better than `reference`. */
  improves(model: AnyModel, value: number, reference: number | undefined): boolean {
    if (reference === undefined) return true;
    const sign = this.#direction(model);
    return sign * (value - sign * this.#minDelta) > sign * reference;
  }

  /** Whether `value` is as good as `target`. */
  reaches(model: AnyModel, value: number, target: number): boolean {
    const sign = this.#direction(model);
    return sign * value >= sign * target;
  }

  #direction(model: AnyModel): 1 | -1 {
    if (this.#sign !== undefined) return this.#sign;
    this.#sign = this.#mode === 'auto' ? this.#knownDirection(model) : this.#mode === 'min' ? -1 : 1;
    return this.#sign;
  }

  #knownDirection(model: AnyModel): 1 | -1 {
    const name = this.name.replace(/^val_/, '');
    if (name === 'loss') return -1;
    const direction = model.figures.find((figure) => figure.name === name)?.metric.direction;
    if (direction !== undefined) return direction === 'up' ? 1 : -1;
    throw new ArgumentError(
      this.owner,
      `it is not known whether a larger or a smaller '${this.name}' is better.`,
      "Say so: mode: 'min' or mode: 'max'.",
    );
  }
}
