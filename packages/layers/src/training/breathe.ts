/**
 * Gives the event loop a turn. A device that computes synchronously would otherwise keep timers, signals, sockets and
 * finalizers waiting for a whole training run.
 */

/** Longest time between two turns. */
const TURN_MS = 25;

/** A macrotask: promises alone never let timers run. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });

/** When the last turn was, in milliseconds. Shared, because short epochs are no reason to let timers wait longer. */
let last = 0;

/** Whether the last turn is long enough ago. */
export const isDue = (): boolean => performance.now() - last >= TURN_MS;

/** Yields when a turn is due. */
export async function breathe(): Promise<void> {
  if (!isDue()) return;
  await turn();
  last = performance.now();
}
