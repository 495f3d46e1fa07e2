/**
 * Where saved models and checkpoints go: a small set of named byte blobs, in a folder, in memory, behind a URL or in
 * a browser's storage. What the blobs contain is the business of whoever saves; a storage only keeps them whole.
 */

/** Options of one read. */
export interface ReadBlobOptions {
  /** A blob larger than this many bytes is refused with a DataError before it is read. */
  readonly maxBytes?: number;
}

/**
 * Named byte blobs that belong together, such as the files of one saved model.
 *
 * @example
 * await storage.write(new Map([['model.json', jsonBytes], ['model.safetensors', weightBytes]]));
 * const json = await storage.read('model.json', { maxBytes: 16 * 2 ** 20 });
 */
export interface BlobStorage {
  /** For messages: a path, a URL, or what kind of storage this is. */
  readonly location: string;
  /**
   * Reads one blob.
   *
   * @throws {DataError} when there is no such blob, it is larger than `maxBytes`, or it cannot be read
   */
  read(name: string, options?: ReadBlobOptions): Promise<Uint8Array>;
  /**
   * Writes all blobs, replacing those of the same names. A crash on the way leaves no half-written blob behind; the
   * last one of the map is put in place last, so that it can vouch for the others.
   *
   * @throws {DataError} when the medium cannot be written
   */
  write(blobs: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

/** A storage whose blobs can be looked for and deleted: what checkpoints need that replace older ones. */
export interface ManagedStorage extends BlobStorage {
  /** Whether there is such a blob. */
  has(name: string): Promise<boolean>;
  /**
   * Deletes blobs, and the storage itself where nothing else is in it. What is not there is no error.
   *
   * @throws {DataError} when one is there and cannot be deleted
   */
  remove(names: readonly string[]): Promise<void>;
}

/**
 * Whether `name` can be the name of a blob: letters, digits, `.`, `_` and `-`, not beginning with a dot, at most 128
 * characters. Everything else (separators, `..`, drive letters) is refused, so that a file can never name a place
 * outside its own storage.
 */
export function isBlobName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(name);
}
