/** A rate that is multiplied by a factor every so many steps. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, floor, pow } from '@hadal/core';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface StepDecayOptions {
  /** The factor (default 0.1). */
  readonly factor?: number;
}

/**
 * `initialLearningRate · factor^⌊step / stepSize⌋`.
 *
 * Source: PyTorch, `torch.optim.lr_scheduler.StepLR`.
 *
 * @example
 * const schedule = stepDecay(0.1, 30_000);
 */
export class StepDecay extends LearningRateSchedule {
  static readonly className = 'StepDecay';
  readonly className = StepDecay.className;
  readonly factor: number;

  constructor(
    /** The rate of the first update. */
    readonly initialLearningRate: number,
    /** Updates between two falls. */
    readonly stepSize: number,
    { factor = 0.1 }: StepDecayOptions = {},
  ) {
    super();
    requireRate(this.className, 'initialLearningRate', initialLearningRate);
    requireSteps(this.className, 'stepSize', stepSize);
    if (!(Number.isFinite(factor) && factor > 0)) {
      throw new ArgumentError(this.className, `factor is ${factor}; expected a number above 0.`);
    }
    this.factor = factor;
  }

  override valueAt(step: Tensor): Tensor {
    return pow(this.factor, floor(step.div(this.stepSize))).mul(this.initialLearningRate);
  }

  override getConfig(): JsonObject {
    const { initialLearningRate, stepSize, factor } = this;
    return { initialLearningRate, stepSize, factor };
  }

  static fromConfig(config: JsonObject): StepDecay {
    const reader = new ConfigReader(StepDecay.className, config);
    const initialLearningRate = reader.number('initialLearningRate');
    const stepSize = reader.number('stepSize');
    const factor = reader.number('factor', 0.1);
    reader.done();
    return new StepDecay(initialLearningRate, stepSize, { factor });
  }
}

/** Makes a {@link StepDecay}. */
export const stepDecay = (
  initialLearningRate: number,
  stepSize: number,
  options?: StepDecayOptions,
): StepDecay => new StepDecay(initialLearningRate, stepSize, options);
