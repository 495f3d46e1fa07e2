/**
 * A storage in a folder. The file system is asked for at run time from the process object (Node, Deno and Bun have it),
 * so that this module can be bundled for pages, where it says that there is no file system.
 */
import type { ManagedStorage, ReadBlobOptions } from '@hadal/core';
import { DataError } from '@hadal/core';
import { reasonOf, requireBlobName, requireBlobSize } from './blob-rules';

type FileSystem = typeof import('node:fs/promises');

/** @throws {DataError} where there is no file system, as in a page */
export function requireFileSystem(location: string): FileSystem {
  const found: FileSystem | undefined = globalThis.process?.getBuiltinModule?.('node:fs/promises');
  if (found !== undefined) return found;
  throw new DataError(
    location,
    'there is no file system here.',
    "In a page save to its own storage ('indexeddb://name' or 'opfs://folder') or to downloadStorage(), and load from there or from 'https://…'.",
  );
}

/** Whether an error of the file system says that nothing is there. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** Keeps blobs as files of one folder. */
export class FileStorage implements ManagedStorage {
  readonly location: string;

  /** @param folder path of the folder; `write` makes it */
  constructor(folder: string) {
    this.location = folder;
  }

  async read(name: string, { maxBytes }: ReadBlobOptions = {}): Promise<Uint8Array> {
    requireBlobName(this.location, name);
    const files = requireFileSystem(this.location);
    try {
      const handle = await files.open(`${this.location}/${name}`, 'r');
      try {
        requireBlobSize(this.location, name, (await handle.stat()).size, maxBytes);
        const content = await handle.readFile();
        // A copy of its own: small files lie at odd offsets of a shared pool.
        return new Uint8Array(content);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (error instanceof DataError) throw error;
      if (isMissing(error)) {
        throw new DataError(
          this.location,
          `there is no '${name}' in this folder.`,
          'Is it the folder that model.save wrote? Paths are relative to the working directory.',
        );
      }
      throw new DataError(this.location, `'${name}' cannot be read: ${reasonOf(error)}.`);
    }
  }

  async write(blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const name of blobs.keys()) requireBlobName(this.location, name);
    const files = requireFileSystem(this.location);
    const temporary = (name: string): string => `${this.location}/.${name}.saving`;
    try {
      await files.mkdir(this.location, { recursive: true });
      // All bytes reach the disk under other names first, so that a crash never leaves half a file.
      for (const [name, blob] of blobs) await files.writeFile(temporary(name), blob, { flush: true });
      for (const name of blobs.keys()) await files.rename(temporary(name), `${this.location}/${name}`);
    } catch (error) {
      throw new DataError(
        this.location,
        `the model cannot be saved: ${reasonOf(error)}.`,
        'Check that the path is a folder and that it is writable.',
      );
    }
  }

  async has(name: string): Promise<boolean> {
    requireBlobName(this.location, name);
    const files = requireFileSystem(this.location);
    return files.access(`${this.location}/${name}`).then(
      () => true,
      () => false,
    );
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) requireBlobName(this.location, name);
    const files = requireFileSystem(this.location);
    try {
      for (const name of names) await files.rm(`${this.location}/${name}`, { force: true });
      const left = await files.readdir(this.location);
      if (left.length === 0) await files.rmdir(this.location);
    } catch (error) {
      if (isMissing(error)) return;
      throw new DataError(this.location, `the saved model cannot be deleted: ${reasonOf(error)}.`);
    }
  }
}

/**
 * Makes a {@link FileStorage}.
 *
 * @param folder path of the folder
 */
export const fileStorage = (folder: string): FileStorage => new FileStorage(folder);
