/**
 * `@hadal/core/slices`: work of a page's thread in slices, between which it shows what it has to show and listens to its user.
 * For backends that plan in pages: what their `breathe` waits for.
 */

/** Half a frame. */
const SLICE_MS = 8;

export class Slices {
  readonly #channel = new MessageChannel();
  #end = Number.NEGATIVE_INFINITY;
  #next: Promise<void> | undefined;

  /** What to wait for where the slice is used up, or what is at work was not begun in one; undefined to go on. */
  breathe(): Promise<void> | undefined {
    if (performance.now() < this.#end) return undefined;
    // A message is a task of its own, and comes sooner than a timer.
    this.#next ??= new Promise((resolve) => {
      this.#channel.port1.onmessage = () => {
        this.#next = undefined;
        this.#end = performance.now() + SLICE_MS;
        resolve();
      };
      this.#channel.port2.postMessage(undefined);
    });
    return this.#next;
  }
}
