/**
 * Cancelling a wait. Work on a device cannot be taken back once it was submitted, but nobody has to wait for it.
 */

/** What `work` resolves to, unless the signal is aborted first: then it rejects with the signal's reason at once. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
