/** Cosine decay with an optional linear warm-up. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, cos, less, minimum, where } from '@hadal/core';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface CosineDecayOptions {
  /** The final rate as a fraction of the rate at which the decay begins (default 0). */
  readonly alpha?: number;
  /** Where a linear warm-up from `initialLearningRate` ends and the decay begins. Without it there is no warm-up. */
  readonly warmupTarget?: number;
  /** Steps of the warm-up, before the `decaySteps` of the decay (default 0). */
  readonly warmupSteps?: number;
}

/**
 * Half a cosine from the initial rate down to `alpha` times it over `decaySteps`, constant afterwards.
 *
 * Source: Loshchilov & Hutter, "SGDR" (2017), with the warm-up of Keras 3's `CosineDecay`.
 *
 * @example
 * const schedule = cosineDecay(0, 10_000, { warmupTarget: 0.1, warmupSteps: 500 });
 */
export class CosineDecay extends LearningRateSchedule {
  static readonly className = 'CosineDecay';
  readonly className = CosineDecay.className;
  readonly alpha: number;
  readonly warmupTarget: number | undefined;
  readonly warmupSteps: number;

  constructor(
    /** The rate of the first update. */
    readonly initialLearningRate: number,
    /** Updates over which it falls once. */
    readonly decaySteps: number,
    { alpha = 0, warmupTarget, warmupSteps = 0 }: CosineDecayOptions = {},
  ) {
    super();
    requireRate(this.className, 'initialLearningRate', initialLearningRate);
    requireSteps(this.className, 'decaySteps', decaySteps);
    if (warmupTarget !== undefined) {
      requireRate(this.className, 'warmupTarget', warmupTarget);
      requireSteps(this.className, 'warmupSteps', warmupSteps);
    } else if (warmupSteps !== 0) {
      throw new ArgumentError(
        this.className,
        `warmupSteps is ${warmupSteps} but there is no warmupTarget.`,
        'The warm-up goes from initialLearningRate to warmupTarget: give both.',
      );
    }
    this.alpha = alpha;
    this.warmupTarget = warmupTarget;
    this.warmupSteps = warmupSteps;
  }

  override valueAt(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, warmupTarget, warmupSteps } = this;
    if (warmupTarget === undefined) {
      return this.#decay(minimum(step, decaySteps), initialLearningRate);
    }
    const warming = step
      .div(warmupSteps)
      .mul(warmupTarget - initialLearningRate)
      .add(initialLearningRate);
    const decaying = this.#decay(minimum(step, decaySteps + warmupSteps).sub(warmupSteps), warmupTarget);
    return where(less(step, warmupSteps), warming, decaying);
  }

  #decay(step: Tensor, from: number): Tensor {
    const cosine = cos(step.div(this.decaySteps).mul(Math.PI)).add(1).mul(0.5);
    return cosine
      .mul(1 - this.alpha)
      .add(this.alpha)
      .mul(from);
  }

  override getConfig(): JsonObject {
    const { initialLearningRate, decaySteps, alpha, warmupTarget = null, warmupSteps } = this;
    return { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps };
  }

  static fromConfig(config: JsonObject): CosineDecay {
    const reader = new ConfigReader(CosineDecay.className, config);
    const initialLearningRate = reader.number('initialLearningRate');
    const decaySteps = reader.number('decaySteps');
    const alpha = reader.number('alpha', 0);
    const warmupTarget = reader.optionalNumber('warmupTarget');
    const warmupSteps = reader.number('warmupSteps', 0);
    reader.done();
    return new CosineDecay(initialLearningRate, decaySteps, { alpha, warmupTarget, warmupSteps });
  }
}

/** Makes a {@link CosineDecay}. */
export const cosineDecay = (
  initialLearningRate: number,
  decaySteps: number,
  options?: CosineDecayOptions,
): CosineDecay => new CosineDecay(initialLearningRate, decaySteps, options);
