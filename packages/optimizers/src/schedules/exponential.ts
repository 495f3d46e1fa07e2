/** Exponential decay, continuous or in steps. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, floor, pow } from '@hadal/core';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface ExponentialDecayOptions {
  /** Decay only at multiples of `decaySteps`, as a staircase (default false). */
  readonly staircase?: boolean;
}

/**
 * `initialLearningRate · decayRate^(step / decaySteps)`; with `staircase` the exponent is rounded down.
 *
 * Source: Keras 3, `keras.optimizers.schedules.ExponentialDecay`.
 *
 * @example
 * const schedule = exponentialDecay(0.1, 1000, 0.96, { staircase: true });
 */
export class ExponentialDecay extends LearningRateSchedule {
  static readonly className = 'ExponentialDecay';
  readonly className = ExponentialDecay.className;
  readonly staircase: boolean;

  constructor(
    /** The rate of the first update. */
    readonly initialLearningRate: number,
    /** Updates over which it falls once. */
    readonly decaySteps: number,
    /** How much it falls in `decaySteps` updates. */
    readonly decayRate: number,
    { staircase = false }: ExponentialDecayOptions = {},
  ) {
    super();
    requireRate(this.className, 'initialLearningRate', initialLearningRate);
    requireSteps(this.className, 'decaySteps', decaySteps);
    if (!(decayRate > 0)) {
      throw new ArgumentError(this.className, `decayRate is ${decayRate}; expected a factor above 0.`);
    }
    this.staircase = staircase;
  }

  override valueAt(step: Tensor): Tensor {
    const progress = step.div(this.decaySteps);
    return pow(this.decayRate, this.staircase ? floor(progress) : progress).mul(this.initialLearningRate);
  }

  override getConfig(): JsonObject {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this;
    return { initialLearningRate, decaySteps, decayRate, staircase };
  }

  static fromConfig(config: JsonObject): ExponentialDecay {
    const reader = new ConfigReader(ExponentialDecay.className, config);
    const initialLearningRate = reader.number('initialLearningRate');
    const decaySteps = reader.number('decaySteps');
    const decayRate = reader.number('decayRate');
    const staircase = reader.boolean('staircase', false);
    reader.done();
    return new ExponentialDecay(initialLearningRate, decaySteps, decayRate, { staircase });
  }
}

/** Makes an {@link ExponentialDecay}. */
export const exponentialDecay = (
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options?: ExponentialDecayOptions,
): ExponentialDecay => new ExponentialDecay(initialLearningRate, decaySteps, decayRate, options);
