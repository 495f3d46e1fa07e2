/** A storage that hands a saved model to the user of a page, as a download of one file. */
import type { BlobStorage } from '@hadal/core';
import { DataError } from '@hadal/core';
import { requireBlobName } from '../blob-rules';
import { writeZip } from './zip';

/** Browsers begin to read the file after the click; its address is given back when even slow ones have. */
const ADDRESS_LIFETIME_MS = 60_000;

/** Downloads all blobs of a write as one ZIP archive; it cannot be read. */
export class DownloadStorage implements BlobStorage {
  readonly location: string;
  readonly #file: string;

  /** @param name of the file without `.zip` */
  constructor(name: string) {
    this.location = `the download ${name}.zip`;
    this.#file = `${name}.zip`;
  }

  read(): Promise<Uint8Array> {
    return Promise.reject(
      new DataError(
        this.location,
        'a page cannot read what it handed to its user.',
        'Load from the file that the user chooses: uploadStorage(input.files).',
      ),
    );
  }

  async write(blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const name of blobs.keys()) requireBlobName(this.location, name);
    const { document }: { readonly document?: Document } = globalThis;
    if (document === undefined) {
      throw new DataError(
        this.location,
        'only the thread of a page can download.',
        'Save to memoryStorage() here and hand its blobs over, or to a folder.',
      );
    }
    const archive = new Blob([writeZip(this.location, blobs)], { type: 'application/zip' });
    const address = URL.createObjectURL(archive);
    const link = document.createElement('a');
    link.href = address;
    link.download = this.#file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), ADDRESS_LIFETIME_MS);
  }
}

/**
 * A storage that downloads a model as one ZIP archive. Unpacked, it is the folder that `model.save` writes in Node.
 *
 * @param name of the file without `.zip` (default `model`)
 * @example
 * await model.save(downloadStorage('clothes')); // the browser saves clothes.zip
 */
export const downloadStorage = (name = 'model'): DownloadStorage => new DownloadStorage(name);
