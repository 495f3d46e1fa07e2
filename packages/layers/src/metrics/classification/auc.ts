/** The area under a curve over thresholds. */
import type { JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
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
import { divideOrZero } from '../metric';
import { readMetricConfig, readOptionalInteger, readOptionalNumbers } from '../options';
import { CurveMetric, type CurveOptions } from './curve';

const CURVES = ['ROC', 'PR', 'PRGAIN'] as const;
const METHODS = ['interpolation', 'minoring', 'majoring'] as const;

/** True against false positive rate, precision against recall, or the gains of both (Flach and Kull 2015). */
export type AUCCurve = (typeof CURVES)[number];

/**
 * The height of a curve between two points: their mean (of precision-recall curves what the counts say, as in Davis and
 * Goadrich 2006), the lower, or the higher one.
 */
export type AUCSummationMethod = (typeof METHODS)[number];

export interface AUCOptions extends CurveOptions {
  /** Default ROC. */
  readonly curve?: AUCCurve;
  /** Default interpolation. */
  readonly summationMethod?: AUCSummationMethod;
  /** Every column of the outputs has a curve of its own, whose areas are averaged (default false: all share one). */
  readonly multiLabel?: boolean;
  /** How many columns there are, with `multiLabel`; without it, the first outputs tell. */
  readonly numLabels?: number;
  /** What columns count: in the average with `multiLabel`, and in the shared curve without. */
  readonly labelWeights?: readonly number[];
  /** Outputs are logits, not probabilities (default false). */
  readonly fromLogits?: boolean;
}

function requireOneOf<T extends string>(what: string, given: string, known: readonly T[]): T {
  const found = known.find((each) => each === given);
  if (found !== undefined) return found;
  throw new ArgumentError('auc', `${what} is '${given}'; expected ${known.join(', ')}.`);
}

/** Checks what is said about columns. */
function requireLabels({ multiLabel = false, numLabels, labelWeights }: AUCOptions): void {
  if (numLabels !== undefined && !multiLabel) {
    throw new ArgumentError('auc', `numLabels is ${numLabels}, which is for multiLabel: true only.`);
  }
  if (labelWeights === undefined) return;
  if (labelWeights.length === 0 || !labelWeights.every((weight) => weight >= 0)) {
    throw new ArgumentError('auc', `labelWeights are [${labelWeights}]; expected numbers from 0 on.`);
  }
  if (numLabels !== undefined && labelWeights.length !== numLabels) {
    throw new ArgumentError('auc', `there are ${labelWeights.length} labelWeights for ${numLabels} labels.`);
  }
}

/**
 * The area under the receiver operating characteristic, or under the precision-recall curve, by sums over thresholds.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new AUC(), new AUC({ curve: 'PR', name: 'pr' })] });
 */
export class AUC extends CurveMetric {
  static readonly className = 'AUC';
  readonly className = AUC.className;
  readonly direction = 'up';
  readonly curve: AUCCurve;
  readonly summationMethod: AUCSummationMethod;
  readonly multiLabel: boolean;
  readonly numLabels: number | undefined;
  readonly labelWeights: readonly number[] | undefined;
  readonly fromLogits: boolean;

  constructor(options: AUCOptions = {}) {
    const { curve = 'ROC', summationMethod = 'interpolation', multiLabel = false, numLabels } = options;
    requireLabels(options);
    super(options.name ?? 'auc', options, {
      labels: multiLabel ? (numLabels ?? 'each') : undefined,
      labelWeights: multiLabel ? undefined : options.labelWeights,
    });
    this.curve = requireOneOf('curve', curve, CURVES);
    this.summationMethod = requireOneOf('summationMethod', summationMethod, METHODS);
    this.multiLabel = multiLabel;
    this.numLabels = numLabels;
    this.labelWeights = options.labelWeights;
    this.fromLogits = options.fromLogits ?? false;
  }

  protected override probabilities(yPred: Tensor): Tensor {
    return this.fromLogits ? sigmoid(yPred) : yPred;
  }

  override result(): Tensor {
    const isInterpolated = this.curve === 'PR' && this.summationMethod === 'interpolation';
    const areas = isInterpolated ? this.#interpolated() : this.#summed();
    if (!this.multiLabel) return areas;
    if (this.labelWeights === undefined) return mean(areas);
    const weights = tensor([...this.labelWeights]);
    return divideOrZero(sum(areas.mul(weights)), sum(weights));
  }

  #summed(): Tensor {
    const { x, y } = this.#points();
    const [before, after] = this.#neighbours(y);
    const heights = {
      interpolation: () => before.add(after).div(2),
      minoring: () => minimum(before, after),
      majoring: () => maximum(before, after),
    };
    const [from, to] = this.#neighbours(x);
    return sum(from.sub(to).mul(heights[this.summationMethod]()), 0);
  }

  /** The points of the curve, from the lowest threshold on. */
  #points(): { readonly x: Tensor; readonly y: Tensor } {
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = this.outcomes();
    const positives = truePositives.add(falseNegatives);
    const negatives = falsePositives.add(trueNegatives);
    const recall = divideOrZero(truePositives, positives);
    switch (this.curve) {
      case 'ROC':
        return { x: divideOrZero(falsePositives, negatives), y: recall };
      case 'PR':
        return { x: recall, y: divideOrZero(truePositives, truePositives.add(falsePositives)) };
      case 'PRGAIN': {
        const odds = divideOrZero(positives, negatives);
        const gain = (mistakes: Tensor): Tensor =>
          odds.mul(divideOrZero(mistakes, truePositives)).neg().add(1);
        // Without true positives there is no gain of recall, and no mistake is made.
        const isNone = truePositives.equal(0);
        return {
          x: maximum(where(isNone, 0, gain(falseNegatives)), 0),
          y: where(isNone, 1, gain(falsePositives)),
        };
      }
    }
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
      multiLabel: this.multiLabel,
      numLabels: this.numLabels ?? null,
      labelWeights: this.labelWeights ?? null,
      fromLogits: this.fromLogits,
    };
  }

  static fromConfig(config: JsonObject): AUC {
    return new AUC(
      readMetricConfig(AUC.className, config, (reader) => ({
        numThresholds: reader.integer('numThresholds', 200),
        thresholds: readOptionalNumbers(reader, 'thresholds'),
        curve: reader.choice('curve', CURVES, 'ROC'),
        summationMethod: reader.choice('summationMethod', METHODS, 'interpolation'),
        multiLabel: reader.boolean('multiLabel', false),
        numLabels: readOptionalInteger(reader, 'numLabels'),
        labelWeights: readOptionalNumbers(reader, 'labelWeights'),
        fromLogits: reader.boolean('fromLogits', false),
      })),
    );
  }
}

/** Makes an `AUC`. */
export const auc = (options?: AUCOptions): AUC => new AUC(options);
