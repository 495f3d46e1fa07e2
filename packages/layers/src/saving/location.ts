/**
 * The storage of a place that is named by text: a folder, a URL, or a browser's own storage. Programs that bring a storage
 * of their own go without.
 */
import type { BlobStorage, ManagedStorage } from '@hadal/core';
import { DataError } from '@hadal/core';
import { INDEXED_DB_SCHEME, IndexedDBStorage } from './browser/indexed-db-storage';
import { OPFS_SCHEME, OpfsStorage } from './browser/opfs-storage';
import { FileStorage } from './file-storage';
import { HttpStorage } from './http-storage';

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** In a page a plain path is relative to the page. */
const hasFiles = (): boolean => globalThis.process?.getBuiltinModule !== undefined;

/** What follows the scheme of a location, where it has that one. */
const after = (scheme: string, location: string): string | undefined =>
  location.startsWith(scheme) ? location.slice(scheme.length) : undefined;

/** The browser's storage that a location names. */
function browserStorageAt(location: string): ManagedStorage | undefined {
  const folder = after(OPFS_SCHEME, location);
  if (folder !== undefined) return new OpfsStorage(folder);
  const name = after(INDEXED_DB_SCHEME, location);
  return name === undefined ? undefined : new IndexedDBStorage(name);
}

/** The storage that a path or URL means. */
export function storageAt(location: string | URL): BlobStorage {
  if (location instanceof URL && location.protocol === 'file:') {
    return new FileStorage(decodeURIComponent(location.pathname));
  }
  const place = String(location);
  const inBrowser = browserStorageAt(place);
  if (inBrowser !== undefined) return inBrowser;
  return isUrl(place) || !hasFiles() ? new HttpStorage(place) : new FileStorage(place);
}

/**
 * The storage that a path means, to keep checkpoints in, of which old ones are deleted.
 *
 * @throws {DataError} when the path is a URL
 */
export function managedStorageAt(location: string): ManagedStorage {
  if (!isUrl(location)) return browserStorageAt(location) ?? new FileStorage(location);
  throw new DataError(
    location,
    'checkpoints cannot be deleted behind a URL.',
    "Keep them in a folder, or in a page under 'indexeddb://name' or 'opfs://folder'.",
  );
}
