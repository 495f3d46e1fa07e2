/** Writes the figures of every epoch as lines of comma-separated values. */
import { ArgumentError } from '@hadal/core';
import { requireFileSystem } from '../saving/file-storage';
import type { Logs } from '../training/logs';
import { Callback } from './callback';

export interface CSVLoggerOptions {
  /** Between two values (default a comma). */
  readonly separator?: string;
  /** Adds to a file that is there, without a second header; for runs that are resumed (default false). */
  readonly append?: boolean;
}

/**
 * Writes one line for each epoch, under a header of `epoch` and the sorted names of the figures. Figures that an epoch
 * does not have are `NA`.
 *
 * Source: Keras 3, `keras.callbacks.CSVLogger`.
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [new CSVLogger('training.csv')] });
 */
export class CSVLogger extends Callback {
  readonly separator: string;
  readonly append: boolean;
  #names: readonly string[] | undefined;
  #hasHeader = false;

  /** @param path of the file; its folder is made where there is none */
  constructor(
    readonly path: string,
    { separator = ',', append = false }: CSVLoggerOptions = {},
  ) {
    super();
    if (separator.length !== 1 || separator === '"') {
      throw new ArgumentError(
        'CSVLogger',
        `separator is '${separator}'; expected one character, such as ','.`,
      );
    }
    this.separator = separator;
    this.append = append;
  }

  override async onTrainBegin(): Promise<void> {
    const files = requireFileSystem(this.path);
    this.#names = undefined;
    const folder = this.path.replace(/[^/\\]*$/, '');
    if (folder !== '') await files.mkdir(folder, { recursive: true });
    if (!this.append) await files.writeFile(this.path, '');
    // Opening for appending makes the file where there is none.
    const handle = await files.open(this.path, 'a');
    this.#hasHeader = (await handle.stat()).size > 0;
    await handle.close();
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const names = this.#names ?? namesOf(logs);
    this.#names = names;
    const lines: (string | number)[][] = [[epoch, ...names.map((name) => logs[name] ?? 'NA')]];
    if (!this.#hasHeader) lines.unshift(['epoch', ...names]);
    this.#hasHeader = true;
    const text = lines.map(
      (values) => `${values.map((value) => this.#quoted(value)).join(this.separator)}\r\n`,
    );
    await requireFileSystem(this.path).appendFile(this.path, text.join(''));
  }

  #quoted(value: string | number): string {
    const text = String(value);
    const isPlain = ![this.separator, '"', '\n', '\r'].some((character) => text.includes(character));
    return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
  }
}

/** The columns: sorted, with those of validation data, which may come in a later epoch. */
function namesOf(logs: Logs): readonly string[] {
  const names = Object.keys(logs).sort();
  return names.some((name) => name.startsWith('val_'))
    ? names
    : [...names, ...names.map((name) => `val_${name}`)];
}
