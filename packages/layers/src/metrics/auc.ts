/** The area under a curve over thresholds. */
import type { JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  ConfigReader,
  greater,
  log,
  logicalAnd,
  maximum,
  mean,
  minimum,
  sigmoid,
  sum,
  tensor,
  where,
} from '@hadal/core';
import { CurveMetric, type CurveOptions } from './curve';
import { divideOrZero } from './metric';

const CURVES = ['ROC', 'PR'] as const;
const METHODS = ['interpolation', 'minoring', 'majoring'] as const;

export interface AUCOptions extends CurveOptions {
  /** True against false positive rate, or precision against recall (default ROC). */
  readonly curve?: (typeof CURVES)[number];
  /**
   * The height between two points: their mean (of precision-recall curves what the counts say, as in Davis and Goadrich
   * 2006), the lower, or the higher one (default interpolation).
   */
  readonly summationMethod?: (typeof METHODS)[number];
  /** Columns of the outputs, each a curve of its own whose areas are averaged; by default all outputs share one. */
  readonly numLabels?: number;
  /** What the areas of labels count. */
  readonly labelWeights?: readonly number[];
  /** Outputs are logits, not probabilities (default false). */
  readonly fromLogits?: boolean;
}

function requireOneOf<T extends string>(what: string, given: string, known: readonly T[]): T {
  const found = known.find((each) => each === given);
  if (found !== undefined) return found;
  throw new ArgumentError('AUC', `${what} is '${given}'; expected ${known.join(', ')}.`);
}

/**
 * The area under the receiver operating characteristic, or under the precision-recall curve, by sums over thresholds. With
 * `numLabels`, every label has a curve of its own.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new AUC(), new AUC({ curve: 'PR', name: 'pr' })] });
 */
export class AUC extends CurveMetric {
  static readonly className = 'AUC';
  readonly className = AUC.className;
  readonly direction = 'up';
  readonly curve: (typeof CURVES)[number];
  readonly summationMethod: (typeof METHODS)[number];
  readonly numLabels: number | undefined;
  readonly labelWeights: readonly number[] | undefined;
  readonly fromLogits: boolean;

  constructor(options: AUCOptions = {}) {
    const { curve = 'ROC', summationMethod = 'interpolation', numLabels, labelWeights } = options;
    super(options.name ?? 'auc', options, { labels: numLabels });
    this.curve = requireOneOf('curve', curve, CURVES);
    this.summationMethod = requireOneOf('summationMethod', summationMethod, METHODS);
    if (labelWeights !== undefined && labelWeights.length !== numLabels) {
      throw new ArgumentError(
        'AUC',
        `there are ${labelWeights.length} labelWeights for ${numLabels ?? 'no'} labels; give one for each of numLabels.`,
      );
    }
    this.numLabels = numLabels;
    this.labelWeights = labelWeights;
    this.fromLogits = options.fromLogits ?? false;
  }

  protected override probabilities(yPred: Tensor): Tensor {
    return this.fromLogits ? sigmoid(yPred) : yPred;
  }

  override result(): Tensor {
    const isInterpolated = this.curve === 'PR' && this.summationMethod === 'interpolation';
    const areas = isInterpolated ? this.#interpolated() : this.#summed();
    if (this.numLabels === undefined) return areas;
    if (this.labelWeights === undefined) return mean(areas);
    const weights = tensor([...this.labelWeights]);
    return divideOrZero(sum(areas.mul(weights)), sum(weights));
  }

  #summed(): Tensor {
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = this.outcomes();
    const recall = divideOrZero(truePositives, truePositives.add(falseNegatives));
    const isRoc = this.curve === 'ROC';
    const x = isRoc ? divideOrZero(falsePositives, falsePositives.add(trueNegatives)) : recall;
    const y = isRoc ? recall : divideOrZero(truePositives, truePositives.add(falsePositives));
    const [before, after] = this.#neighbours(y);
    const heights = {
      interpolation: () => before.add(after).div(2),
      minoring: () => minimum(before, after),
      majoring: () => maximum(before, after),
    };
    const [from, to] = this.#neighbours(x);
    return sum(from.sub(to).mul(heights[this.summationMethod]()), 0);
  }

  /** Between two thresholds, true positives are taken to grow in proportion to all positives. */
  #interpolated(): Tensor {
    const { truePositives, falsePositives, falseNegatives } = this.outcomes();
    const [hits, hitsAfter] = this.#neighbours(truePositives);
    const [called, calledAfter] = this.#neighbours(truePositives.add(falsePositives));
    const [, missedAfter] = this.#neighbours(falseNegatives);
    const gained = hits.sub(hitsAfter);
    const slope = divideOrZero(gained, maximum(called.sub(calledAfter), 0));
    const intercept = hitsAfter.sub(slope.mul(calledAfter));
    const isApart = logicalAnd(greater(called, 0), greater(calledAfter, 0));
    const ratio = where(isApart, divideOrZero(called, maximum(calledAfter, 0)), 1);
    const area = slope.mul(gained.add(intercept.mul(log(ratio))));
    return sum(divideOrZero(area, maximum(hitsAfter.add(missedAfter), 0)), 0);
  }

  /** The values at all thresholds but the last, and at those after them. */
  #neighbours(values: Tensor): [Tensor, Tensor] {
    const last = this.numThresholds - 1;
    const rest = values.shape.slice(1);
    const zeros = rest.map(() => 0);
    return [values.slice([0, ...zeros], [last, ...rest]), values.slice([1, ...zeros], [last + 1, ...rest])];
  }

  override getConfig(): JsonObject {
    return {
      name: this.name,
      numThresholds: this.numThresholds,
      thresholds: this.thresholds ?? null,
      curve: this.curve,
      summationMethod: this.summationMethod,
      numLabels: this.numLabels ?? null,
      labelWeights: this.labelWeights ?? null,
      fromLogits: this.fromLogits,
    };
  }

  static fromConfig(config: JsonObject): AUC {
    const reader = new ConfigReader(AUC.className, config);
    const numbers = (key: string): number[] | undefined =>
      reader.value(key) === undefined || reader.value(key) === null ? undefined : reader.numbers(key);
    const options = {
      name: reader.string('name'),
      numThresholds: reader.integer('numThresholds', 200),
      thresholds: numbers('thresholds'),
      curve: requireOneOf('curve', reader.string('curve', 'ROC'), CURVES),
      summationMethod: requireOneOf(
        'summationMethod',
        reader.string('summationMethod', 'interpolation'),
        METHODS,
      ),
      numLabels: reader.optionalNumber('numLabels'),
      labelWeights: numbers('labelWeights'),
      fromLogits: reader.boolean('fromLogits', false),
    };
    reader.done();
    return new AUC(options);
  }
}
