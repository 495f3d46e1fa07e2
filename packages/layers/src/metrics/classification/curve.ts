/**
 * Right and wrong decisions at many thresholds at once: what curves over thresholds, and figures at a point of one, are
 * made of.
 */
import type { Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  broadcastTo,
  ceil,
  clip,
  cumSum,
  greater,
  segmentSum,
  sum,
  tensor,
  zeros,
} from '@hadal/core';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { Metric } from '../metric';
import type { MetricOptions } from '../options';
import { weightsOf } from '../weights';
import { columnOf, denseTargets, requireClassId } from './thresholds';

/** As in Keras: the first threshold is below and the last above every probability, by this. */
const BEYOND = 1e-7;

export interface CurveOptions extends MetricOptions {
  /** How many thresholds, evenly spaced over [0, 1], at least 2 (default 200). */
  readonly numThresholds?: number;
  /** Thresholds of your own in [0, 1] instead; those at 0 and 1 are added. */
  readonly thresholds?: readonly number[];
}

/** Which columns of the outputs a curve is over; all by default. */
export interface CurveColumns {
  /** Looks only at this one. */
  readonly classId?: number | undefined;
  /** Each has a curve of its own, and there are so many where the number is known. */
  readonly labels?: number | 'each' | undefined;
  /** What each counts within one curve. */
  readonly labelWeights?: readonly number[] | undefined;
  /** Outputs of exactly 0 are not above the first threshold (default false). */
  readonly excludesZero?: boolean;
}

/** How decisions came out, each by threshold; with labels [thresholds, labels]. */
export interface Outcomes {
  readonly truePositives: Tensor;
  readonly falsePositives: Tensor;
  readonly trueNegatives: Tensor;
  readonly falseNegatives: Tensor;
}

/** What is gathered: positive and negative targets above each threshold, and all of them. */
interface CurveState {
  readonly hits: Variable;
  readonly alarms: Variable;
  readonly positives: Variable;
  readonly negatives: Variable;
}

function levelsOf(name: string, { numThresholds = 200, thresholds }: CurveOptions): readonly number[] {
  if (thresholds === undefined) {
    if (!Number.isSafeInteger(numThresholds) || numThresholds < 2) {
      throw new ArgumentError(name, `numThresholds is ${numThresholds}; expected an integer of at least 2.`);
    }
    const inner = Array.from({ length: numThresholds - 2 }, (_, i) => (i + 1) / (numThresholds - 1));
    return [-BEYOND, ...inner, 1 + BEYOND];
  }
  if (!thresholds.every((level) => level >= 0 && level <= 1)) {
    throw new ArgumentError(name, `thresholds are ${thresholds.join(', ')}; expected numbers in [0, 1].`);
  }
  return [-BEYOND, ...thresholds.toSorted((a, b) => a - b), 1 + BEYOND];
}

/** Base of metrics over thresholds. Outputs are probabilities. */
export abstract class CurveMetric extends Metric {
  readonly numThresholds: number;
  /** Thresholds of the caller's own in order; undefined where they are evenly spaced. */
  readonly thresholds: readonly number[] | undefined;
  readonly #levels: readonly number[];
  readonly #columns: CurveColumns;
  #gathered: CurveState | undefined;

  constructor(name: string, options: CurveOptions, columns: CurveColumns = {}) {
    super(name);
    const { classId, labels } = columns;
    requireClassId(name, classId);
    this.#levels = levelsOf(name, options);
    this.#columns = columns;
    this.numThresholds = this.#levels.length;
    this.thresholds = options.thresholds === undefined ? undefined : this.#levels.slice(1, -1);
    if (typeof labels === 'number') requirePositiveInteger(name, 'numLabels', labels);
    if (labels !== 'each') this.build([null, labels ?? 1]);
  }

