/** The callback base: hooks into `fit` and `evaluate`. */
import type { HostArray, JsonObject, JsonValue } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { AnyModel } from '../model/model';
import type { Logs } from '../training/logs';

/** How far an epoch or an evaluation is. */
export interface BatchProgress {
  /** Number of the batch, from 0. */
  readonly batch: number;
  /** Batches of the whole pass, where known. */
  readonly batches: number | undefined;
  /** Samples seen in this pass. */
  readonly samples: number;
  /** The loss and metrics so far. Asking waits for the device, so ask rarely. */
  logs(): Promise<Logs>;
}

/** What a run is going to do. */
export interface RunPlan {
  /** The first epoch, from 0. */
  readonly initialEpoch: number;
  /** The epoch to stop before. */
  readonly epochs: number;
  /** Batches of an epoch, where known. */
  readonly batches: number | undefined;
}

/** What a callback keeps in a checkpoint. */
export interface CallbackState {
  /** Numbers and texts, as JSON. */
  readonly values: JsonObject;
  /** Larger values, by name. */
  readonly arrays?: ReadonlyMap<string, HostArray>;
}

/** A figure as JSON: JSON has no NaN and no infinities, and losses may become either. */
export const encodeFigure = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);

/** The figure that `encodeFigure` encoded. */
export const decodeFigure = (value: JsonValue): number => (typeof value === 'number' ? value : Number(value));

/** Figures by name. */
export type EpochFigures = Readonly<Record<string, number>>;

type Hook = void | Promise<void>;

/**
 * Base of all callbacks; override the hooks you need. Hooks may be asynchronous: training waits for them.
 *
 * @example
 * class Shout extends Callback {
 *   override onEpochEnd(epoch: number, logs: Logs) {
 *     console.log(`epoch ${epoch + 1}: ${logs.loss}`);
 *   }
 * }
 */
export class Callback {
  #model: AnyModel | undefined;

  /** Under which the state is kept in checkpoints; undefined keeps none. */
  get stateName(): string | undefined {
    return undefined;
  }

  /** The model being trained. */
  get model(): AnyModel {
    if (this.#model === undefined)
      throw new ArgumentError('callback', 'the callback is not part of a run yet.');
    return this.#model;
  }

  /** Called by `fit` before everything else. */
  attach(model: AnyModel): void {
    this.#model = model;
  }

  /**
   * Called first, before the run knows where it begins: may put the model where an earlier run was.
   *
   * @returns whether the run continues from there, as `resume` does
   */
  onRestore(): boolean | Promise<boolean> {
    return false;
  }

  /** Before the first epoch, with what is planned. */
  onTrainBegin(_plan: RunPlan): Hook {}
  /** Also called when training stops early or fails. */
  onTrainEnd(_logs: Logs | undefined): Hook {}
  /** Before each epoch, with its number from 0. */
  onEpochBegin(_epoch: number): Hook {}
  /** Figures of its own that the logs of an epoch are to have; asked before `onEpochEnd`. */
  epochFigures(_epoch: number): EpochFigures | Promise<EpochFigures> {
    return {};
  }

  /** After each epoch, with its figures, those of validation included. */
  onEpochEnd(_epoch: number, _logs: Logs): Hook {}
  /** After `onEpochEnd` of all callbacks: everything about the epoch is settled, so this is the place to save. */
  onEpochSettled(_epoch: number, _logs: Logs): Hook {}
  /** After each update. */
  onTrainBatchEnd(_progress: BatchProgress): Hook {}
  /** Before validation and `evaluate`. */
  onTestBegin(_batches: number | undefined): Hook {}
  /** After each batch of these. */
  onTestBatchEnd(_progress: BatchProgress): Hook {}
  /** After these, with what was measured. */
  onTestEnd(_logs: Logs): Hook {}

  /** What a checkpoint should keep. */
  getState(): CallbackState {
    return { values: {} };
  }

  /** Takes back what `getState` gave. */
  setState(_state: CallbackState): void {}
}
