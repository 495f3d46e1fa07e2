/** Schedules by name: how a saved schedule is made again. */
import type { SerializedObject } from '@hadal/core';
import { DataError, suggestName } from '@hadal/core';
import { ConstantSchedule } from './constant';
import { CosineDecay } from './cosine';
import { ExponentialDecay } from './exponential';
import { PiecewiseConstantDecay } from './piecewise';
import type { LearningRateSchedule } from './schedule';
import { Warmup } from './warmup';

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
  switch (className) {
    case ConstantSchedule.className:
      return ConstantSchedule.fromConfig(config);
    case ExponentialDecay.className:
      return ExponentialDecay.fromConfig(config);
    case PiecewiseConstantDecay.className:
      return PiecewiseConstantDecay.fromConfig(config);
    case CosineDecay.className:
      return CosineDecay.fromConfig(config);
    case Warmup.className:
      if (nesting < MAX_NESTING) {
        return Warmup.fromConfig(config, (inner) => scheduleFromConfig(inner, nesting + 1));
      }
      throw new DataError('learning rate schedule', `schedules are nested more than ${MAX_NESTING} deep.`);
    default:
      throw new DataError(
        'learning rate schedule',
        `unknown schedule '${className}'.`,
        suggestName(className, [
          ConstantSchedule.className,
          ExponentialDecay.className,
          PiecewiseConstantDecay.className,
          CosineDecay.className,
          Warmup.className,
        ]),
      );
  }
}
