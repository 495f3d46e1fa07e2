/** Adafactor: Adam's scaling from sums of rows and columns, so that matrices need almost no state. */
import type { JsonObject } from '@hadal/core';
import {
  ArgumentError,
  ConfigReader,
  maximum,
  mean,
  minimum,
  pow,
  sqrt,
  square,
  type Tensor,
  zeros,
} from '@hadal/core';
import { requireNotNegative } from '../checks';
import type { Layout } from '../flat';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type BlockForm, type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface AdafactorOptions extends OptimizerOptions {
  /** The decay of the means rises as `1 − t^beta2Decay`, below 0 (default -0.8). */
  readonly beta2Decay?: number;
  /** Added to squared gradients (default 1e-30). */
  readonly epsilon1?: number;
  /** The least size of a variable for which steps are scaled (default 1e-3). */
  readonly epsilon2?: number;
  /** Steps with a larger root mean square are scaled down to it (default 1). */
  readonly clipThreshold?: number;
  /** Kept for files of Keras 3, where it changes nothing: the rate is at most `1/√t` in either case (default true). */
  readonly relativeStep?: boolean;
}

/**
 * `v = r·cᵀ / mean(r)` from running means `r` and `c` of squared gradients over the last and the last but one axis,
 * `u = g / √v`, `w ← w − max(ε₂, rms(w))·min(lr, 1/√t)·u / max(1, rms(u)/d)`. Variables of fewer than two axes keep `v`
 * itself.
 *
 * Source: Shazeer & Stern, "Adafactor" (2018), in the form of Keras 3.
 */
export class Adafactor extends UpdateRule {
  static readonly className = 'Adafactor';
  readonly className = Adafactor.className;
  readonly beta2Decay: number;
  readonly epsilon1: number;
  readonly epsilon2: number;
  readonly clipThreshold: number;
  readonly relativeStep: boolean;

  constructor(learningRate: LearningRate = 0.001, options: AdafactorOptions = {}) {
    const {
      beta2Decay = -0.8,
      epsilon1 = 1e-30,
      epsilon2 = 1e-3,
      clipThreshold = 1,
      relativeStep = true,
      ...shared
    } = options;
    super(learningRate, shared);
    if (!(beta2Decay < 0)) {
      throw new ArgumentError('Adafactor', `beta2Decay is ${beta2Decay}; expected a number below 0.`);
    }
    if (!(clipThreshold > 0)) {
      throw new ArgumentError('Adafactor', `clipThreshold is ${clipThreshold}; expected a number above 0.`);
    }
    requireNotNegative('Adafactor', 'epsilon1', epsilon1);
    requireNotNegative('Adafactor', 'epsilon2', epsilon2);
    this.beta2Decay = beta2Decay;
    this.epsilon1 = epsilon1;
    this.epsilon2 = epsilon2;
    this.clipThreshold = clipThreshold;
    this.relativeStep = relativeStep;
  }

  protected override layoutOf(): Layout {
    return 'separate';
  }

  protected override slotNames({ shape }: BlockForm): readonly string[] {
    return shape.length < 2 ? ['velocity'] : ['row', 'column'];
  }

  protected override initialSlot(name: string, { shape, dtype }: Tensor): Tensor {
    const without = { velocity: shape.length, row: shape.length - 1, column: shape.length - 2 }[name];
    return zeros(
      shape.filter((_, axis) => axis !== without),
      { dtype },
    );
  }

  protected override update({ value, gradient, slots, learningRate, step }: UpdateInput): UpdateOutput {
    const decay = pow(step, this.beta2Decay).neg().add(1);
    const squares = square(gradient).add(this.epsilon1);
    const towards = (average: Tensor, sample: Tensor): Tensor =>
      average.mul(decay).add(sample.mul(decay.neg().add(1)));
    const rms = (x: Tensor): Tensor => sqrt(mean(square(x)));

    const { velocity, next } = this.#secondMoment(slots, squares, towards);
    const direction = gradient.div(sqrt(velocity));
    const limited = direction.div(maximum(rms(direction).div(this.clipThreshold), 1));
    const rate = maximum(rms(value), this.epsilon2).mul(minimum(learningRate, sqrt(step).pow(-1)));
    return { value: value.sub(limited.mul(rate)), slots: next };
  }

  #secondMoment(
    slots: Readonly<Record<string, Tensor>>,
    squares: Tensor,
    towards: (average: Tensor, sample: Tensor) => Tensor,
  ): { readonly velocity: Tensor; readonly next: Readonly<Record<string, Tensor>> } {
    if (slots.velocity !== undefined) {
      const velocity = towards(slots.velocity, squares);
      return { velocity, next: { velocity } };
    }
    const row = towards(slots.row!, mean(squares, { axis: -1 }));
    const column = towards(slots.column!, mean(squares, { axis: -2 }));
    const share = row.div(mean(row, { axis: -1, keepDims: true }));
    return { velocity: share.expandDims(-1).mul(column.expandDims(-2)), next: { row, column } };
  }

  override getConfig(): JsonObject {
    const { beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep } = this;
    return { ...this.baseConfig(), beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep };
  }

  static fromConfig(config: JsonObject): Adafactor {
    const reader = new ConfigReader(Adafactor.className, config);
    const learningRate = readLearningRate(reader);
    const options = {
      ...readOptions(reader),
      beta2Decay: reader.number('beta2Decay', -0.8),
      epsilon1: reader.number('epsilon1', 1e-30),
      epsilon2: reader.number('epsilon2', 1e-3),
      clipThreshold: reader.number('clipThreshold', 1),
      relativeStep: reader.boolean('relativeStep', true),
    };
    reader.done();
    return new Adafactor(learningRate, options);
  }
}

/**
 * Makes an {@link Adafactor} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * model.compile({ optimizer: adafactor(0.01), loss: 'sparseCategoricalCrossentropy' });
 */
export const adafactor = (learningRate?: LearningRate, options?: AdafactorOptions): Adafactor =>
  new Adafactor(learningRate, options);
