/** Tries learning rates from tiny to huge, and says which one makes the loss fall fastest. */
import type { HostArray } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { OptimizerState } from '@hadal/optimizers';
import { type BatchProgress, Callback } from './callback';

export interface LearningRateFinderOptions {
  /** The first rate (default 1e-6). */
  readonly minLr?: number;
  /** The last rate (default 1). */
  readonly maxLr?: number;
  /** Batches, each with a larger rate than the one before (default 100). */
  readonly steps?: number;
  /** Ends when the smoothed loss is so many times the best one (default 4). */
  readonly divergence?: number;
}

/** A rate that was tried. */
export interface TriedRate {
  /** What the update was made with. */
  readonly learningRate: number;
  /** The loss of the batch before its update, smoothed over the batches before. */
  readonly loss: number;
}

/** How much of the smoothed loss each batch keeps. */
const SMOOTHING = 0.9;
/** Batches after which a smoothed loss is one of about as many losses as any later one. */
const SETTLED = Math.round(1 / (1 - SMOOTHING));

/**
 * Trains with a rate that grows by the same factor in every batch, until it is `maxLr` or the loss diverges; then weights
 * and optimizer are put back. `suggestion` is the rate at which the loss fell fastest.
 *
 * Source: Smith, "Cyclical Learning Rates for Training Neural Networks" (2017), section 3.3.
 *
 * @example
 * const finder = new LearningRateFinder();
 * await model.fit(x, y, { epochs: 10, callbacks: [finder], verbose: 0 });
 * if (finder.suggestion !== undefined) model.optimizer.learningRate = finder.suggestion;
 */
export class LearningRateFinder extends Callback {
  readonly minLr: number;
  readonly maxLr: number;
  readonly steps: number;
  readonly divergence: number;
  #tried: TriedRate[] = [];
  #smoothed = 0;
  #best = Number.POSITIVE_INFINITY;
  /** The sum of losses and the number of samples of this epoch so far. */
  #seen = { loss: 0, samples: 0 };
  #before: { readonly weights: readonly HostArray[]; readonly state: OptimizerState } | undefined;

  constructor({ minLr = 1e-6, maxLr = 1, steps = 100, divergence = 4 }: LearningRateFinderOptions = {}) {
    super();
    if (!(minLr > 0 && minLr < maxLr && Number.isFinite(maxLr))) {
      throw new ArgumentError(
        'LearningRateFinder',
        `minLr is ${minLr} and maxLr is ${maxLr}; expected 0 < minLr < maxLr.`,
      );
    }
    if (!(Number.isSafeInteger(steps) && steps > 1)) {
      throw new ArgumentError('LearningRateFinder', `steps is ${steps}; expected an integer above 1.`);
    }
    this.minLr = minLr;
    this.maxLr = maxLr;
    this.steps = steps;
    this.divergence = divergence;
  }

  /** The rates that were tried, in order. */
  get tried(): readonly TriedRate[] {
    return this.#tried;
  }

  /**
   * The rate at which the loss fell fastest, over a tenth of the rates at a time; undefined where it never fell. The
   * first losses are passed over: they are smoothed over too few batches to tell a fall from chance.
   */
  get suggestion(): number | undefined {
    const span = Math.max(1, Math.round(this.steps / 10));
    let steepest = 0;
    let found: number | undefined;
    for (let last = Math.min(this.steps, SETTLED) + span - 1; last < this.#tried.length; last++) {
      // Rates are equally far apart, so that differences are slopes.
      const fall = this.#tried[last]!.loss - this.#tried[last - span]!.loss;
      if (!(fall < steepest)) continue;
      steepest = fall;
      found = this.#tried[last - (span >> 1)]!.learningRate;
    }
    return found;
  }

  override async onTrainBegin(): Promise<void> {
    const { model } = this;
    this.#tried = [];
    this.#smoothed = 0;
    this.#best = Number.POSITIVE_INFINITY;
    if (!model.built) {
      throw new ArgumentError(
        'LearningRateFinder',
        'the model has no weights yet that could be put back afterwards.',
        'Give its first layer an inputShape, or call model.build([null, …]) before fit.',
      );
    }
    model.optimizer.build(model.trainableWeights);
    this.#before = { weights: await model.getWeights(), state: await model.optimizer.state() };
    model.optimizer.learningRate = this.minLr;
  }

  override onEpochBegin(): void {
    this.#seen = { loss: 0, samples: 0 };
  }

  override async onTrainBatchEnd(progress: BatchProgress): Promise<void> {
    const { samples } = progress;
    const total = (await progress.logs()).loss * samples;
    const loss = (total - this.#seen.loss) / (samples - this.#seen.samples);
    this.#seen = { loss: total, samples };
    const count = this.#tried.length + 1;
    this.#smoothed = this.#smoothed * SMOOTHING + loss * (1 - SMOOTHING);
    const smoothed = this.#smoothed / (1 - SMOOTHING ** count);
    const diverges = !(smoothed <= this.divergence * this.#best);
    this.#best = Math.min(this.#best, smoothed);
    if (!diverges) this.#tried.push({ learningRate: this.#rateAt(count - 1), loss: smoothed });
    if (diverges || count >= this.steps) this.model.stopTraining = true;
    else this.model.optimizer.learningRate = this.#rateAt(count);
  }

  override onTrainEnd(): void {
    if (this.#before === undefined) return;
    this.model.setWeights(this.#before.weights);
    this.model.optimizer.setState(this.#before.state);
    this.#before = undefined;
  }

  #rateAt(step: number): number {
    return this.minLr * (this.maxLr / this.minLr) ** (step / (this.steps - 1));
  }
}
