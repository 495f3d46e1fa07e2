/** The best of one figure over the thresholds at which another reaches a value. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader, greaterEqual, max, where } from '@hadal/core';
import { requireFraction } from '../../losses/options';
import { divideOrZero } from '../metric';
import { readOptionalInteger } from '../options';
import { CurveMetric, type CurveOptions, type Outcomes } from './curve';

export interface AtValueOptions extends Omit<CurveOptions, 'thresholds'> {
  /** Looks only at this column of the outputs. */
  readonly classId?: number;
}

const recall = ({ truePositives, falseNegatives }: Outcomes): Tensor =>
  divideOrZero(truePositives, truePositives.add(falseNegatives));
const precision = ({ truePositives, falsePositives }: Outcomes): Tensor =>
  divideOrZero(truePositives, truePositives.add(falsePositives));
const specificity = ({ trueNegatives, falsePositives }: Outcomes): Tensor =>
  divideOrZero(trueNegatives, trueNegatives.add(falsePositives));

abstract class AtValueMetric extends CurveMetric {
  readonly direction = 'up';
  readonly classId: number | undefined;
  readonly #constraint: string;
  readonly #least: number;

  /**
   * @param constraint what the figure to reach is called in configurations
   * @param least      what it has to reach, in [0, 1]
   */
  constructor(name: string, constraint: string, least: number, options: AtValueOptions) {
    super(name, options, { classId: options.classId, excludesZero: true });
    this.#constraint = constraint;
    this.#least = requireFraction(name, constraint, least);
    this.classId = options.classId;
  }

  /** What has to reach the value, and what is looked for. */
  protected abstract figures(outcomes: Outcomes): readonly [reached: Tensor, wanted: Tensor];

  override result(): Tensor {
    const [reached, wanted] = this.figures(this.outcomes());
    return max(where(greaterEqual(reached, this.#least), wanted, 0));
  }

  override getConfig(): JsonObject {
    const { name, numThresholds, classId = null } = this;
    return { name, [this.#constraint]: this.#least, numThresholds, classId };
  }
}

function readAtValue(className: string, constraint: string, config: JsonObject): [number, AtValueOptions] {
  const reader = new ConfigReader(className, config);
  const classId = readOptionalInteger(reader, 'classId');
  const read: [number, AtValueOptions] = [
    reader.number(constraint),
    {
      name: reader.string('name'),
      numThresholds: reader.integer('numThresholds', 200),
      ...(classId !== undefined && { classId }),
    },
  ];
  reader.done();
  return read;
}

/**
 * The best sensitivity (recall) at which specificity, the part of negative targets called negative, is at least a
 * value.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new SensitivityAtSpecificity(0.8)] });
 */
export class SensitivityAtSpecificity extends AtValueMetric {
  static readonly className = 'SensitivityAtSpecificity';
  readonly className = SensitivityAtSpecificity.className;

  /** @param specificity the specificity to reach, in [0, 1] */
  constructor(specificity: number, options: AtValueOptions = {}) {
    super(options.name ?? 'sensitivityAtSpecificity', 'specificity', specificity, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [specificity(outcomes), recall(outcomes)];
  }

  static fromConfig(config: JsonObject): SensitivityAtSpecificity {
    return new SensitivityAtSpecificity(
      ...readAtValue(SensitivityAtSpecificity.className, 'specificity', config),
    );
  }
}

/** Makes a `SensitivityAtSpecificity`. */
export const sensitivityAtSpecificity = (
  specificity: number,
  options?: AtValueOptions,
): SensitivityAtSpecificity => new SensitivityAtSpecificity(specificity, options);

/**
 * The best specificity, the part of negative targets called negative, at which sensitivity (recall) is at least a
 * value.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new SpecificityAtSensitivity(0.8)] });
 */
export class SpecificityAtSensitivity extends AtValueMetric {
  static readonly className = 'SpecificityAtSensitivity';
  readonly className = SpecificityAtSensitivity.className;

  /** @param sensitivity the sensitivity to reach, in [0, 1] */
  constructor(sensitivity: number, options: AtValueOptions = {}) {
    super(options.name ?? 'specificityAtSensitivity', 'sensitivity', sensitivity, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [recall(outcomes), specificity(outcomes)];
  }

  static fromConfig(config: JsonObject): SpecificityAtSensitivity {
    return new SpecificityAtSensitivity(
      ...readAtValue(SpecificityAtSensitivity.className, 'sensitivity', config),
    );
  }
}

/** Makes a `SpecificityAtSensitivity`. */
export const specificityAtSensitivity = (
  sensitivity: number,
  options?: AtValueOptions,
): SpecificityAtSensitivity => new SpecificityAtSensitivity(sensitivity, options);

/**
 * The best precision at which recall is at least a value.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new PrecisionAtRecall(0.8)] });
 */
export class PrecisionAtRecall extends AtValueMetric {
  static readonly className = 'PrecisionAtRecall';
  readonly className = PrecisionAtRecall.className;

  /** @param recall the recall to reach, in [0, 1] */
  constructor(recall: number, options: AtValueOptions = {}) {
    super(options.name ?? 'precisionAtRecall', 'recall', recall, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [recall(outcomes), precision(outcomes)];
  }

  static fromConfig(config: JsonObject): PrecisionAtRecall {
    return new PrecisionAtRecall(...readAtValue(PrecisionAtRecall.className, 'recall', config));
  }
}

/** Makes a `PrecisionAtRecall`. */
export const precisionAtRecall = (recall: number, options?: AtValueOptions): PrecisionAtRecall =>
  new PrecisionAtRecall(recall, options);

/**
 * The best recall at which precision is at least a value.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new RecallAtPrecision(0.8)] });
 */
export class RecallAtPrecision extends AtValueMetric {
  static readonly className = 'RecallAtPrecision';
  readonly className = RecallAtPrecision.className;

  /** @param precision the precision to reach, in [0, 1] */
  constructor(precision: number, options: AtValueOptions = {}) {
    super(options.name ?? 'recallAtPrecision', 'precision', precision, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [precision(outcomes), recall(outcomes)];
  }

  static fromConfig(config: JsonObject): RecallAtPrecision {
    return new RecallAtPrecision(...readAtValue(RecallAtPrecision.className, 'precision', config));
  }
}

/** Makes a `RecallAtPrecision`. */
export const recallAtPrecision = (precision: number, options?: AtValueOptions): RecallAtPrecision =>
  new RecallAtPrecision(precision, options);
