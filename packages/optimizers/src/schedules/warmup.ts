/** A linear warm-up in front of any other schedule. */
import type { JsonObject, SerializedObject, Tensor } from '@hadal/core';
import { ConfigReader, less, maximum, requireSerialized, where } from '@hadal/core';
import { ConstantSchedule } from './constant';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface WarmupOptions {
  /** The rate of the first step (default 0). */
  readonly from?: number;
}

/**
 * Rises linearly from `from` to the first rate of `schedule` over `steps` steps, then follows `schedule` from its
 * beginning.
 *
 * @example
 * const constant = warmup(500, 1e-3);
 * const decaying = warmup(500, exponentialDecay(1e-3, 1000, 0.9));
 */
export class Warmup extends LearningRateSchedule {
  static readonly className = 'Warmup';
  readonly className = Warmup.className;
  readonly schedule: LearningRateSchedule;
  readonly from: number;

  /**
   * @param steps    steps of the warm-up
   * @param schedule what follows; a number is a constant rate
   */
  constructor(
    readonly steps: number,
    schedule: LearningRateSchedule | number,
    { from = 0 }: WarmupOptions = {},
  ) {
    super();
    requireSteps(this.className, 'steps', steps);
    requireRate(this.className, 'from', from);
    this.schedule = typeof schedule === 'number' ? new ConstantSchedule(schedule) : schedule;
    this.from = from;
  }

  override valueAt(step: Tensor): Tensor {
    // During the warm-up the inner schedule sees step 0, so its value there is the target.
    const following = this.schedule.valueAt(maximum(step.sub(this.steps), 0));
    const warming = following.sub(this.from).mul(step.div(this.steps)).add(this.from);
    return where(less(step, this.steps), warming, following);
  }

  override getConfig(): JsonObject {
    const { steps, schedule, from } = this;
    return { steps, schedule: { className: schedule.className, config: schedule.getConfig() }, from };
  }

  /** @param schedule how the inner schedule is made again */
  static fromConfig(
    config: JsonObject,
    schedule: (serialized: SerializedObject) => LearningRateSchedule,
  ): Warmup {
    const reader = new ConfigReader(Warmup.className, config);
    const steps = reader.number('steps');
    const inner = schedule(requireSerialized('Warmup.schedule', reader.value('schedule')));
    const from = reader.number('from', 0);
    reader.done();
    return new Warmup(steps, inner, { from });
  }
}

/** Makes a {@link Warmup}. */
export const warmup = (
  steps: number,
  schedule: LearningRateSchedule | number,
  options?: WarmupOptions,
): Warmup => new Warmup(steps, schedule, options);
