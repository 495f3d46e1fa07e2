/** RMSprop: steps divided by the root of a running mean of squared gradients. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader, sqrt, square } from '@hadal/core';
import { requireDecay, requireNotNegative } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface RMSpropOptions extends OptimizerOptions {
  /** Decay of the mean of squared gradients (default 0.9). */
  readonly rho?: number;
  /** How much of the previous step is kept (default 0). */
  readonly momentum?: number;
  /** Added under the root (default 1e-7). */
  readonly epsilon?: number;
  /** Divides by the estimated variance instead of the uncentered second moment (default false). */
  readonly centered?: boolean;
}

/**
 * `v ← ρ·v + (1 − ρ)·g²`, `w ← w − lr·g / √(v + ε)`; centered, the mean gradient's square is subtracted under the
 * root; with momentum the step is accumulated as `m ← μ·m + lr·g / √(v + ε)` first.
 *
 * Source: Hinton, lecture 6 (2012), in the form of Keras 3.
 */
export class RMSprop extends UpdateRule {
  static readonly className = 'RMSprop';
  readonly className = RMSprop.className;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;

  constructor(learningRate: LearningRate = 0.001, options: RMSpropOptions = {}) {
    const { rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false, ...shared } = options;
    super(learningRate, shared);
    requireDecay('RMSprop', 'rho', rho);
    requireNotNegative('RMSprop', 'momentum', momentum);
    requireNotNegative('RMSprop', 'epsilon', epsilon);
    this.rho = rho;
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.centered = centered;
  }

  protected override slotNames(): readonly string[] {
    return [
      'velocity',
      ...(this.momentum > 0 ? ['momentum'] : []),
      ...(this.centered ? ['averageGradient'] : []),
    ];
  }

  protected override update({ value, gradient, slots, learningRate }: UpdateInput): UpdateOutput {
    const { rho, epsilon } = this;
    const velocity = flushNegligible(slots.velocity!.mul(rho).add(square(gradient).mul(1 - rho)));
    const next: Record<string, typeof value> = { velocity };
    let denominator = velocity.add(epsilon);
    if (slots.averageGradient !== undefined) {
      const average = flushNegligible(slots.averageGradient.mul(rho).add(gradient.mul(1 - rho)));
      next.averageGradient = average;
      denominator = velocity.sub(square(average)).add(epsilon);
    }
    const increment = gradient.mul(learningRate).div(sqrt(denominator));
    if (slots.momentum === undefined) return { value: value.sub(increment), slots: next };
    const momentum = flushNegligible(slots.momentum.mul(this.momentum).add(increment));
    next.momentum = momentum;
    return { value: value.sub(momentum), slots: next };
  }

  override getConfig(): JsonObject {
    const { rho, momentum, epsilon, centered } = this;
    return { ...this.baseConfig(), rho, momentum, epsilon, centered };
  }

  static fromConfig(config: JsonObject): RMSprop {
    const reader = new ConfigReader(RMSprop.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      rho: reader.number('rho', 0.9),
      momentum: reader.number('momentum', 0),
      epsilon: reader.number('epsilon', 1e-7),
      centered: reader.boolean('centered', false),
    };
    reader.done();
    return new RMSprop(learningRate, options);
  }
}

/**
 * Makes an {@link RMSprop} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: rmsprop(1e-3, { momentum: 0.9 }), loss: 'mse' });
 */
export const rmsprop = (learningRate?: LearningRate, options?: RMSpropOptions): RMSprop =>
  new RMSprop(learningRate, options);
