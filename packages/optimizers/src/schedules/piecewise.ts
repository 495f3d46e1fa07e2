/** Learning rates that step from one constant to the next at given boundaries. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, lessEqual, scalar, where } from '@hadal/core';
import { LearningRateSchedule, requireRate } from './schedule';

/**
 * `values[0]` up to and including step `boundaries[0]`, then `values[1]` up to and including `boundaries[1]`, and so
 * on; the last value for all steps after the last boundary.
 *
 * Source: Keras 3, `keras.optimizers.schedules.PiecewiseConstantDecay`.
 *
 * @example
 * const schedule = piecewiseConstantDecay([1000, 2000], [0.1, 0.01, 0.001]);
 */
export class PiecewiseConstantDecay extends LearningRateSchedule {
  static readonly className = 'PiecewiseConstantDecay';
  readonly className = PiecewiseConstantDecay.className;

  /**
   * @param boundaries steps in increasing order
   * @param values     one learning rate more than there are boundaries
   */
  constructor(
    readonly boundaries: readonly number[],
    readonly values: readonly number[],
  ) {
    super();
    if (values.length !== boundaries.length + 1) {
      throw new ArgumentError(
        this.className,
        `${boundaries.length} boundaries and ${values.length} values do not fit each other.`,
        `Expected ${boundaries.length + 1} values: one before each boundary and one after the last.`,
      );
    }
    if (boundaries.some((boundary, index) => index > 0 && !(boundary > boundaries[index - 1]!))) {
      throw new ArgumentError(this.className, `boundaries [${boundaries}] must increase.`);
    }
    for (const value of values) requireRate(this.className, 'a value', value);
  }

  override valueAt(step: Tensor): Tensor {
    let value = scalar(this.values[this.boundaries.length]!);
    for (let index = this.boundaries.length - 1; index >= 0; index--) {
      value = where(lessEqual(step, this.boundaries[index]!), scalar(this.values[index]!), value);
    }
    return value;
  }

  override getConfig(): JsonObject {
    return { boundaries: this.boundaries, values: this.values };
  }

  static fromConfig(config: JsonObject): PiecewiseConstantDecay {
    const reader = new ConfigReader(PiecewiseConstantDecay.className, config);
    const boundaries = reader.numbers('boundaries');
    const values = reader.numbers('values');
    reader.done();
    return new PiecewiseConstantDecay(boundaries, values);
  }
}

/** Makes a {@link PiecewiseConstantDecay}. */
export const piecewiseConstantDecay = (
  boundaries: readonly number[],
  values: readonly number[],
): PiecewiseConstantDecay => new PiecewiseConstantDecay(boundaries, values);
