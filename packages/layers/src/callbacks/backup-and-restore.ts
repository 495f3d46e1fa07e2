/** Continues a run that was interrupted, from a backup that is kept while it lasts. */
import { ArgumentError } from '@hadal/core';
import { Backup } from '../saving/backup';
import { type BatchProgress, Callback, type RunPlan } from './callback';

export interface BackupAndRestoreOptions {
  /** When to save: at the end of every epoch, or every so many batches (default epoch). */
  readonly saveFreq?: 'epoch' | number;
  /** Deletes the backup when the run is over (default true). */
  readonly deleteCheckpoint?: boolean;
}

/**
 * Saves weights and the whole state of training in a folder, and continues from there when the same program runs again:
 * exactly, as if it had never been interrupted. The model has to be built and compiled as it was.
 *
 * Source: Keras 3, `keras.callbacks.BackupAndRestore`.
 *
 * @example
 * await model.fit(x, y, { epochs: 100, callbacks: [new BackupAndRestore('backup')] });
 */
export class BackupAndRestore extends Callback {
  readonly #saveFreq: 'epoch' | number;
  readonly #deletes: boolean;
  readonly #backup: Backup;
  #batchesSinceSave = 0;
  #epochs = 0;
  #isOver = false;

  /** @param folder the backup's own; in a page `indexeddb://name` or `opfs://folder` */
  constructor(
    readonly folder: string,
    { saveFreq = 'epoch', deleteCheckpoint = true }: BackupAndRestoreOptions = {},
  ) {
    super();
    if (folder === '') throw new ArgumentError('BackupAndRestore', 'the folder has no name.');
    if (saveFreq !== 'epoch' && !(Number.isSafeInteger(saveFreq) && saveFreq > 0)) {
      throw new ArgumentError(
        'BackupAndRestore',
        `saveFreq is ${saveFreq}; expected 'epoch' or a number of batches.`,
      );
    }
    this.#saveFreq = saveFreq;
    this.#deletes = deleteCheckpoint;
    this.#backup = new Backup(folder);
  }

  override async onRestore(): Promise<boolean> {
    if (!this.model.built) {
      throw new ArgumentError(
        'BackupAndRestore',
        'the model has no weights yet that a backup could be put into.',
        'Give its first layer an inputShape, or call model.build([null, …]) before fit.',
      );
    }
    return this.#backup.restore(this.model);
  }

  override onTrainBegin({ epochs, initialEpoch }: RunPlan): void {
    this.#batchesSinceSave = 0;
    this.#epochs = epochs;
    this.#isOver = initialEpoch >= epochs;
  }

  override async onTrainBatchEnd(_progress: BatchProgress): Promise<void> {
    if (this.#saveFreq === 'epoch') return;
    this.#batchesSinceSave++;
    if (this.#batchesSinceSave < this.#saveFreq) return;
    this.#batchesSinceSave = 0;
    await this.#backup.write(this.model);
  }

  override async onEpochSettled(epoch: number): Promise<void> {
    this.#isOver = epoch + 1 >= this.#epochs || this.model.stopTraining;
    if (this.#saveFreq === 'epoch') await this.#backup.write(this.model);
  }

  override async onTrainEnd(): Promise<void> {
    if (this.#isOver && this.#deletes) await this.#backup.remove();
  }
}
