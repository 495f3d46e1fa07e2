/** A callback that lets a training be paused, and tells how fast it is. */
import { type BatchProgress, Callback } from '@hadal/layers';

export class Pace extends Callback {
  #paused: Promise<void> | undefined;
  #resume: (() => void) | undefined;
  #samples = 0;
  /** When the epoch would have begun without its pauses. */
  #begin = 0;

  /** @param onSpeed is told after each epoch how many images of a second were learned from */
  constructor(readonly onSpeed: (imagesPerSecond: number) => void) {
    super();
  }

  get isPaused(): boolean {
    return this.#paused !== undefined;
  }

  /** Training stops after the batch that is being computed. */
  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume?.();
    this.#paused = undefined;
  }

  override onEpochBegin(): void {
    this.#samples = 0;
    this.#begin = performance.now();
  }

  override async onTrainBatchEnd({ samples }: BatchProgress): Promise<void> {
    this.#samples = samples;
    if (this.#paused === undefined) return;
    const since = performance.now();
    await this.#paused;
    this.#begin += performance.now() - since;
  }

  /** The validation begins when everything that was learned from is computed; before, steps are only on their way. */
  override onTestBegin(): void {
    if (this.#samples > 0) this.onSpeed((1000 * this.#samples) / (performance.now() - this.#begin));
  }
}
