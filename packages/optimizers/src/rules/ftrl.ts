/** FTRL: "follow the regularized leader", an online method that keeps weights of rare features at exactly 0. */
import type { JsonObject } from '@hadal/core';
import {
  ArgumentError,
  ConfigReader,
  clip,
  fullLike,
  pow,
  square,
  type Tensor,
  zerosLike,
} from '@hadal/core';
import { requireNotNegative } from '../checks';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface FtrlOptions extends OptimizerOptions {
  /** How the rate falls with the sum of squared gradients, at most 0 (default -0.5, the root). */
  readonly learningRatePower?: number;
  /** What the sum of squares begins with (default 0.1). */
  readonly initialAccumulatorValue?: number;
  /** Weights are 0 where less than this speaks for them (default 0). */
  readonly l1RegularizationStrength?: number;
  /** Shrinks the weights (default 0). */
  readonly l2RegularizationStrength?: number;
  /** Shrinks by the gradient instead, so that weights without gradients stay (default 0). */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** β of the paper, which slows early steps down (default 0). */
  readonly beta?: number;
}

/**
 * Weights are computed anew from two sums: `n ← n + g²`, `z ← z + g − (nₜ^−p − nₜ₋₁^−p)/lr·w` and
 * `w ← (clip(z, ±λ₁) − z) / (nₜ^−p/lr + 2λ₂ + β/lr)`, p being `learningRatePower`.
 *
 * Source: McMahan et al., "Ad Click Prediction: a View from the Trenches" (2013), in the form of Keras 3.
 */
export class Ftrl extends UpdateRule {
  static readonly className = 'Ftrl';
  readonly className = Ftrl.className;
  readonly learningRatePower: number;
  readonly initialAccumulatorValue: number;
  readonly l1RegularizationStrength: number;
  readonly l2RegularizationStrength: number;
  readonly l2ShrinkageRegularizationStrength: number;
  readonly beta: number;

  constructor(learningRate: LearningRate = 0.001, options: FtrlOptions = {}) {
    const {
      learningRatePower = -0.5,
      initialAccumulatorValue = 0.1,
      l1RegularizationStrength = 0,
      l2RegularizationStrength = 0,
      l2ShrinkageRegularizationStrength = 0,
      beta = 0,
      ...shared
    } = options;
    super(learningRate, shared);
    if (!(learningRatePower <= 0)) {
      throw new ArgumentError('Ftrl', `learningRatePower is ${learningRatePower}; expected at most 0.`);
    }
    const strengths = {
      initialAccumulatorValue,
      l1RegularizationStrength,
      l2RegularizationStrength,
      l2ShrinkageRegularizationStrength,
      beta,
    };
    for (const [name, value] of Object.entries(strengths)) requireNotNegative('Ftrl', name, value);
    this.learningRatePower = learningRatePower;
    this.initialAccumulatorValue = initialAccumulatorValue;
    this.l1RegularizationStrength = l1RegularizationStrength;
    this.l2RegularizationStrength = l2RegularizationStrength;
    this.l2ShrinkageRegularizationStrength = l2ShrinkageRegularizationStrength;
    this.beta = beta;
  }

  protected override slotNames(): readonly string[] {
    return ['accumulator', 'linear'];
  }

  protected override initialSlot(name: string, value: Tensor): Tensor {
    return name === 'accumulator' ? fullLike(value, this.initialAccumulatorValue) : zerosLike(value);
  }

  protected override update({ value, gradient, slots, learningRate }: UpdateInput): UpdateOutput {
    const l1 = this.l1RegularizationStrength;
    const shrunk = gradient.add(value.mul(2 * this.l2ShrinkageRegularizationStrength));
    const before = slots.accumulator!;
    const accumulator = before.add(square(gradient));
    const power = pow(accumulator, -this.learningRatePower);
    const risen = power.sub(pow(before, -this.learningRatePower)).div(learningRate);
    const linear = slots.linear!.add(shrunk.sub(risen.mul(value)));
    const l2 = learningRate.mul(2).pow(-1).mul(this.beta).add(this.l2RegularizationStrength);
    const quadratic = power.div(learningRate).add(l2.mul(2));
    const next = clip(linear, -l1, l1).sub(linear).div(quadratic);
    return { value: next, slots: { accumulator, linear } };
  }

  override getConfig(): JsonObject {
    const { learningRatePower, initialAccumulatorValue, l1RegularizationStrength, beta } = this;
    const { l2RegularizationStrength, l2ShrinkageRegularizationStrength } = this;
    return {
      ...this.baseConfig(),
      learningRatePower,
      initialAccumulatorValue,
      l1RegularizationStrength,
      l2RegularizationStrength,
      l2ShrinkageRegularizationStrength,
      beta,
    };
  }

  static fromConfig(config: JsonObject): Ftrl {
    const reader = new ConfigReader(Ftrl.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      learningRatePower: reader.number('learningRatePower', -0.5),
      initialAccumulatorValue: reader.number('initialAccumulatorValue', 0.1),
      l1RegularizationStrength: reader.number('l1RegularizationStrength', 0),
      l2RegularizationStrength: reader.number('l2RegularizationStrength', 0),
      l2ShrinkageRegularizationStrength: reader.number('l2ShrinkageRegularizationStrength', 0),
      beta: reader.number('beta', 0),
    };
    reader.done();
    return new Ftrl(learningRate, options);
  }
}

/**
 * Makes a {@link Ftrl} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: ftrl(0.1, { l1RegularizationStrength: 0.01 }), loss: 'binaryCrossentropy' });
 */
export const ftrl = (learningRate?: LearningRate, options?: FtrlOptions): Ftrl =>
  new Ftrl(learningRate, options);
