/** Writes figures and weights as event files that TensorBoard shows. */
import { ArgumentError } from '@hadal/core';
import { requireFileSystem } from '../saving/file-storage';
import { histogramOf, type SummaryValue, summaryEvent, versionEvent } from '../tensorboard/event';
import { tfRecord } from '../tensorboard/record';
import type { Logs } from '../training/logs';
import { type BatchProgress, Callback } from './callback';

export interface TensorBoardOptions {
  /** Writes histograms of all weights every so many epochs; 0 never (default 0). */
  readonly histogramFreq?: number;
  /** Writes the figures of every epoch, or also those so far after every so many batches (default epoch). */
  readonly updateFreq?: 'epoch' | number;
}

const PREFIX = 'val_';

/** Numbers files that this process begins within one second. */
let filesBegun = 0;

/**
 * Writes event files into `folder/train` and `folder/validation`. Look at them with `tensorboard --logdir folder`.
 *
 * Source: Keras 3, `keras.callbacks.TensorBoard`.
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [new TensorBoard('logs/first', { histogramFreq: 1 })] });
 */
export class TensorBoard extends Callback {
  readonly histogramFreq: number;
  readonly updateFreq: 'epoch' | number;
  /** Files by the folder they are in. */
  #files = new Map<string, string>();
  #batches = 0;

  /** @param folder where runs are written; each run makes files of its own */
  constructor(
    readonly folder = 'logs',
    { histogramFreq = 0, updateFreq = 'epoch' }: TensorBoardOptions = {},
  ) {
    super();
    if (!(Number.isSafeInteger(histogramFreq) && histogramFreq >= 0)) {
      throw new ArgumentError(
        'TensorBoard',
        `histogramFreq is ${histogramFreq}; expected a number of epochs, or 0.`,
      );
    }
    if (updateFreq !== 'epoch' && !(Number.isSafeInteger(updateFreq) && updateFreq > 0)) {
      throw new ArgumentError(
        'TensorBoard',
        `updateFreq is ${updateFreq}; expected 'epoch' or a number of batches.`,
      );
    }
    this.histogramFreq = histogramFreq;
    this.updateFreq = updateFreq;
  }

  override onTrainBegin(): void {
    requireFileSystem(this.folder);
    this.#files = new Map();
    this.#batches = 0;
  }

  override onTrainBatchEnd(progress: BatchProgress): void | Promise<void> {
    this.#batches++;
    if (this.updateFreq === 'epoch' || this.#batches % this.updateFreq !== 0) return undefined;
    return this.#writeBatch(progress, this.#batches);
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const train: SummaryValue[] = [];
    const validation: SummaryValue[] = [];
    for (const [name, value] of Object.entries(logs)) {
      if (name.startsWith(PREFIX)) validation.push({ tag: `epoch_${name.slice(PREFIX.length)}`, value });
      else train.push({ tag: `epoch_${name}`, value });
    }
    const rate = await this.model.optimizer.learningRateTensor().item();
    train.push({ tag: 'epoch_learning_rate', value: rate });
    if (this.histogramFreq > 0 && epoch % this.histogramFreq === 0) {
      for (const { path, variable } of this.model.namedWeights()) {
        train.push({ tag: path, value: histogramOf(await variable.value.data()) });
      }
    }
    await this.#write('train', epoch, train);
    if (validation.length > 0) await this.#write('validation', epoch, validation);
  }

  async #writeBatch(progress: BatchProgress, step: number): Promise<void> {
    const logs = await progress.logs();
    const values = Object.entries(logs).map(([name, value]) => ({ tag: `batch_${name}`, value }));
    await this.#write('train', step, values);
  }

  async #write(which: string, step: number, values: readonly SummaryValue[]): Promise<void> {
    const files = requireFileSystem(this.folder);
    const folder = `${this.folder}/${which}`;
    const seconds = Date.now() / 1000;
    let path = this.#files.get(folder);
    if (path === undefined) {
      await files.mkdir(folder, { recursive: true });
      const { pid } = globalThis.process;
      path = `${folder}/events.out.tfevents.${Math.floor(seconds)}.hadal.${pid}.${filesBegun++}.v2`;
      this.#files.set(folder, path);
      await files.writeFile(path, tfRecord(versionEvent(seconds)));
    }
    await files.appendFile(path, tfRecord(summaryEvent(seconds, step, values)));
  }
}
