/** An optimizer of one's own: an update rule with its slots. Clipping, decay, groups and averages come with the base. */
import { ConfigReader, type JsonObject, sign, sqrt, square, type Tensor } from '@hadal/core';
import {
  type LearningRate,
  type OptimizerOptions,
  readLearningRate,
  readOptimizerOptions,
  type UpdateInput,
  type UpdateOutput,
  UpdateRule,
} from '@hadal/optimizers';

export interface YogiOptions extends OptimizerOptions {
  /** How slowly the mean of gradients moves (default 0.9). */
  readonly beta1?: number;
  /** How slowly the size of gradients moves (default 0.999). */
  readonly beta2?: number;
  /** Added to the root (default 1e-3). */
  readonly epsilon?: number;
}

/**
 * Adam whose second moment moves by a bounded amount: `v ← v − (1 − β₂)·sign(v − g²)·g²`.
 *
 * Source: Zaheer et al., "Adaptive Methods for Nonconvex Optimization" (2018).
 *
 * @example
 * model.compile({ optimizer: new Yogi(0.01), loss: 'mse' });
 */
export class Yogi extends UpdateRule {
  static readonly className = 'Yogi';
  readonly className = Yogi.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate = 0.01, options: YogiOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-3, ...shared } = options;
    super(learningRate, shared);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  protected override slotNames(): readonly string[] {
    return ['momentum', 'velocity'];
  }

  protected override update({ value, gradient, slots, learningRate }: UpdateInput): UpdateOutput {
    const { beta1, beta2, epsilon } = this;
    const squared = square(gradient);
    const momentum = slots.momentum!.mul(beta1).add(gradient.mul(1 - beta1));
    const velocity: Tensor = slots.velocity!.sub(
      sign(slots.velocity!.sub(squared))
        .mul(squared)
        .mul(1 - beta2),
    );
    const step = momentum.mul(learningRate).div(sqrt(velocity).add(epsilon));
    return { value: value.sub(step), slots: { momentum, velocity } };
  }

  override getConfig(): JsonObject {
    const { beta1, beta2, epsilon } = this;
    return { ...this.baseConfig(), beta1, beta2, epsilon };
  }

  static fromConfig(config: JsonObject): Yogi {
    const reader = new ConfigReader(Yogi.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptimizerOptions(reader),
      beta1: reader.number('beta1'),
      beta2: reader.number('beta2'),
      epsilon: reader.number('epsilon'),
    };
    reader.done();
    return new Yogi(learningRate, options);
  }
}
