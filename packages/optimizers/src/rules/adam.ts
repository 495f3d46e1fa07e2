/** Adam: steps scaled by running estimates of the gradient's mean and uncentered variance. */
import type { JsonObject, ConfigReader as Reader } from '@hadal/core';
import { ConfigReader, maximum, pow, sqrt, square } from '@hadal/core';
import { requireDecay, requireNotNegative } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients (default 0.9). */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients (default 0.999). */
  readonly beta2?: number;
  /** Added to the root of the second moment, "epsilon hat" of the paper (default 1e-7). */
  readonly epsilon?: number;
  /** Uses the largest second moment seen so far (default false). */
  readonly amsgrad?: boolean;
}

/**
 * `m ← m + (g − m)(1 − β₁)`, `v ← v + (g² − v)(1 − β₂)`, `w ← w − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)`.
 *
 * Source: Kingma & Ba, "Adam" (2015), in the form of section 2.1 that Keras 3 uses.
 */
export class Adam extends UpdateRule {
  static readonly className: string = 'Adam';
  readonly className: string = Adam.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;

  constructor(learningRate: LearningRate = 0.001, options: AdamOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false, ...shared } = options;
    super(learningRate, shared);
    requireDecay('Adam', 'beta1', beta1);
    requireDecay('Adam', 'beta2', beta2);
    requireNotNegative('Adam', 'epsilon', epsilon);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.amsgrad = amsgrad;
  }

  protected override slotNames(): readonly string[] {
    return this.amsgrad ? ['momentum', 'velocity', 'largestVelocity'] : ['momentum', 'velocity'];
  }

  protected override update({ value, gradient, slots, learningRate, step }: UpdateInput): UpdateOutput {
    const correction1 = pow(this.beta1, step).neg().add(1);
    const correction2 = pow(this.beta2, step).neg().add(1);
    const rate = learningRate.mul(sqrt(correction2)).div(correction1);

    const m = slots.momentum!;
    const v = slots.velocity!;
    const momentum = flushNegligible(m.add(gradient.sub(m).mul(1 - this.beta1)));
    const velocity = flushNegligible(
      v.add(
        square(gradient)
          .sub(v)
          .mul(1 - this.beta2),
      ),
    );
    const largest = slots.largestVelocity;
    if (largest === undefined) {
      const next = value.sub(momentum.mul(rate).div(sqrt(velocity).add(this.epsilon)));
      return { value: next, slots: { momentum, velocity } };
    }
    const largestVelocity = maximum(largest, velocity);
    const next = value.sub(momentum.mul(rate).div(sqrt(largestVelocity).add(this.epsilon)));
    return { value: next, slots: { momentum, velocity, largestVelocity } };
  }

  override getConfig(): JsonObject {
    const { beta1, beta2, epsilon, amsgrad } = this;
    return { ...this.baseConfig(), beta1, beta2, epsilon, amsgrad };
  }

  static fromConfig(config: JsonObject): Adam {
    const reader = new ConfigReader('Adam', config);
    const learningRate = readLearningRate(reader);
    const options = readAdamOptions(reader);
    reader.done();
    return new Adam(learningRate, options);
  }
}

/** The entries that Adam and its descendants share. */
export function readAdamOptions(reader: Reader): AdamOptions {
  return {
    ...readOptions(reader),
    beta1: reader.number('beta1', 0.9),
    beta2: reader.number('beta2', 0.999),
    epsilon: reader.number('epsilon', 1e-7),
    amsgrad: reader.boolean('amsgrad', false),
  };
}

/**
 * Makes an {@link Adam} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: adam(1e-3), loss: 'sparseCategoricalCrossentropy' });
 */
export const adam = (learningRate?: LearningRate, options?: AdamOptions): Adam =>
  new Adam(learningRate, options);
