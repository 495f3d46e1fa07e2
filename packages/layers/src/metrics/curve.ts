/**
 * Right and wrong decisions at many thresholds at once: what curves over thresholds, and figures at a point of one, are
 * made of.
 */
import type { Tensor, Variable } from '@hadal/core';
import { ArgumentError, ceil, clip, cumSum, greater, segmentSum, sum, tensor } from '@hadal/core';
import { requirePositiveInteger } from '../layer/rules';
import { alignWeights } from '../losses/loss';
import { Metric } from './metric';
import { columnOf, denseTargets, requireClassId } from './thresholds';

/** As in Keras: the first threshold is below and the last above every probability, by this. */
const BEYOND = 1e-7;

export interface CurveOptions {
  /** For logs. */
  readonly name?: string;
  /** How many thresholds, evenly spaced over [0, 1], at least 2 (default 200). */
  readonly numThresholds?: number;
  /** Thresholds of your own in [0, 1] instead; those at 0 and 1 are added. */
  readonly thresholds?: readonly number[];
}

/** How decisions came out, each by threshold; with labels [thresholds, labels]. */
export interface Outcomes {
  readonly truePositives: Tensor;
  readonly falsePositives: Tensor;
  readonly trueNegatives: Tensor;
  readonly falseNegatives: Tensor;
}

function levelsOf(name: string, { numThresholds = 200, thresholds }: CurveOptions): readonly number[] {
  if (thresholds === undefined) {
    requirePositiveInteger(name, 'numThresholds', numThresholds - 1);
    const inner = Array.from({ length: numThresholds - 2 }, (_, i) => (i + 1) / (numThresholds - 1));
    return [-BEYOND, ...inner, 1 + BEYOND];
  }
  if (!thresholds.every((level) => level >= 0 && level <= 1))
    throw new ArgumentError(name, `thresholds are ${thresholds.join(', ')}; expected numbers in [0, 1].`);
  return [-BEYOND, ...thresholds.toSorted((a, b) => a - b), 1 + BEYOND];
}

/** Base of metrics over thresholds. Outputs are probabilities. */
export abstract class CurveMetric extends Metric {
  /** Thresholds of the caller's own; undefined where they are evenly spaced. */
  readonly thresholds: readonly number[] | undefined;
  readonly numThresholds: number;
  readonly #classId: number | undefined;
  readonly #labels: number | undefined;
  readonly #levels: readonly number[];
  readonly #positives: Variable;
  readonly #hits: Variable;
  readonly #alarms: Variable;
  readonly #negatives: Variable;

  /** @param labels columns of the outputs with a curve each; undefined for one curve over all */
  constructor(
    name: string,
    options: CurveOptions,
    { classId, labels }: { readonly classId?: number | undefined; readonly labels?: number | undefined } = {},
  ) {
    super(name);
    requireClassId(name, classId);
    if (labels !== undefined) requirePositiveInteger(name, 'numLabels', labels);
    this.thresholds = options.thresholds;
    this.#levels = levelsOf(name, options);
    this.numThresholds = this.#levels.length;
    this.#classId = classId;
    this.#labels = labels;
    const each = labels === undefined ? [] : [labels];
    this.#hits = this.addState('truePositives', [this.numThresholds, ...each]);
    this.#alarms = this.addState('falsePositives', [this.numThresholds, ...each]);
    this.#positives = this.addState('positives', each);
    this.#negatives = this.addState('negatives', each);
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const labels = this.#labels ?? 1;
    const targets = columnOf(this.name, denseTargets(this.name, yTrue, yPred), this.#classId).cast('float32');
    const outputs = columnOf(this.name, this.probabilities(yPred), this.#classId).cast('float32');
    if (this.#labels !== undefined && outputs.shape.at(-1) !== labels) {
      throw new ArgumentError(
        this.name,
        `outputs have ${outputs.shape.at(-1)} columns, the metric was made for ${labels} labels.`,
      );
    }
    const weights =
      sampleWeight === undefined ? undefined : alignWeights(sampleWeight, outputs).broadcastTo(outputs.shape);
    const weigh = (values: Tensor): Tensor =>
      (weights === undefined ? values : values.mul(weights)).reshape([-1, labels]);
    const positive = weigh(targets);
    const negative = weigh(targets.neg().add(1));
    const above = this.#above(outputs.reshape([-1, labels]));
    const add = (state: Variable, values: Tensor): void => {
      state.assign(state.value.add(values.reshape(state.shape)));
    };
    add(this.#hits, above(positive));
    add(this.#alarms, above(negative));
    add(this.#positives, sum(positive, 0));
    add(this.#negatives, sum(negative, 0));
  }

  /** Outputs as probabilities. */
  protected probabilities(yPred: Tensor): Tensor {
    return yPred;
  }

  /** Sums weights [samples, labels] of what lies above each threshold, as [thresholds, labels]. */
  #above(outputs: Tensor): (weights: Tensor) => Tensor {
    if (this.thresholds !== undefined) {
      const levels = tensor([...this.#levels]).reshape([-1, 1, 1]);
      const isAbove = greater(outputs, levels).cast('float32');
      return (weights) => sum(isAbove.mul(weights), 1);
    }
    // Evenly spaced, the number of thresholds below an output follows from it; a sum from the end then counts them all.
    const [samples = 0, labels = 1] = outputs.shape;
    const last = this.numThresholds - 1;
    const bucket = clip(ceil(outputs.mul(last)).sub(1), 0, last).cast('int32');
    const place = bucket.mul(labels).add(tensor(Int32Array.from({ length: labels }, (_, label) => label)));
    return (weights) => {
      const sums = segmentSum(weights.reshape([samples * labels]), place.reshape([-1]), this.numThresholds * labels);
      return cumSum(sums.reshape([this.numThresholds, labels]), { axis: 0, reverse: true });
    };
  }

  protected outcomes(): Outcomes {
    const truePositives = this.#hits.value;
    const falsePositives = this.#alarms.value;
    return {
      truePositives,
      falsePositives,
      trueNegatives: this.#negatives.value.sub(falsePositives),
      falseNegatives: this.#positives.value.sub(truePositives),
    };
  }
}
