/**
 * A bounded queue in front of a model: at most so many jobs run, at most so many wait, and one more is refused at once,
 * so that a flood of requests costs neither memory nor the answers to those already waiting.
 */

/** There is no room to wait. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';

  constructor(readonly waiting: number) {
    super(`${waiting} requests are waiting already`);
  }
}

interface Waiting {
  readonly start: () => void;
  readonly cancel: () => void;
}

export class JobQueue {
  private running = 0;
  private readonly waiting: Waiting[] = [];
  private readonly idle: (() => void)[] = [];

  /**
   * @param maxRunning jobs that run at the same time, at least 1
   * @param maxWaiting jobs that wait for their turn
   */
  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /** Jobs that run or wait. */
  get size(): number {
    return this.running + this.waiting.length;
  }

  /**
   * Runs `job` when it is its turn; jobs start in the order they came.
   *
   * @param signal a job whose signal is aborted before its turn never starts
   * @throws {QueueFullError} when `maxWaiting` jobs wait already
   */
  async run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.running >= this.maxRunning) await this.turn(signal);
    else this.running++;
    try {
      return await job();
    } finally {
      this.release();
    }
  }

  /** Resolves once nothing runs or waits. */
  drained(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.waiting.length >= this.maxWaiting) throw new QueueFullError(this.waiting.length);
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', entry.cancel);
          resolve();
        },
        cancel: () => {
          this.waiting.splice(this.waiting.indexOf(entry), 1);
          reject(signal?.reason);
        },
      };
      signal?.addEventListener('abort', entry.cancel, { once: true });
      this.waiting.push(entry);
    });
  }

  /** Hands the place of a finished job to the next one. */
  private release(): void {
    const next = this.waiting.shift();
    if (next !== undefined) {
      next.start();
      return;
    }
    this.running--;
    if (this.size === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}
