/** The storage of a place that is named by text: a folder or a URL. Programs that bring a storage of their own go without. */
import type { BlobStorage } from '@hadal/core';
import { FileStorage } from './file-storage';
import { HttpStorage } from './http-storage';

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** In a page a plain path is relative to the page. */
const hasFiles = (): boolean => globalThis.process?.getBuiltinModule !== undefined;

/** The storage that a path or URL means. */
export function storageAt(location: string | URL): BlobStorage {
  if (location instanceof URL) {
    return location.protocol === 'file:'
      ? new FileStorage(decodeURIComponent(location.pathname))
      : new HttpStorage(location.href);
  }
  return isUrl(location) || !hasFiles() ? new HttpStorage(location) : new FileStorage(location);
}
