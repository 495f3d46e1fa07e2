/** One rate for all steps: what a plain number means, as a schedule that others can wrap. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader, scalar } from '@hadal/core';
import { LearningRateSchedule, requireRate } from './schedule';

/** The same learning rate at every step. */
export class ConstantSchedule extends LearningRateSchedule {
  static readonly className = 'ConstantSchedule';
  readonly className = ConstantSchedule.className;

  constructor(readonly learningRate: number) {
    super();
    requireRate(this.className, 'learningRate', learningRate);
  }

  override valueAt(_step: Tensor): Tensor {
    return scalar(this.learningRate);
  }

  override getConfig(): JsonObject {
    return { learningRate: this.learningRate };
  }

  static fromConfig(config: JsonObject): ConstantSchedule {
    const reader = new ConfigReader(ConstantSchedule.className, config);
    const learningRate = reader.number('learningRate');
    reader.done();
    return new ConstantSchedule(learningRate);
  }
}

/** Makes a {@link ConstantSchedule}. */
export const constantSchedule = (learningRate: number): ConstantSchedule =>
  new ConstantSchedule(learningRate);
