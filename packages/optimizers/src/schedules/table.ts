/** Schedules by name: how a saved schedule is made again. */
import type { JsonObject, SerializedObject } from '@hadal/core';
import { DataError, suggestName } from '@hadal/core';
import { ConstantSchedule } from './constant';
import { CosineDecay } from './cosine';
import { CosineDecayRestarts } from './cosine-restarts';
import { ExponentialDecay } from './exponential';
import { InverseTimeDecay } from './inverse-time';
import { OneCycle } from './one-cycle';
import { PiecewiseConstantDecay } from './piecewise';
import { PolynomialDecay } from './polynomial';
import type { LearningRateSchedule } from './schedule';
import { StepDecay } from './step';
import { Warmup } from './warmup';

interface ScheduleClass {
  readonly className: string;
  /** @param make how schedules within are made again */
  fromConfig(
    config: JsonObject,
    make: (serialized: SerializedObject) => LearningRateSchedule,
  ): LearningRateSchedule;
}

const schedules = (): readonly ScheduleClass[] => [
  ConstantSchedule,
  StepDecay,
  PiecewiseConstantDecay,
  ExponentialDecay,
  InverseTimeDecay,
  PolynomialDecay,
  CosineDecay,
  CosineDecayRestarts,
  OneCycle,
  Warmup,
];

/** Warm-ups may wrap warm-ups, but a file must not be able to exhaust the stack. */
const MAX_NESTING = 16;

/**
 * Makes a schedule from what `{ className, getConfig() }` gave.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function scheduleFromConfig(
  { className, config }: SerializedObject,
  nesting = 0,
): LearningRateSchedule {
  const known = schedules();
  const found = known.find((each) => each.className === className);
  if (found === undefined) {
    throw new DataError(
      'learning rate schedule',
      `unknown schedule '${className}'.`,
      suggestName(
        className,
        known.map((each) => each.className),
      ),
    );
  }
  return found.fromConfig(config, (inner) => {
    if (nesting < MAX_NESTING) return scheduleFromConfig(inner, nesting + 1);
    throw new DataError('learning rate schedule', `schedules are nested more than ${MAX_NESTING} deep.`);
  });
}
