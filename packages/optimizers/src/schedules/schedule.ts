/**
 * Learning rate schedules: the learning rate as a function of the training step, computed on the device.
 *
 * A schedule is part of the compiled training step and reads the iteration variable, so a rate that changes at every
 * step recompiles nothing and reads nothing back.
 */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError } from '@hadal/core';

/**
 * Base of all schedules. Subclass it for a schedule of your own: `valueAt` builds the rate from the step.
 *
 * @example
 * class InverseDecay extends LearningRateSchedule {
 *   readonly className = 'InverseDecay';
 *   valueAt(step: Tensor): Tensor {
 *     return step.add(1).pow(-1).mul(0.1);
 *   }
 *   getConfig() {
 *     return {};
 *   }
 * }
 */
export abstract class LearningRateSchedule {
  /** The name under which the schedule is saved. */
  abstract readonly className: string;

  /**
   * Builds the learning rate of a step.
   *
   * @param step number of updates made before this one, float32 of shape []
   * @returns the learning rate, float32 of shape []
   */
  abstract valueAt(step: Tensor): Tensor;

  /** What the constructor needs, as plain JSON. */
  abstract getConfig(): JsonObject;
}

/** Checks that a number of steps is positive. */
export function requireSteps(where: string, name: string, steps: number): number {
  if (Number.isFinite(steps) && steps > 0) return steps;
  throw new ArgumentError(where, `${name} is ${steps}; expected a number of steps above 0.`);
}

/** Checks that a learning rate is finite and not negative. */
export function requireRate(where: string, name: string, rate: number): number {
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new ArgumentError(where, `${name} is ${rate}; expected a finite learning rate of at least 0.`);
}
