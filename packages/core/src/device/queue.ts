/**
 * Program order on a device. Work runs at once while everything before it has finished, and waits its turn behind
 * whatever is still being prepared or read, so that writes, programs and reads happen in the order they were asked for.
 */
export class Queue {
  #tail: Promise<void> | undefined;

  /** Runs `work` after everything pushed before it. A failure of earlier work does not stop later work. */
  push<T>(work: () => T | Promise<T>): T | Promise<T> {
    if (this.#tail === undefined) {
      const result = work();
      if (result instanceof Promise) this.#follow(result);
      return result;
    }
    const result = this.#tail.then(work);
    this.#follow(result);
    return result;
  }

  /** Resolves when everything pushed so far has finished. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  #follow(work: Promise<unknown>): void {
    const finish = (): void => {
      if (this.#tail === tail) this.#tail = undefined;
    };
    const tail: Promise<void> = work.then(finish, finish);
    this.#tail = tail;
  }
}
