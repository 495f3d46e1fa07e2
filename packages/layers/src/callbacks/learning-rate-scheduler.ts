/** Sets the learning rate at the beginning of every epoch. */
import { Callback, type EpochFigures } from './callback';
import { presentRate, rateFigure } from './learning-rate';

/** Gives the rate of an epoch, counted from 0, from the rate before it. */
export type EpochSchedule = (epoch: number, learningRate: number) => number;

/**
 * Sets the learning rate of each epoch by a function. For rates that change with every step, give the optimizer a
 * schedule instead. The logs then have `learning_rate`, the rate of the epoch.
 *
 * Source: Keras 3, `keras.callbacks.LearningRateScheduler`.
 *
 * @example
 * const schedule = (epoch: number, rate: number) => (epoch < 10 ? rate : rate * 0.9);
 * await model.fit(x, y, { epochs: 20, callbacks: [new LearningRateScheduler(schedule)] });
 */
export class LearningRateScheduler extends Callback {
  constructor(readonly schedule: EpochSchedule) {
    super();
  }

  /** @throws {ArgumentError} when the rate is negative or not finite, or the optimizer follows a schedule already */
  override async onEpochBegin(epoch: number): Promise<void> {
    const { optimizer } = this.model;
    optimizer.learningRate = this.schedule(epoch, await presentRate(optimizer));
  }

  override epochFigures(): Promise<EpochFigures> {
    return rateFigure(this.model.optimizer);
  }
}
