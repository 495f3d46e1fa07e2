/** Adamax: Adam with a running maximum of gradients instead of their mean square. */
import type { JsonObject } from '@hadal/core';
import { abs, ConfigReader, maximum, pow } from '@hadal/core';
import { requireDecay, requireNotNegative } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface AdamaxOptions extends OptimizerOptions {
  /** Decay of the mean of gradients (default 0.9). */
  readonly beta1?: number;
  /** Decay of the largest gradient (default 0.999). */
  readonly beta2?: number;
  /** Added to the largest gradient (default 1e-7). */
  readonly epsilon?: number;
}

/**
 * `m ← m + (g − m)(1 − β₁)`, `u ← max(β₂·u, |g|)`, `w ← w − lr·m / ((1 − β₁ᵗ)(u + ε))`.
 *
 * Source: Kingma & Ba, "Adam" (2015), section 7.1, in the form of Keras 3.
 */
export class Adamax extends UpdateRule {
  static readonly className = 'Adamax';
  readonly className = Adamax.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate = 0.001, options: AdamaxOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...shared } = options;
    super(learningRate, shared);
    requireDecay('Adamax', 'beta1', beta1);
    requireDecay('Adamax', 'beta2', beta2);
    requireNotNegative('Adamax', 'epsilon', epsilon);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  protected override slotNames(): readonly string[] {
    return ['momentum', 'norm'];
  }

  protected override update({ value, gradient, slots, learningRate, step }: UpdateInput): UpdateOutput {
    const m = slots.momentum!;
    const momentum = flushNegligible(m.add(gradient.sub(m).mul(1 - this.beta1)));
    const norm = flushNegligible(maximum(slots.norm!.mul(this.beta2), abs(gradient)));
    const correction = pow(this.beta1, step).neg().add(1);
    const next = value.sub(momentum.mul(learningRate).div(norm.add(this.epsilon).mul(correction)));
    return { value: next, slots: { momentum, norm } };
  }

  override getConfig(): JsonObject {
    const { beta1, beta2, epsilon } = this;
    return { ...this.baseConfig(), beta1, beta2, epsilon };
  }

  static fromConfig(config: JsonObject): Adamax {
    const reader = new ConfigReader(Adamax.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      beta1: reader.number('beta1', 0.9),
      beta2: reader.number('beta2', 0.999),
      epsilon: reader.number('epsilon', 1e-7),
    };
    reader.done();
    return new Adamax(learningRate, options);
  }
}

/**
 * Makes an {@link Adamax} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: adamax(2e-3), loss: 'mse' });
 */
export const adamax = (learningRate?: LearningRate, options?: AdamaxOptions): Adamax =>
  new Adamax(learningRate, options);
