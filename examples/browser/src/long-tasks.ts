/** How long the page's own thread was busy at a time: beyond 50 ms a page is felt to hang, and browsers report it. */

/** Browsers report nothing shorter. */
const REPORTED_MS = 50;

export class LongTasks {
  #longestMs = 0;
  readonly #observer = new PerformanceObserver((list) => this.#take(list.getEntries()));

  start(): void {
    this.#longestMs = 0;
    this.#observer.observe({ type: 'longtask' });
  }

  /** Stops watching; says what was seen. */
  stop(): string {
    this.#take(this.#observer.takeRecords());
    this.#observer.disconnect();
    return this.#longestMs === 0 ? `none over ${REPORTED_MS} ms` : `${Math.round(this.#longestMs)} ms`;
  }

  #take(entries: readonly PerformanceEntry[]): void {
    for (const { duration } of entries) this.#longestMs = Math.max(this.#longestMs, duration);
  }
}
