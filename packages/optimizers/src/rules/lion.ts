/** Lion: steps of one size against the sign of an interpolated momentum. */
import type { JsonObject } from '@hadal/core';
import { ArgumentError, ConfigReader, sign } from '@hadal/core';
import { requireFraction } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface LionOptions extends OptimizerOptions {
  /** Share of the momentum in the step, in (0, 1] (default 0.9). */
  readonly beta1?: number;
  /** Decay of the momentum (default 0.99). */
  readonly beta2?: number;
}

/**
 * `w ← w − lr·sign(β₁·m + (1 − β₁)·g)`, `m ← β₂·m + (1 − β₂)·g`. It keeps half of Adam's state, and wants a learning
 * rate three to ten times smaller with a weight decay that much larger.
 *
 * Source: Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023), in the form of Keras 3.
 */
export class Lion extends UpdateRule {
  static readonly className = 'Lion';
  readonly className = Lion.className;
  readonly beta1: number;
  readonly beta2: number;

  constructor(learningRate: LearningRate = 0.001, options: LionOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.99, ...shared } = options;
    super(learningRate, shared);
    if (!(beta1 > 0 && beta1 <= 1)) {
      throw new ArgumentError(
        'Lion',
        `beta1 is ${beta1}; expected a number in (0, 1].`,
        'With 0 only the sign of the present gradient would count.',
      );
    }
    requireFraction('Lion', 'beta2', beta2);
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  protected override slotNames(): readonly string[] {
    return ['momentum'];
  }

  protected override update({ value, gradient, slots, learningRate }: UpdateInput): UpdateOutput {
    const m = slots.momentum!;
    const direction = sign(m.mul(this.beta1).add(gradient.mul(1 - this.beta1)));
    const momentum = flushNegligible(m.mul(this.beta2).add(gradient.mul(1 - this.beta2)));
    return { value: value.sub(direction.mul(learningRate)), slots: { momentum } };
  }

  override getConfig(): JsonObject {
    return { ...this.baseConfig(), beta1: this.beta1, beta2: this.beta2 };
  }

  static fromConfig(config: JsonObject): Lion {
    const reader = new ConfigReader(Lion.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      beta1: reader.number('beta1', 0.9),
      beta2: reader.number('beta2', 0.99),
    };
    reader.done();
    return new Lion(learningRate, options);
  }
}

/**
 * Makes a {@link Lion} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * const optimizer = lion(1e-4, { weightDecay: 0.1, excludeFromWeightDecay: ['bias'] });
 */
export const lion = (learningRate?: LearningRate, options?: LionOptions): Lion =>
  new Lion(learningRate, options);
