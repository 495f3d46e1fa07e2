/** Nadam: Adam that looks ahead along its momentum, as Nesterov's method does. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader, pow, sqrt, square, type Tensor } from '@hadal/core';
import { requireDecay, requireNotNegative } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface NadamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients (default 0.9). */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients (default 0.999). */
  readonly beta2?: number;
  /** Added to the root of the second moment (default 1e-7). */
  readonly epsilon?: number;
}

/** How quickly the momentum rises to `beta1`, from the paper. */
const MOMENTUM_DECAY = 0.96;

/**
 * Momentum rises as `μₜ = β₁(1 − ½·0.96ᵗ)`, and the step looks one ahead:
 * `w ← w − lr·(μₜ₊₁·m/(1 − Πμ·μₜ₊₁) + (1 − μₜ)·g/(1 − Πμ)) / (√(v/(1 − β₂ᵗ)) + ε)`, `Πμ` being the product of all
 * momenta up to this step.
 *
 * Source: Dozat, "Incorporating Nesterov Momentum into Adam" (2016), in the form of Keras 3.
 */
export class Nadam extends UpdateRule {
  static readonly className = 'Nadam';
  readonly className = Nadam.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate = 0.001, options: NadamOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...shared } = options;
    super(learningRate, shared);
    requireDecay('Nadam', 'beta1', beta1);
    requireDecay('Nadam', 'beta2', beta2);
    requireNotNegative('Nadam', 'epsilon', epsilon);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  protected override slotNames(): readonly string[] {
    return ['momentum', 'velocity'];
  }

  protected override sharedState(): Readonly<Record<string, number>> {
    return { momentumProduct: 1 };
  }

  protected override advance(shared: Readonly<Record<string, Tensor>>, step: Tensor): Record<string, Tensor> {
    return { momentumProduct: shared.momentumProduct!.mul(this.#momentumAt(step)) };
  }

  #momentumAt(step: Tensor): Tensor {
    return pow(MOMENTUM_DECAY, step).mul(-0.5).add(1).mul(this.beta1);
  }

  protected override update(input: UpdateInput): UpdateOutput {
    const { value, gradient, slots, shared, learningRate, step } = input;
    const product = shared.momentumProduct!;
    const present = this.#momentumAt(step);
    const ahead = this.#momentumAt(step.add(1));
    const m = slots.momentum!;
    const v = slots.velocity!;
    const momentum = flushNegligible(m.add(gradient.sub(m).mul(1 - this.beta1)));
    const difference = square(gradient).sub(v);
    const velocity = flushNegligible(v.add(difference.mul(1 - this.beta2)));
    const fromMomentum = momentum.mul(ahead.div(product.mul(ahead).neg().add(1)));
    const fromGradient = gradient.mul(present.neg().add(1).div(product.neg().add(1)));
    const scale = sqrt(velocity.div(pow(this.beta2, step).neg().add(1))).add(this.epsilon);
    const next = value.sub(fromMomentum.add(fromGradient).mul(learningRate).div(scale));
    return { value: next, slots: { momentum, velocity } };
  }

  override getConfig(): JsonObject {
    const { beta1, beta2, epsilon } = this;
    return { ...this.baseConfig(), beta1, beta2, epsilon };
  }

  static fromConfig(config: JsonObject): Nadam {
    const reader = new ConfigReader(Nadam.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      beta1: reader.number('beta1', 0.9),
      beta2: reader.number('beta2', 0.999),
      epsilon: reader.number('epsilon', 1e-7),
    };
    reader.done();
    return new Nadam(learningRate, options);
  }
}

/**
 * Makes a {@link Nadam} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: nadam(1e-3), loss: 'mse' });
 */
export const nadam = (learningRate?: LearningRate, options?: NadamOptions): Nadam =>
  new Nadam(learningRate, options);
