/** Adadelta: Adagrad over a window, with steps in the unit of the weights. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader, sqrt, square, type Tensor } from '@hadal/core';
import { requireDecay, requireNotNegative } from '../checks';
import { flushNegligible } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both means (default 0.95). */
  readonly rho?: number;
  /** Added under the roots (default 1e-7). */
  readonly epsilon?: number;
}

/**
 * `a ← ρ·a + (1 − ρ)·g²`, `Δ = −g·√(d + ε) / √(a + ε)`, `d ← ρ·d + (1 − ρ)·Δ²`, `w ← w + lr·Δ`.
 *
 * The paper has no learning rate: 1 is its form.
 *
 * Source: Zeiler, "ADADELTA" (2012), in the form of Keras 3.
 */
export class Adadelta extends UpdateRule {
  static readonly className = 'Adadelta';
  readonly className = Adadelta.className;
  readonly rho: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate = 0.001, options: AdadeltaOptions = {}) {
    const { rho = 0.95, epsilon = 1e-7, ...shared } = options;
    super(learningRate, shared);
    requireDecay('Adadelta', 'rho', rho);
    requireNotNegative('Adadelta', 'epsilon', epsilon);
    this.rho = rho;
    this.epsilon = epsilon;
  }

  protected override slotNames(): readonly string[] {
    return ['accumulatedGrad', 'accumulatedDeltaVar'];
  }

  protected override update({ value, gradient, slots, learningRate }: UpdateInput): UpdateOutput {
    const { rho, epsilon } = this;
    const rms = (mean: Tensor): Tensor => sqrt(mean.add(epsilon));
    const towards = (mean: Tensor, sample: Tensor): Tensor =>
      flushNegligible(mean.mul(rho).add(square(sample).mul(1 - rho)));
    const steps = slots.accumulatedDeltaVar!;
    const accumulatedGrad = towards(slots.accumulatedGrad!, gradient);
    const delta = rms(steps).mul(gradient).div(rms(accumulatedGrad)).neg();
    const accumulatedDeltaVar = towards(steps, delta);
    return { value: value.add(delta.mul(learningRate)), slots: { accumulatedGrad, accumulatedDeltaVar } };
  }

  override getConfig(): JsonObject {
    return { ...this.baseConfig(), rho: this.rho, epsilon: this.epsilon };
  }

  static fromConfig(config: JsonObject): Adadelta {
    const reader = new ConfigReader(Adadelta.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      rho: reader.number('rho', 0.95),
      epsilon: reader.number('epsilon', 1e-7),
    };
    reader.done();
    return new Adadelta(learningRate, options);
  }
}

/**
 * Makes an {@link Adadelta} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: adadelta(1), loss: 'mse' });
 */
export const adadelta = (learningRate?: LearningRate, options?: AdadeltaOptions): Adadelta =>
  new Adadelta(learningRate, options);
