/** Schedule-free AdamW: the mean of all weights so far takes the place of a learning rate that falls. */
import type { JsonObject } from '@hadal/core';
import { ArgumentError, ConfigReader, minimum, pow, sqrt, square, type Tensor, zerosLike } from '@hadal/core';
import { requireDecay, requireNotNegative } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** Share of the mean in the point where gradients are taken, in (0, 1) (default 0.9). */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients (default 0.999). */
  readonly beta2?: number;
  /** Added to the root of the second moment (default 1e-8). */
  readonly epsilon?: number;
  /** Updates over which the rate rises linearly to its value (default 0). */
  readonly warmupSteps?: number;
}

/**
 * `z ← z − lr·g / (√v̂ + ε)`, `x ← (1 − 1/t)·x + z/t`, `w = (1 − β₁)·z + β₁·x`. The variables hold `w`; `x` is implied
 * by `w` and `z`, so no more state is kept than by Adam.
 *
 * Source: Defazio et al., "The Road Less Scheduled" (2024), in the form of Keras 3.
 */
export class ScheduleFreeAdamW extends UpdateRule {
  static readonly className = 'ScheduleFreeAdamW';
  readonly className = ScheduleFreeAdamW.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly warmupSteps: number;

  constructor(learningRate: LearningRate = 0.0025, options: ScheduleFreeAdamWOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, warmupSteps = 0, ...shared } = options;
    super(learningRate, shared);
    if (!(beta1 > 0 && beta1 < 1)) {
      throw new ArgumentError('ScheduleFreeAdamW', `beta1 is ${beta1}; expected a number in (0, 1).`);
    }
    requireDecay('ScheduleFreeAdamW', 'beta2', beta2);
    requireNotNegative('ScheduleFreeAdamW', 'epsilon', epsilon);
    requireNotNegative('ScheduleFreeAdamW', 'warmupSteps', warmupSteps);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.warmupSteps = warmupSteps;
  }

  protected override slotNames(): readonly string[] {
    return ['momentum', 'velocity'];
  }

  protected override initialSlot(name: string, value: Tensor): Tensor {
    return name === 'momentum' ? value : zerosLike(value);
  }

  protected override update({ value, gradient, slots, learningRate, step }: UpdateInput): UpdateOutput {
    const { beta1, warmupSteps } = this;
    const rate = warmupSteps === 0 ? learningRate : learningRate.mul(minimum(step.div(warmupSteps), 1));
    const before = slots.momentum!;
    const v = slots.velocity!;
    const difference = square(gradient).sub(v);
    const velocity = flushNegligible(v.add(difference.mul(1 - this.beta2)));
    const scale = sqrt(velocity.div(pow(this.beta2, step).neg().add(1))).add(this.epsilon);
    const momentum = before.sub(gradient.mul(rate).div(scale));
    const meanBefore = value.sub(before.mul(1 - beta1)).div(beta1);
    const weight = step.pow(-1);
    const mean = meanBefore.mul(weight.neg().add(1)).add(momentum.mul(weight));
    return { value: momentum.mul(1 - beta1).add(mean.mul(beta1)), slots: { momentum, velocity } };
  }

  override getConfig(): JsonObject {
    const { beta1, beta2, epsilon, warmupSteps } = this;
    return { ...this.baseConfig(), beta1, beta2, epsilon, warmupSteps };
  }

  static fromConfig(config: JsonObject): ScheduleFreeAdamW {
    const reader = new ConfigReader(ScheduleFreeAdamW.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      beta1: reader.number('beta1', 0.9),
      beta2: reader.number('beta2', 0.999),
      epsilon: reader.number('epsilon', 1e-8),
      warmupSteps: reader.number('warmupSteps', 0),
    };
    reader.done();
    return new ScheduleFreeAdamW(learningRate, options);
  }
}

/**
 * Makes a {@link ScheduleFreeAdamW} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.0025)
 * @example
 * model.compile({ optimizer: scheduleFreeAdamW(2.5e-3, { warmupSteps: 500 }), loss: 'mse' });
 */
export const scheduleFreeAdamW = (
  learningRate?: LearningRate,
  options?: ScheduleFreeAdamWOptions,
): ScheduleFreeAdamW => new ScheduleFreeAdamW(learningRate, options);
