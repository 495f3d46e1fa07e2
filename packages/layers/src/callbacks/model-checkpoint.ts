/** Saves the model while it trains. */
import { ArgumentError, ConfigReader } from '@hadal/core';
import type { Logs } from '../training/logs';
import { type BatchProgress, Callback, type CallbackState, decodeFigure, encodeFigure } from './callback';
import { Monitor, type MonitorOptions } from './monitor';

export interface ModelCheckpointOptions extends MonitorOptions {
  /** Saves only when the monitored figure is better than ever (default false). */
  readonly saveBestOnly?: boolean;
  /** Leaves out optimizer, random and data state, so that the file can only predict (default false). */
  readonly saveWeightsOnly?: boolean;
  /** When to save: at the end of every epoch, or every so many batches (default epoch). */
  readonly saveFreq?: 'epoch' | number;
  /** What the monitored figure has to beat at first. */
  readonly initialValueThreshold?: number;
}

/**
 * Saves the model at the end of epochs. What is saved resumes exactly: weights, optimizer, random numbers, epoch and
 * data position.
 *
 * The path may contain `{epoch}` (from 1) and figures of the logs, with printf-like precision: `{epoch:02}`,
 * `{val_loss:.2f}`.
 *
 * @example
 * const checkpoint = new ModelCheckpoint('runs/{epoch:02}-{val_loss:.3f}', { saveBestOnly: true });
 */
export class ModelCheckpoint extends Callback {
  readonly #monitor: Monitor;
  readonly #saveBestOnly: boolean;
  readonly #saveWeightsOnly: boolean;
  readonly #saveFreq: 'epoch' | number;
  #best: number | undefined;
  #batchesSinceSave = 0;
  #epoch = 0;

  constructor(
    readonly path: string,
    options: ModelCheckpointOptions = {},
  ) {
    super();
    const {
      saveBestOnly = false,
      saveWeightsOnly = false,
      saveFreq = 'epoch',
      initialValueThreshold,
    } = options;
    if (saveFreq !== 'epoch' && !(Number.isSafeInteger(saveFreq) && saveFreq > 0)) {
      throw new ArgumentError(
        'ModelCheckpoint',
        `saveFreq is ${saveFreq}; expected 'epoch' or a number of batches.`,
      );
    }
    this.#monitor = new Monitor('ModelCheckpoint', options);
    this.#saveBestOnly = saveBestOnly;
    this.#saveWeightsOnly = saveWeightsOnly;
    this.#saveFreq = saveFreq;
    this.#best = initialValueThreshold;
  }

  override get stateName(): string {
    return 'ModelCheckpoint';
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onTrainBatchEnd(progress: BatchProgress): Promise<void> {
    if (this.#saveFreq === 'epoch') return;
    this.#batchesSinceSave++;
    if (this.#batchesSinceSave < this.#saveFreq) return;
    this.#batchesSinceSave = 0;
    await this.#save(this.#epoch, await progress.logs());
  }

  override async onEpochSettled(epoch: number, logs: Logs): Promise<void> {
    if (this.#saveFreq === 'epoch') await this.#save(epoch, logs);
  }

  async #save(epoch: number, logs: Logs): Promise<void> {
    if (this.#saveBestOnly) {
      const current = this.#monitor.valueIn(logs);
      if (!this.#monitor.improves(this.model, current, this.#best)) return;
      this.#best = current;
    }
    await this.model.save(formatPath(this.path, { ...logs, epoch: epoch + 1 }), {
      includeTraining: !this.#saveWeightsOnly,
    });
  }

  override getState(): CallbackState {
    return {
      values: {
        best: this.#best === undefined ? null : encodeFigure(this.#best),
        batchesSinceSave: this.#batchesSinceSave,
      },
    };
  }

  override setState({ values }: CallbackState): void {
    const reader = new ConfigReader('ModelCheckpoint', values);
    const best = reader.value('best');
    this.#best = best === undefined ? undefined : decodeFigure(best);
    this.#batchesSinceSave = reader.integer('batchesSinceSave', 0);
  }
}

/**
 * Fills `{name}`, `{name:03}`, `{name:03d}` and `{name:.2f}` in a path.
 *
 * @throws {ArgumentError} when a name is unknown
 */
export function formatPath(template: string, values: Readonly<Record<string, number>>): string {
  return template.replace(
    /\{(\w+)(?::(0(\d+)d?|\.(\d+)f))?\}/g,
    (_, name: string, _format: string | undefined, width: string | undefined, digits: string | undefined) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) {
        throw new ArgumentError(
          'ModelCheckpoint',
          `the path '${template}' names {${name}}, which is not known.`,
          `Known names: ${Object.keys(values).join(', ')}.`,
        );
      }
      if (digits !== undefined) return value.toFixed(Number(digits));
      return width === undefined ? String(value) : String(value).padStart(Number(width), '0');
    },
  );
}
