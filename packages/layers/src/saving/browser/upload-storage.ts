/** A storage of files that the user of a page chose: what `downloadStorage` gave, or the files of a saved model. */
import type { BlobStorage, ReadBlobOptions } from '@hadal/core';
import { DataError } from '@hadal/core';
import { reasonOf, requireBlobName, requireBlobSize } from '../blob-rules';
import { isZip, readZip, type ZipEntry } from './zip';

/** A file as browsers give it. */
export interface ChosenFile {
  /** Without its folder. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The whole content. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Reads blobs from files by their names, or from the one ZIP archive that was chosen; it cannot be written. */
export class UploadStorage implements BlobStorage {
  readonly location: string;
  readonly #files: readonly ChosenFile[];
  #entries: Promise<readonly ZipEntry[]> | undefined;

  constructor(files: Iterable<ChosenFile>) {
    this.#files = [...files];
    const names = this.#files.map(({ name }) => name).join(', ');
    this.location = names === '' ? 'no chosen files' : `the chosen files ${names}`;
  }

  async read(name: string, { maxBytes }: ReadBlobOptions = {}): Promise<Uint8Array> {
    requireBlobName(this.location, name);
    this.#entries ??= this.#find();
    const entry = (await this.#entries).find((each) => each.name === name);
    if (entry === undefined) {
      throw new DataError(
        this.location,
        `there is no '${name}' among them.`,
        'Choose the archive that was downloaded, or all files of the folder that model.save wrote.',
      );
    }
    requireBlobSize(this.location, name, entry.bytes, maxBytes);
    return entry.read();
  }

  write(): Promise<void> {
    return Promise.reject(
      new DataError(
        this.location,
        'files that were chosen cannot be written.',
        "Save to downloadStorage(), 'indexeddb://name' or 'opfs://folder'.",
      ),
    );
  }

  /** The files themselves, or those in the archive. */
  async #find(): Promise<readonly ZipEntry[]> {
    const [first, ...others] = this.#files;
    if (first !== undefined && others.length === 0) {
      const bytes = await this.#bytesOf(first);
      if (isZip(bytes)) return readZip(this.location, bytes);
    }
    return this.#files.map((file) => ({
      name: file.name,
      bytes: file.size,
      read: () => this.#bytesOf(file),
    }));
  }

  async #bytesOf(file: ChosenFile): Promise<Uint8Array> {
    try {
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      throw new DataError(this.location, `'${file.name}' cannot be read: ${reasonOf(error)}`);
    }
  }
}

/**
 * A storage of files that a user chose, by `<input type="file" multiple>` or by dropping them: the ZIP archive of
 * `downloadStorage`, or the files of a saved model.
 *
 * @param files such as `input.files` or `event.dataTransfer.files`
 * @example
 * input.onchange = async () => {
 *   const model = await loadModel(uploadStorage(input.files!));
 * };
 */
export const uploadStorage = (files: Iterable<ChosenFile>): UploadStorage => new UploadStorage(files);
