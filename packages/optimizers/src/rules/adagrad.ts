/** Adagrad: steps divided by the root of the sum of all squared gradients so far. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader, fullLike, sqrt, square, type Tensor } from '@hadal/core';
import { requireNotNegative } from '../checks';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface AdagradOptions extends OptimizerOptions {
  /** What the sum of squares begins with (default 0.1). */
  readonly initialAccumulatorValue?: number;
  /** Added under the root (default 1e-7). */
  readonly epsilon?: number;
}

/**
 * `a ← a + g²`, `w ← w − lr·g / √(a + ε)`.
 *
 * Source: Duchi et al., "Adaptive Subgradient Methods" (2011), in the form of Keras 3.
 */
export class Adagrad extends UpdateRule {
  static readonly className = 'Adagrad';
  readonly className = Adagrad.className;
  readonly initialAccumulatorValue: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate = 0.001, options: AdagradOptions = {}) {
    const { initialAccumulatorValue = 0.1, epsilon = 1e-7, ...shared } = options;
    super(learningRate, shared);
    requireNotNegative('Adagrad', 'initialAccumulatorValue', initialAccumulatorValue);
    requireNotNegative('Adagrad', 'epsilon', epsilon);
    this.initialAccumulatorValue = initialAccumulatorValue;
    this.epsilon = epsilon;
  }

  protected override slotNames(): readonly string[] {
    return ['accumulator'];
  }

  protected override initialSlot(_name: string, value: Tensor): Tensor {
    return fullLike(value, this.initialAccumulatorValue);
  }

  protected override update({ value, gradient, slots, learningRate }: UpdateInput): UpdateOutput {
    const accumulator = slots.accumulator!.add(square(gradient));
    const next = value.sub(gradient.mul(learningRate).div(sqrt(accumulator.add(this.epsilon))));
    return { value: next, slots: { accumulator } };
  }

  override getConfig(): JsonObject {
    const { initialAccumulatorValue, epsilon } = this;
    return { ...this.baseConfig(), initialAccumulatorValue, epsilon };
  }

  static fromConfig(config: JsonObject): Adagrad {
    const reader = new ConfigReader(Adagrad.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      initialAccumulatorValue: reader.number('initialAccumulatorValue', 0.1),
      epsilon: reader.number('epsilon', 1e-7),
    };
    reader.done();
    return new Adagrad(learningRate, options);
  }
}

/**
 * Makes an {@link Adagrad} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: adagrad(0.01), loss: 'mse' });
 */
export const adagrad = (learningRate?: LearningRate, options?: AdagradOptions): Adagrad =>
  new Adagrad(learningRate, options);
