/** Errors of a browser's storages: what the browser said, and what helps. */
import { DataError } from '@hadal/core';
import { reasonOf } from '../blob-rules';

/** The name by which browsers tell their errors apart. */
export const nameOf = (error: unknown): string | undefined =>
  error instanceof Error ? error.name : undefined;

/** The error of a page that has no such storage. */
export const missingStorage = (location: string, what: string): DataError =>
  new DataError(
    location,
    `there is no ${what} here.`,
    'Browsers have it in pages that were loaded by https or from localhost, and not in every private window.',
  );

/**
 * What to throw when a browser refuses.
 *
 * @param what what could not be done, such as "the model cannot be saved"
 */
export function refusedBy(location: string, what: string, error: unknown): DataError {
  if (error instanceof DataError) return error;
  if (nameOf(error) !== 'QuotaExceededError') return new DataError(location, `${what}: ${reasonOf(error)}`);
  return new DataError(
    location,
    `${what}: the browser gives this page no more room.`,
    'Delete older models, or ask the user for more with navigator.storage.persist().',
  );
}
