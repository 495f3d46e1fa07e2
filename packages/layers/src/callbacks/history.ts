/** Remembers the figures of every epoch: what `fit` returns. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Logs } from '../training/logs';
import { Callback, type CallbackState, decodeFigure, encodeFigure, type RunPlan } from './callback';

/** One list per figure, one value per epoch. */
export interface HistoryLogs {
  /** The whole loss of each epoch. */
  readonly loss: readonly number[];
  readonly [name: string]: readonly number[];
}

/**
 * The figures of every epoch.
 *
 * @example
 * const { history } = await model.fit(x, y, { epochs: 3 });
 * history.loss; // three numbers
 */
export class History extends Callback {
  #epochs: number[] = [];
  #figures = new Map<string, number[]>();
  #keep = false;

  override get stateName(): string {
    return 'History';
  }

  /** The epochs, from 0. */
  get epoch(): readonly number[] {
    return this.#epochs;
  }

  /** Lists by name, one figure for each epoch. */
  get history(): HistoryLogs {
    return { loss: [], ...Object.fromEntries(this.#figures) };
  }

  override onTrainBegin({ initialEpoch }: RunPlan): void {
    // A resumed run continues the lists of the run before.
    if (!this.#keep || initialEpoch === 0) {
      this.#epochs = [];
      this.#figures = new Map();
    }
    this.#keep = false;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.#epochs.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      const values = this.#figures.get(name);
      if (values === undefined) this.#figures.set(name, [value]);
      else values.push(value);
    }
  }

  override getState(): CallbackState {
    const figures = [...this.#figures].map(([name, values]) => [name, values.map(encodeFigure)]);
    return { values: { epochs: this.#epochs, figures: Object.fromEntries(figures) } };
  }

  override setState({ values }: CallbackState): void {
    const reader = new ConfigReader('history', values);
    this.#epochs = reader.numbers('epochs');
    const figures: JsonObject = reader.object('figures');
    const read = new ConfigReader('history', figures);
    this.#figures = new Map(Object.keys(figures).map((name) => [name, read.list(name).map(decodeFigure)]));
    this.#keep = true;
  }
}
