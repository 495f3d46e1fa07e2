/** What every storage asks of its blobs: plain names, and no more bytes than the reader allows. */
import { DataError, isBlobName } from '@hadal/core';

/** Checks a blob's name. */
export function requireBlobName(location: string, name: string): void {
  if (isBlobName(name)) return;
  throw new DataError(
    location,
    `${JSON.stringify(name)} cannot be the name of a file of a model.`,
    "Names have letters, digits, '.', '_' and '-' only.",
  );
}

/** Checks a blob's size before it is read. */
export function requireBlobSize(
  location: string,
  name: string,
  bytes: number,
  maxBytes: number | undefined,
): void {
  if (maxBytes === undefined || bytes <= maxBytes) return;
  throw new DataError(location, `'${name}' has ${bytes} bytes, over the limit of ${maxBytes}.`);
}

/** What an error of the medium says. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
