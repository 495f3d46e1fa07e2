/** Stochastic gradient descent, with momentum and Nesterov momentum. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import { requireFraction } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface SGDOptions extends OptimizerOptions {
  /** How much of the previous step is kept, in [0, 1] (default 0). */
  readonly momentum?: number;
  /** Looks ahead along the momentum (default false). */
  readonly nesterov?: boolean;
}

/**
 * Without momentum `w ← w − lr·g`; with momentum `m ← μ·m − lr·g` and `w ← w + m`, or with Nesterov's form
 * `w ← w + μ·m − lr·g`.
 *
 * Source: Keras 3, `keras.optimizers.SGD`.
 */
export class SGD extends UpdateRule {
  static readonly className = 'SGD';
  readonly className = SGD.className;
  readonly momentum: number;
  readonly nesterov: boolean;

  constructor(learningRate: LearningRate = 0.01, options: SGDOptions = {}) {
    const { momentum = 0, nesterov = false, ...shared } = options;
    super(learningRate, shared);
    requireFraction('SGD', 'momentum', momentum);
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  protected override slotNames(): readonly string[] {
    return this.momentum === 0 ? [] : ['momentum'];
  }

  protected override update({ value, gradient, slots, learningRate }: UpdateInput): UpdateOutput {
    const descent = gradient.mul(learningRate);
    const previous = slots.momentum;
    if (previous === undefined) return { value: value.sub(descent), slots: {} };
    const momentum = flushNegligible(previous.mul(this.momentum).sub(descent));
    const step = this.nesterov ? momentum.mul(this.momentum).sub(descent) : momentum;
    return { value: value.add(step), slots: { momentum } };
  }

  override getConfig(): JsonObject {
    return { ...this.baseConfig(), momentum: this.momentum, nesterov: this.nesterov };
  }

  static fromConfig(config: JsonObject): SGD {
    const reader = new ConfigReader(SGD.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      momentum: reader.number('momentum', 0),
      nesterov: reader.boolean('nesterov', false),
    };
    reader.done();
    return new SGD(learningRate, options);
  }
}

/**
 * Makes an {@link SGD} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.01)
 * @example
 * model.compile({ optimizer: sgd(0.1, { momentum: 0.9, nesterov: true }), loss: 'mse' });
 */
export const sgd = (learningRate?: LearningRate, options?: SGDOptions): SGD => new SGD(learningRate, options);
