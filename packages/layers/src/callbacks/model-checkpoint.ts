/** Saves the model while it trains. */
import type { JsonValue } from '@hadal/core';
import { ArgumentError, ConfigReader, DataError, isJsonObject } from '@hadal/core';
import { managedStorageAt } from '../saving/location';
import { removeSavedModel } from '../saving/remove';
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
  /** Keeps only so many checkpoints, those with the best monitored figure, and deletes the others (default: all). */
  readonly keepBest?: number;
  /** What the monitored figure has to beat at first. */
  readonly initialValueThreshold?: number;
}

/** A checkpoint that is there. Its path follows from its figures, so that no file can name one to be deleted. */
interface Checkpoint {
  readonly figures: Readonly<Record<string, number>>;
  readonly value: number;
}

function readCheckpoint(entry: JsonValue): Checkpoint {
  if (!isJsonObject(entry)) throw new DataError('ModelCheckpoint', "an entry of 'kept' is not an object.");
  const reader = new ConfigReader('ModelCheckpoint', entry);
  const figures = Object.entries(reader.object('figures')).map(([name, figure]) => [
    name,
    decodeFigure(figure),
  ]);
  const value = decodeFigure(reader.value('value') ?? Number.NaN);
  reader.done();
  return { figures: Object.fromEntries(figures), value };
}

/**
 * Saves the model at the end of epochs. What is saved resumes exactly: weights, optimizer, random numbers, epoch and
 * data position.
 *
 * In a page, checkpoints go to the browser's storage: `indexeddb://runs/{epoch}` or `opfs://runs/{epoch}`.
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
  readonly #keepBest: number | undefined;
  #best: number | undefined;
  /** The checkpoints that are there, best first, where only some are kept. */
  #kept: readonly Checkpoint[] = [];
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
      keepBest,
      initialValueThreshold,
    } = options;
    if (saveFreq !== 'epoch' && !(Number.isSafeInteger(saveFreq) && saveFreq > 0)) {
      throw new ArgumentError(
        'ModelCheckpoint',
        `saveFreq is ${saveFreq}; expected 'epoch' or a number of batches.`,
      );
    }
    if (keepBest !== undefined && !(Number.isSafeInteger(keepBest) && keepBest > 0)) {
      throw new ArgumentError(
        'ModelCheckpoint',
        `keepBest is ${keepBest}; expected a positive number of checkpoints.`,
      );
    }
    if (keepBest !== undefined && !path.includes('{')) {
      throw new ArgumentError(
        'ModelCheckpoint',
        `keepBest is ${keepBest}, but every checkpoint goes to '${path}'.`,
        "Give each a place of its own: 'runs/{epoch:02}'.",
      );
    }
    this.#monitor = new Monitor('ModelCheckpoint', options);
    this.#keepBest = keepBest;
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
    const figures = { ...logs, epoch: epoch + 1 };
    const path = this.#pathOf(figures);
    const dropped = this.#rank(figures, logs);
    if (dropped.includes(path)) return;
    await this.model.save(path, { includeTraining: !this.#saveWeightsOnly });
    for (const each of dropped) await removeSavedModel(managedStorageAt(each));
  }

  #pathOf(figures: Readonly<Record<string, number>>): string {
    return formatPath(this.path, figures);
  }

  /** Takes a checkpoint into the list of those that are kept; gives the paths of those that are not, perhaps its own. */
  #rank(figures: Checkpoint['figures'], logs: Logs): readonly string[] {
    if (this.#keepBest === undefined) return [];
    const value = this.#monitor.valueIn(logs);
    const others = this.#kept.filter((each) => this.#pathOf(each.figures) !== this.#pathOf(figures));
    const worse = others.findIndex((each) => this.#monitor.improves(this.model, value, each.value));
    const ranked = others.toSpliced(worse < 0 ? others.length : worse, 0, { figures, value });
    this.#kept = ranked.slice(0, this.#keepBest);
    return ranked.slice(this.#keepBest).map((each) => this.#pathOf(each.figures));
  }

  override getState(): CallbackState {
    return {
      values: {
        best: this.#best === undefined ? null : encodeFigure(this.#best),
        batchesSinceSave: this.#batchesSinceSave,
        kept: this.#kept.map(({ figures, value }) => ({
          figures: Object.fromEntries(
            Object.entries(figures).map(([name, figure]) => [name, encodeFigure(figure)]),
          ),
          value: encodeFigure(value),
        })),
      },
    };
  }

  override setState({ values }: CallbackState): void {
    const reader = new ConfigReader('ModelCheckpoint', values);
    const best = reader.value('best');
    this.#best = best === undefined ? undefined : decodeFigure(best);
    this.#batchesSinceSave = reader.integer('batchesSinceSave', 0);
    this.#kept = reader.value('kept') === undefined ? [] : reader.list('kept').map(readCheckpoint);
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
