/**
 * A storage in the origin private file system of a browser: folders that belong to the page's origin, which users do not
 * see. For large models: blobs are files, and are read without going through a database.
 */
import type { ManagedStorage, ReadBlobOptions } from '@hadal/core';
import { DataError, isBlobName } from '@hadal/core';
import { requireBlobName, requireBlobSize } from '../blob-rules';
import { missingStorage, nameOf, refusedBy } from './browser-errors';

/** With what the locations of such storages begin. */
export const OPFS_SCHEME = 'opfs://';

const isMissing = (error: unknown): boolean =>
  nameOf(error) === 'NotFoundError' || nameOf(error) === 'TypeMismatchError';

/** Keeps blobs as files of one folder of the origin private file system. */
export class OpfsStorage implements ManagedStorage {
  readonly location: string;
  readonly #folders: readonly string[];

  /**
   * @param path of the folder, such as `models/clothes`; `write` makes it
   * @throws {DataError} when a part of the path is no plain name
   */
  constructor(path: string) {
    this.location = `${OPFS_SCHEME}${path}`;
    this.#folders = path.split('/');
    const wrong = this.#folders.find((each) => !isBlobName(each));
    if (wrong === undefined) return;
    throw new DataError(
      this.location,
      `${JSON.stringify(wrong)} cannot be the name of a folder.`,
      "Names have letters, digits, '.', '_' and '-' only, such as 'models/clothes'.",
    );
  }

  async read(name: string, { maxBytes }: ReadBlobOptions = {}): Promise<Uint8Array> {
    requireBlobName(this.location, name);
    try {
      const folder = await this.#folder();
      const file = await (await folder.getFileHandle(name)).getFile();
      requireBlobSize(this.location, name, file.size, maxBytes);
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (!isMissing(error)) throw refusedBy(this.location, `'${name}' cannot be read`, error);
      throw new DataError(
        this.location,
        `there is no '${name}' in this folder.`,
        'Has a model been saved there, by a page of the same origin?',
      );
    }
  }

  async write(blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const name of blobs.keys()) requireBlobName(this.location, name);
    const streams: FileSystemWritableFileStream[] = [];
    try {
      const folder = await this.#folder(true);
      for (const [name, blob] of blobs) {
        const stream = await this.#openStream(await folder.getFileHandle(name, { create: true }));
        streams.push(stream);
        await stream.write(new Uint8Array(blob));
      }
      // Until it is closed, a stream writes beside the file: closing puts all bytes in place at once, in this order.
      for (const stream of streams.splice(0)) await stream.close();
    } catch (error) {
      for (const stream of streams) await stream.abort().catch(() => undefined);
      throw refusedBy(this.location, 'the model cannot be saved', error);
    }
  }

  async has(name: string): Promise<boolean> {
    requireBlobName(this.location, name);
    try {
      await (await this.#folder()).getFileHandle(name);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw refusedBy(this.location, `'${name}' cannot be looked for`, error);
    }
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) requireBlobName(this.location, name);
    try {
      const folder = await this.#folder();
      for (const name of names) await ignoring('NotFoundError', folder.removeEntry(name));
      const parent = await this.#folder(false, this.#folders.slice(0, -1));
      const last = this.#folders.at(-1);
      if (last !== undefined) await ignoring('InvalidModificationError', parent.removeEntry(last));
    } catch (error) {
      if (isMissing(error)) return;
      throw refusedBy(this.location, 'the saved model cannot be deleted', error);
    }
  }

  /** The folder itself, or another one below the root. */
  async #folder(create = false, path = this.#folders): Promise<FileSystemDirectoryHandle> {
    const storage: Partial<StorageManager> | undefined = globalThis.navigator?.storage;
    if (storage?.getDirectory === undefined)
      throw missingStorage(this.location, 'origin private file system');
    let folder = await storage.getDirectory();
    for (const each of path) folder = await folder.getDirectoryHandle(each, { create });
    return folder;
  }

  #openStream(file: Partial<FileSystemFileHandle>): Promise<FileSystemWritableFileStream> {
    if (file.createWritable !== undefined) return file.createWritable();
    throw new DataError(
      this.location,
      'this browser cannot write files of the origin private file system as a whole.',
      "Save to 'indexeddb://name' instead, which every browser has.",
    );
  }
}

/** Waits, and takes an error of that name for success. */
async function ignoring(name: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (nameOf(error) !== name) throw error;
  }
}

/**
 * A storage in the origin private file system of the page, the same as the location `opfs://path`.
 *
 * @param path of the folder, such as `models/clothes`
 * @throws {DataError} when a part of the path is no plain name
 * @example
 * const storage = opfsStorage('models/clothes');
 * await model.save(storage);
 * const copy = await loadModel('opfs://models/clothes');
 */
export const opfsStorage = (path: string): OpfsStorage => new OpfsStorage(path);
