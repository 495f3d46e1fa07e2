/** Where models go and come from: a path, a URL or a storage. */
import type { BlobStorage } from '@hadal/core';
import { storageAt } from './location';

/**
 * A path or `file:` URL of a folder, an `http(s)` URL, a browser's storage (`indexeddb://name`, `opfs://folder`), or a
 * storage of your own.
 */
export type StorageLike = string | URL | BlobStorage;

/** The storage that is given, or that a path or URL means. */
export async function openStorage(source: StorageLike): Promise<BlobStorage> {
  if (typeof source === 'object' && !(source instanceof URL)) return source;
  return storageAt(source);
}