  override build(outputShape: LayerShape): void {
    const { labels } = this.#columns;
    const given = outputShape.at(-1);
    if (typeof labels === 'number' && given !== labels) {
      throw new ArgumentError(
        this.name,
        `outputs have ${given} columns, the metric was made for numLabels ${labels}.`,
      );
    }
    if (this.#gathered !== undefined) return;
    const each = labels === undefined ? [] : [requirePositiveInteger(this.name, 'columns', given ?? 0)];
    this.#gathered = {
      hits: this.addState('truePositives', [this.numThresholds, ...each]),
      alarms: this.addState('falsePositives', [this.numThresholds, ...each]),
      positives: this.addState('positives', each),
      negatives: this.addState('negatives', each),
    };
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const { classId, labels, labelWeights } = this.#columns;
    this.build(yPred.shape);
    const targets = columnOf(this.name, denseTargets(this.name, yTrue, yPred), classId);
    const outputs = columnOf(this.name, this.probabilities(yPred), classId).cast('float32');
    const curves = labels === undefined ? 1 : (outputs.shape.at(-1) ?? 1);
    const given = weightsOf(outputs, yPred, sampleWeight);
    const own = labelWeights === undefined ? undefined : tensor([...labelWeights]);
    const weights = given === undefined || own === undefined ? (given ?? own) : given.mul(own);
    const positive = targets.cast('bool').cast('float32');
    const weigh = (values: Tensor): Tensor =>
      (weights === undefined ? values : values.mul(broadcastTo(weights, values.shape))).reshape([-1, curves]);
    this.#gather(weigh(positive), weigh(positive.neg().add(1)), outputs.reshape([-1, curves]));
  }

  /** Adds weights of positive and negative targets, [values, curves] as outputs are. */
  #gather(positive: Tensor, negative: Tensor, outputs: Tensor): void {
    if (this.#gathered === undefined) return;
    const { hits, alarms, positives, negatives } = this.#gathered;
    const above = this.#above(outputs);
    const add = (state: Variable, values: Tensor): void => {
      state.assign(state.value.add(values.reshape(state.shape)));
    };
    add(hits, above(positive));
    add(alarms, above(negative));
    add(positives, sum(positive, 0));
    add(negatives, sum(negative, 0));
  }

  /** Outputs as probabilities. */
  protected probabilities(yPred: Tensor): Tensor {
    return yPred;
  }

  /** Sums weights [values, curves] of what lies above each threshold, as [thresholds, curves]. */
  #above(outputs: Tensor): (weights: Tensor) => Tensor {
    if (this.thresholds !== undefined) {
      const levels = tensor([...this.#levels]).reshape([-1, 1, 1]);
      const isAbove = greater(outputs, levels).cast('float32');
      return (weights) => sum(isAbove.mul(weights), 1);
    }
    // Evenly spaced, the number of thresholds below an output follows from it; a sum from the end then counts them all.
    const [values = 0, curves = 1] = outputs.shape;
    const last = this.numThresholds - 1;
    const bucket = clip(ceil(outputs.mul(last)).sub(1), 0, last).cast('int32');
    const isAbove = this.#columns.excludesZero === true ? greater(outputs, 0).cast('float32') : undefined;
    const place = bucket.mul(curves).add(tensor(Int32Array.from({ length: curves }, (_, curve) => curve)));
    return (weights) => {
      const counted = isAbove === undefined ? weights : weights.mul(isAbove);
      const sums = segmentSum(
        counted.reshape([values * curves]),
        place.reshape([-1]),
        this.numThresholds * curves,
      );
      return cumSum(sums.reshape([this.numThresholds, curves]), { axis: 0, reverse: true });
    };
  }

  protected outcomes(): Outcomes {
    if (this.#gathered === undefined) {
      const none = zeros([this.numThresholds, 1]);
      return { truePositives: none, falsePositives: none, trueNegatives: none, falseNegatives: none };
    }
    const { hits, alarms, positives, negatives } = this.#gathered;
    const truePositives = hits.value;
    const falsePositives = alarms.value;
    return {
      truePositives,
      falsePositives,
      trueNegatives: negatives.value.sub(falsePositives),
      falseNegatives: positives.value.sub(truePositives),
    };
  }
}
