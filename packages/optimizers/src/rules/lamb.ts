/** LAMB: Adam whose step for each variable is as long as the variable is, for very large batches. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader, greater, logicalAnd, pow, sqrt, square, sum, where } from '@hadal/core';
import { requireDecay, requireNotNegative } from '../checks';
import { flushNegligible, type Layout } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface LambOptions extends OptimizerOptions {
  /** Decay of the mean of gradients (default 0.9). */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients (default 0.999). */
  readonly beta2?: number;
  /** Added to the root of the second moment (default 1e-7). */
  readonly epsilon?: number;
}

/**
 * `u = m̂ / (√v̂ + ε)` as in Adam, `w ← w − lr·(‖w‖ / ‖u‖)·u` for each variable; the ratio is 1 where a norm is 0.
 *
 * Source: You et al., "Large Batch Optimization for Deep Learning" (2020), in the form of Keras 3.
 */
export class Lamb extends UpdateRule {
  static readonly className = 'Lamb';
  readonly className = Lamb.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate = 0.001, options: LambOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...shared } = options;
    super(learningRate, shared);
    requireDecay('Lamb', 'beta1', beta1);
    requireDecay('Lamb', 'beta2', beta2);
    requireNotNegative('Lamb', 'epsilon', epsilon);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  protected override layoutOf(): Layout {
    return 'separate';
  }

  protected override slotNames(): readonly string[] {
    return ['momentum', 'velocity'];
  }

  protected override update({ value, gradient, slots, learningRate, step }: UpdateInput): UpdateOutput {
    const m = slots.momentum!;
    const v = slots.velocity!;
    const momentum = flushNegligible(m.add(gradient.sub(m).mul(1 - this.beta1)));
    const difference = square(gradient).sub(v);
    const velocity = flushNegligible(v.add(difference.mul(1 - this.beta2)));
    const mean = momentum.div(pow(this.beta1, step).neg().add(1));
    const scale = sqrt(velocity.div(pow(this.beta2, step).neg().add(1))).add(this.epsilon);
    const direction = mean.div(scale);
    const valueNorm = sqrt(sum(square(value)));
    const directionNorm = sqrt(sum(square(direction)));
    const haveLength = logicalAnd(greater(valueNorm, 0), greater(directionNorm, 0));
    const ratio = where(haveLength, valueNorm.div(directionNorm), 1);
    return { value: value.sub(direction.mul(ratio.mul(learningRate))), slots: { momentum, velocity } };
  }

  override getConfig(): JsonObject {
    const { beta1, beta2, epsilon } = this;
    return { ...this.baseConfig(), beta1, beta2, epsilon };
  }

  static fromConfig(config: JsonObject): Lamb {
    const reader = new ConfigReader(Lamb.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      beta1: reader.number('beta1', 0.9),
      beta2: reader.number('beta2', 0.999),
      epsilon: reader.number('epsilon', 1e-7),
    };
    reader.done();
    return new Lamb(learningRate, options);
  }
}

/**
 * Makes a {@link Lamb} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * const optimizer = lamb(2e-3, { weightDecay: 0.01, excludeFromWeightDecay: ['bias', 'gamma', 'beta'] });
 */
export const lamb = (learningRate?: LearningRate, options?: LambOptions): Lamb =>
  new Lamb(learningRate, options);
