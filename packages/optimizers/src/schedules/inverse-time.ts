/** Decay by the inverse of time, continuous or in steps. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, floor } from '@hadal/core';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface InverseTimeDecayOptions {
  /** Decay only at multiples of `decaySteps`, as a staircase (default false). */
  readonly staircase?: boolean;
}

/**
 * `initialLearningRate / (1 + decayRate · step / decaySteps)`; with `staircase` the quotient is rounded down.
 *
 * Source: Keras 3, `keras.optimizers.schedules.InverseTimeDecay`.
 *
 * @example
 * const schedule = inverseTimeDecay(0.1, 1000, 0.5);
 */
export class InverseTimeDecay extends LearningRateSchedule {
  static readonly className = 'InverseTimeDecay';
  readonly className = InverseTimeDecay.className;
  readonly staircase: boolean;

  constructor(
    /** The rate of the first update. */
    readonly initialLearningRate: number,
    /** Updates over which it falls once. */
    readonly decaySteps: number,
    /** How much it falls in `decaySteps` updates. */
    readonly decayRate: number,
    { staircase = false }: InverseTimeDecayOptions = {},
  ) {
    super();
    requireRate(this.className, 'initialLearningRate', initialLearningRate);
    requireSteps(this.className, 'decaySteps', decaySteps);
    if (!(Number.isFinite(decayRate) && decayRate >= 0)) {
      throw new ArgumentError(this.className, `decayRate is ${decayRate}; expected at least 0.`);
    }
    this.staircase = staircase;
  }

  override valueAt(step: Tensor): Tensor {
    const progress = step.div(this.decaySteps);
    const divisor = (this.staircase ? floor(progress) : progress).mul(this.decayRate).add(1);
    return divisor.pow(-1).mul(this.initialLearningRate);
  }

  override getConfig(): JsonObject {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this;
    return { initialLearningRate, decaySteps, decayRate, staircase };
  }

  static fromConfig(config: JsonObject): InverseTimeDecay {
    const reader = new ConfigReader(InverseTimeDecay.className, config);
    const initialLearningRate = reader.number('initialLearningRate');
    const decaySteps = reader.number('decaySteps');
    const decayRate = reader.number('decayRate');
    const staircase = reader.boolean('staircase', false);
    reader.done();
    return new InverseTimeDecay(initialLearningRate, decaySteps, decayRate, { staircase });
  }
}

/** Makes an {@link InverseTimeDecay}. */
export const inverseTimeDecay = (
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options?: InverseTimeDecayOptions,
): InverseTimeDecay => new InverseTimeDecay(initialLearningRate, decaySteps, decayRate, options);
