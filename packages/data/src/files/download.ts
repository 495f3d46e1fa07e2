/**
 * Downloads of whole files: complete or not at all.
 */
import { DataError } from '@hadal/core';

/** How to download. */
export interface DownloadOptions {
  /** Stops the download. */
  readonly signal?: AbortSignal;
  /** The longest a download may take, in milliseconds (default 10 minutes). */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 600_000;

const WHERE = 'download';

/** The reason inside a failed fetch: the outer message is only "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/**
 * Downloads a file into memory.
 *
 * @param url     http or https
 * @param options abort signal, time limit
 * @returns the body
 * @throws {DataError} when the server cannot be reached, answers with an error, or breaks off
 * @throws the signal's reason when it was aborted
 * @example
 * const bytes = await download('https://example.org/labels.gz', { timeoutMs: 30_000 });
 */
export async function download(url: string, options: DownloadOptions = {}): Promise<Uint8Array> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    if (!response.ok) {
      await response.body?.cancel();
      throw new DataError(
        WHERE,
        `${url} answered ${response.status} ${response.statusText}.`,
        'Check the address, or put the files into a folder and pass that.',
      );
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    // A body that was compressed for the journey (content-encoding) is longer now than it was announced.
    const announced = response.headers.get('content-encoding')
      ? null
      : response.headers.get('content-length');
    if (announced !== null && Number(announced) !== bytes.length) {
      throw new DataError(WHERE, `${url} sent ${bytes.length} bytes of ${announced}.`, 'Try again.');
    }
    return bytes;
  } catch (error) {
    if (error instanceof DataError || signal?.aborted) throw error;
    const what = timeout.aborted ? `took longer than ${timeoutMs} ms` : `failed: ${reasonOf(error)}`;
    throw new DataError(
      WHERE,
      `${url} ${what}.`,
      timeout.aborted
        ? 'Raise timeoutMs, or try again.'
        : 'Check the network and the address, then try again.',
    );
  }
}
