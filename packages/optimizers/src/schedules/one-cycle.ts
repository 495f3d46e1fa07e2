/** One cycle: up to a large rate, and down to almost nothing. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, clip, cos, lessEqual, where } from '@hadal/core';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface OneCycleOptions {
  /** The part of the steps that the rate rises, in (0, 1) (default 0.3). */
  readonly risingFraction?: number;
  /** The first rate is the largest divided by this (default 25). */
  readonly divFactor?: number;
  /** The last rate is the first divided by this (default 10,000). */
  readonly finalDivFactor?: number;
  /** Along half a cosine or a straight line (default cosine). */
  readonly anneal?: 'cosine' | 'linear';
  /** Falls as it rose first, and to the last rate then (default false). */
  readonly threePhase?: boolean;
}

/** A part of the cycle: the step at which it ends, and the rate there. */
interface Phase {
  readonly end: number;
  readonly rate: number;
}

/**
 * Rises from `maxLearningRate / divFactor` to `maxLearningRate` and falls to a tiny rate, which it keeps afterwards.
 *
 * Source: Smith & Topin, "Super-Convergence" (2018), as PyTorch's `OneCycleLR` without its cycle of momenta.
 *
 * @example
 * const schedule = oneCycle(0.1, epochs * stepsPerEpoch);
 */
export class OneCycle extends LearningRateSchedule {
  static readonly className = 'OneCycle';
  readonly className = OneCycle.className;
  readonly risingFraction: number;
  readonly divFactor: number;
  readonly finalDivFactor: number;
  readonly anneal: 'cosine' | 'linear';
  readonly threePhase: boolean;

  constructor(
    /** The greatest rate, where rising ends. */
    readonly maxLearningRate: number,
    /** Updates of the whole cycle. */
    readonly totalSteps: number,
    options: OneCycleOptions = {},
  ) {
    super();
    const {
      risingFraction = 0.3,
      divFactor = 25,
      finalDivFactor = 1e4,
      anneal = 'cosine',
      threePhase = false,
    } = options;
    requireRate(this.className, 'maxLearningRate', maxLearningRate);
    requireSteps(this.className, 'totalSteps', totalSteps);
    for (const [name, factor] of Object.entries({ divFactor, finalDivFactor })) {
      if (Number.isFinite(factor) && factor > 0) continue;
      throw new ArgumentError(this.className, `${name} is ${factor}; expected a factor above 0.`);
    }
    this.risingFraction = risingFraction;
    this.divFactor = divFactor;
    this.finalDivFactor = finalDivFactor;
    this.anneal = anneal;
    this.threePhase = threePhase;
    const ends = this.#phases().map(({ end }) => end);
    if (!ends.every((end, index) => end > (index === 0 ? 0 : ends[index - 1]!))) {
      throw new ArgumentError(
        this.className,
        `with risingFraction ${risingFraction} the phases of ${totalSteps} steps end at [${ends}].`,
        'Use more steps, or a fraction nearer to 0.3.',
      );
    }
  }

  #phases(): readonly Phase[] {
    const { maxLearningRate, totalSteps, risingFraction, finalDivFactor } = this;
    const last = { end: totalSteps - 1, rate: this.#firstRate / finalDivFactor };
    const top = { end: risingFraction * totalSteps - 1, rate: maxLearningRate };
    if (!this.threePhase) return [top, last];
    return [top, { end: 2 * risingFraction * totalSteps - 2, rate: this.#firstRate }, last];
  }

  get #firstRate(): number {
    return this.maxLearningRate / this.divFactor;
  }

  override valueAt(step: Tensor): Tensor {
    const phases = this.#phases();
    const values = phases.map(({ end, rate }, index) => {
      const from = phases[index - 1] ?? { end: 0, rate: this.#firstRate };
      const progress = clip(step.sub(from.end).div(end - from.end), 0, 1);
      const way = this.anneal === 'linear' ? progress : cos(progress.mul(Math.PI)).neg().add(1).mul(0.5);
      return way.mul(rate - from.rate).add(from.rate);
    });
    return values.reduceRight((later, value, index) =>
      where(lessEqual(step, phases[index]!.end), value, later),
    );
  }

  override getConfig(): JsonObject {
    const { maxLearningRate, totalSteps, risingFraction, divFactor, finalDivFactor, anneal, threePhase } =
      this;
    return { maxLearningRate, totalSteps, risingFraction, divFactor, finalDivFactor, anneal, threePhase };
  }

  static fromConfig(config: JsonObject): OneCycle {
    const reader = new ConfigReader(OneCycle.className, config);
    const maxLearningRate = reader.number('maxLearningRate');
    const totalSteps = reader.number('totalSteps');
    const options: OneCycleOptions = {
      risingFraction: reader.number('risingFraction', 0.3),
      divFactor: reader.number('divFactor', 25),
      finalDivFactor: reader.number('finalDivFactor', 1e4),
      anneal: reader.choice<'cosine' | 'linear'>('anneal', ['cosine', 'linear'], 'cosine'),
      threePhase: reader.boolean('threePhase', false),
    };
    reader.done();
    return new OneCycle(maxLearningRate, totalSteps, options);
  }
}

/** Makes a {@link OneCycle}. */
export const oneCycle = (maxLearningRate: number, totalSteps: number, options?: OneCycleOptions): OneCycle =>
  new OneCycle(maxLearningRate, totalSteps, options);
