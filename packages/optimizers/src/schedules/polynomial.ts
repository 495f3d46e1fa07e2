/** Decay along a power of the remaining time, linear by default. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, ceil, maximum, minimum, pow } from '@hadal/core';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface PolynomialDecayOptions {
  /** The rate at the end (default 0.0001). */
  readonly endLearningRate?: number;
  /** The power; 1 is a straight line (default 1). */
  readonly power?: number;
  /** Begins anew at multiples of `decaySteps`, each time decaying over all steps so far (default false). */
  readonly cycle?: boolean;
}

/**
 * `(initialLearningRate − endLearningRate) · (1 − step / decaySteps)^power + endLearningRate`, constant afterwards or,
 * with `cycle`, over the next multiple of `decaySteps`.
 *
 * Source: Keras 3, `keras.optimizers.schedules.PolynomialDecay`.
 *
 * @example
 * const schedule = polynomialDecay(0.1, 10_000, { endLearningRate: 0.001, power: 2 });
 */
export class PolynomialDecay extends LearningRateSchedule {
  static readonly className = 'PolynomialDecay';
  readonly className = PolynomialDecay.className;
  readonly endLearningRate: number;
  readonly power: number;
  readonly cycle: boolean;

  constructor(
    /** The rate of the first update. */
    readonly initialLearningRate: number,
    /** Updates over which it falls once. */
    readonly decaySteps: number,
    { endLearningRate = 0.0001, power = 1, cycle = false }: PolynomialDecayOptions = {},
  ) {
    super();
    requireRate(this.className, 'initialLearningRate', initialLearningRate);
    requireSteps(this.className, 'decaySteps', decaySteps);
    requireRate(this.className, 'endLearningRate', endLearningRate);
    if (!(Number.isFinite(power) && power > 0)) {
      throw new ArgumentError(this.className, `power is ${power}; expected a number above 0.`);
    }
    this.endLearningRate = endLearningRate;
    this.power = power;
    this.cycle = cycle;
  }

  override valueAt(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, endLearningRate } = this;
    const passed = step.div(decaySteps);
    // The first cycle is the first also at step 0.
    const progress = this.cycle ? passed.div(maximum(ceil(passed), 1)) : minimum(passed, 1);
    return pow(progress.neg().add(1), this.power)
      .mul(initialLearningRate - endLearningRate)
      .add(endLearningRate);
  }

  override getConfig(): JsonObject {
    const { initialLearningRate, decaySteps, endLearningRate, power, cycle } = this;
    return { initialLearningRate, decaySteps, endLearningRate, power, cycle };
  }

  static fromConfig(config: JsonObject): PolynomialDecay {
    const reader = new ConfigReader(PolynomialDecay.className, config);
    const initialLearningRate = reader.number('initialLearningRate');
    const decaySteps = reader.number('decaySteps');
    const endLearningRate = reader.number('endLearningRate', 0.0001);
    const power = reader.number('power', 1);
    const cycle = reader.boolean('cycle', false);
    reader.done();
    return new PolynomialDecay(initialLearningRate, decaySteps, { endLearningRate, power, cycle });
  }
}

/** Makes a {@link PolynomialDecay}. */
export const polynomialDecay = (
  initialLearningRate: number,
  decaySteps: number,
  options?: PolynomialDecayOptions,
): PolynomialDecay => new PolynomialDecay(initialLearningRate, decaySteps, options);
