/** Where models go and come from: a path, a URL or a storage. */
import type { BlobStorage } from '@hadal/core';
import { FileStorage } from './file-storage';
import { HttpStorage } from './http-storage';

/** A path or `file:` URL of a folder, an `http(s)` URL, or a storage of your own. */
export type StorageLike = string | URL | BlobStorage;

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** In a page a plain path is relative to the page. */
const hasFiles = (): boolean => globalThis.process?.getBuiltinModule !== undefined;

/** The storage that a path or URL means. */
export function openStorage(source: StorageLike): BlobStorage {
  if (source instanceof URL) {
    return source.protocol === 'file:'
      ? new FileStorage(decodeURIComponent(source.pathname))
      : new HttpStorage(source.href);
  }
  if (typeof source !== 'string') return source;
  return isUrl(source) || !hasFiles() ? new HttpStorage(source) : new FileStorage(source);
}
