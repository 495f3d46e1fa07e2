/** A storage in memory: for tests, for models sent over a network, and for snapshots. */
import type { BlobStorage, ReadBlobOptions } from '@hadal/core';
import { DataError } from '@hadal/core';
import { requireBlobName, requireBlobSize } from './blob-rules';

/**
 * Keeps blobs in memory.
 *
 * @example
 * const storage = memoryStorage();
 * await model.save(storage);
 * const copy = await loadModel(storage);
 */
export class MemoryStorage implements BlobStorage {
  readonly location = 'memory';
  /** The blobs by name. */
  readonly blobs = new Map<string, Uint8Array>();

  async read(name: string, { maxBytes }: ReadBlobOptions = {}): Promise<Uint8Array> {
    const blob = this.blobs.get(name);
    if (blob === undefined) throw new DataError(this.location, `there is no '${name}'.`);
    requireBlobSize(this.location, name, blob.length, maxBytes);
    return blob.slice();
  }

  async write(blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const name of blobs.keys()) requireBlobName(this.location, name);
    for (const [name, blob] of blobs) this.blobs.set(name, blob.slice());
  }
}

/** Makes a {@link MemoryStorage}. */
export const memoryStorage = (): MemoryStorage => new MemoryStorage();
