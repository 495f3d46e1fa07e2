/** The best of one figure over the thresholds at which another reaches a value. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, greaterEqual, max, where } from '@hadal/core';
import { CurveMetric, type CurveOptions, type Outcomes } from './curve';
import { divideOrZero } from './metric';

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

  constructor(
    name: string,
    readonly atLeast: number,
    { classId, ...options }: AtValueOptions,
  ) {
    super(name, options, { classId });
    if (!(atLeast >= 0 && atLeast <= 1))
      throw new ArgumentError(name, `the value to reach is ${atLeast}; expected a number in [0, 1].`);
    this.classId = classId;
  }

  /** What the figure to reach is called in configurations. */
  protected abstract readonly constraint: string;

  /** What has to reach the value, and what is looked for. */
  protected abstract figures(outcomes: Outcomes): readonly [reached: Tensor, wanted: Tensor];

  override result(): Tensor {
    const [reached, wanted] = this.figures(this.outcomes());
    return max(where(greaterEqual(reached, this.atLeast), wanted, 0));
  }

  override getConfig(): JsonObject {
    const { name, numThresholds, classId = null } = this;
    return { name, [this.constraint]: this.atLeast, numThresholds, classId };
  }
}

function readAtValue(className: string, constraint: string, config: JsonObject): [number, AtValueOptions] {
  const reader = new ConfigReader(className, config);
  const classId = reader.optionalNumber('classId');
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
 * The best sensitivity (recall) at which specificity is at least a value.
 *
 * @example
 * new SensitivityAtSpecificity(0.8).name; // 'sensitivityAtSpecificity'
 */
export class SensitivityAtSpecificity extends AtValueMetric {
  static readonly className = 'SensitivityAtSpecificity';
  readonly className = SensitivityAtSpecificity.className;
  protected readonly constraint = 'specificity';

  /** @param atLeast the specificity to reach, in [0, 1] */
  constructor(atLeast: number, options: AtValueOptions = {}) {
    super(options.name ?? 'sensitivityAtSpecificity', atLeast, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [specificity(outcomes), recall(outcomes)];
  }

  static fromConfig(config: JsonObject): SensitivityAtSpecificity {
    return new SensitivityAtSpecificity(...readAtValue(SensitivityAtSpecificity.className, 'specificity', config));
  }
}

/**
 * The best specificity at which sensitivity (recall) is at least a value.
 *
 * @example
 * new SpecificityAtSensitivity(0.8).name; // 'specificityAtSensitivity'
 */
export class SpecificityAtSensitivity extends AtValueMetric {
  static readonly className = 'SpecificityAtSensitivity';
  readonly className = SpecificityAtSensitivity.className;
  protected readonly constraint = 'sensitivity';

  /** @param atLeast the sensitivity to reach, in [0, 1] */
  constructor(atLeast: number, options: AtValueOptions = {}) {
    super(options.name ?? 'specificityAtSensitivity', atLeast, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [recall(outcomes), specificity(outcomes)];
  }

  static fromConfig(config: JsonObject): SpecificityAtSensitivity {
    return new SpecificityAtSensitivity(...readAtValue(SpecificityAtSensitivity.className, 'sensitivity', config));
  }
}

/**
 * The best precision at which recall is at least a value.
 *
 * @example
 * new PrecisionAtRecall(0.8).name; // 'precisionAtRecall'
 */
export class PrecisionAtRecall extends AtValueMetric {
  static readonly className = 'PrecisionAtRecall';
  readonly className = PrecisionAtRecall.className;
  protected readonly constraint = 'recall';

  /** @param atLeast the recall to reach, in [0, 1] */
  constructor(atLeast: number, options: AtValueOptions = {}) {
    super(options.name ?? 'precisionAtRecall', atLeast, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [recall(outcomes), precision(outcomes)];
  }

  static fromConfig(config: JsonObject): PrecisionAtRecall {
    return new PrecisionAtRecall(...readAtValue(PrecisionAtRecall.className, 'recall', config));
  }
}

/**
 * The best recall at which precision is at least a value.
 *
 * @example
 * new RecallAtPrecision(0.8).name; // 'recallAtPrecision'
 */
export class RecallAtPrecision extends AtValueMetric {
  static readonly className = 'RecallAtPrecision';
  readonly className = RecallAtPrecision.className;
  protected readonly constraint = 'precision';

  /** @param atLeast the precision to reach, in [0, 1] */
  constructor(atLeast: number, options: AtValueOptions = {}) {
    super(options.name ?? 'recallAtPrecision', atLeast, options);
  }

  protected override figures(outcomes: Outcomes): readonly [Tensor, Tensor] {
    return [precision(outcomes), recall(outcomes)];
  }

  static fromConfig(config: JsonObject): RecallAtPrecision {
    return new RecallAtPrecision(...readAtValue(RecallAtPrecision.className, 'precision', config));
  }
}
