/** F-scores: precision and recall as one figure. */
import type { ConfigReader, JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, abs, greater, greaterEqual, logicalAnd, max, mean, sum, zeros } from '@hadal/core';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { EPSILON } from '../../losses/epsilon';
import { requirePositive } from '../../losses/options';
import { Metric } from '../metric';
import { type MetricOptions, readMetricConfig } from '../options';
import { weightsOf } from '../weights';
import { denseTargets } from './thresholds';

const AVERAGES = ['micro', 'macro', 'weighted'] as const;

/** Outputs that are no larger than this are never positive where the largest of a row is. */
const NOTHING = 1e-9;

export interface F1ScoreOptions extends MetricOptions {
  /**
   * Of the decisions on all columns (micro), or of columns: their mean (macro), or that weighted by their positive targets.
   * Default null: a figure for each column, which logs do not show.
   */
  readonly average?: (typeof AVERAGES)[number] | null;
  /** Outputs above it are positive; by default the largest of each row is. */
  readonly threshold?: number | null;
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision (default 1). */
  readonly beta?: number;
}

/** Sums of decisions, of all columns or of each. */
interface Decided {
  readonly truePositives: Variable;
  readonly falsePositives: Variable;
  readonly falseNegatives: Variable;
  readonly positives: Variable;
}

abstract class FScore extends Metric {
  readonly direction = 'up';
  readonly average: (typeof AVERAGES)[number] | undefined;
  readonly threshold: number | undefined;
  readonly beta: number;
  #decided: Decided | undefined;

  constructor(name: string, { average, threshold, beta = 1 }: FBetaScoreOptions) {
    super(name);
    const known = AVERAGES.find((each) => each === average);
    if (known === undefined && (average ?? undefined) !== undefined) {
      throw new ArgumentError(name, `average is '${average}'; expected ${AVERAGES.join(', ')} or null.`);
    }
    if (typeof threshold === 'number' && !(threshold > 0 && threshold <= 1)) {
      throw new ArgumentError(name, `threshold is ${threshold}; expected a number in (0, 1].`);
    }
    this.average = known;
    this.threshold = threshold ?? undefined;
    this.beta = requirePositive(name, 'beta', beta);
    if (known === 'micro') this.build([]);
  }

  override build(outputShape: LayerShape): void {
    if (this.#decided !== undefined) return;
    const each =
      this.average === 'micro'
        ? []
        : [requirePositiveInteger(this.name, 'columns of outputs', outputShape.at(-1) ?? 0)];
    this.#decided = {
      truePositives: this.addState('truePositives', each),
      falsePositives: this.addState('falsePositives', each),
      falseNegatives: this.addState('falseNegatives', each),
      positives: this.addState('positives', each),
    };
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    this.build(yPred.shape);
    if (this.#decided === undefined) return;
    const actual = denseTargets(this.name, yTrue, yPred).cast('float32');
    const predicted = this.#positive(yPred).cast('float32');
    const weights = weightsOf(actual, yPred, sampleWeight);
    const add = (state: Variable, values: Tensor): void => {
      const weighted = weights === undefined ? values : values.mul(weights);
      const axes = this.average === 'micro' ? undefined : weighted.shape.slice(0, -1).map((_, axis) => axis);
      state.assign(state.value.add(sum(weighted, axes)));
    };
    const { truePositives, falsePositives, falseNegatives, positives } = this.#decided;
    const not = (x: Tensor): Tensor => x.neg().add(1);
    add(truePositives, predicted.mul(actual));
    add(falsePositives, predicted.mul(not(actual)));
    add(falseNegatives, not(predicted).mul(actual));
    add(positives, actual);
  }

  #positive(yPred: Tensor): Tensor {
    if (this.threshold !== undefined) return greater(yPred, this.threshold);
    const largest = max(yPred, { axis: -1, keepDims: true });
    return logicalAnd(greaterEqual(yPred, largest), greater(abs(yPred), NOTHING));
  }

  override result(): Tensor {
    if (this.#decided === undefined) return zeros([]);
    const { truePositives, falsePositives, falseNegatives, positives } = this.#decided;
    const hits = truePositives.value;
    const precision = hits.div(hits.add(falsePositives.value).add(EPSILON));
    const recall = hits.div(hits.add(falseNegatives.value).add(EPSILON));
    const square = this.beta ** 2;
    const scores = precision
      .mul(recall)
      .mul(1 + square)
      .div(precision.mul(square).add(recall).add(EPSILON));
    if (this.average === undefined) return scores;
    if (this.average !== 'weighted') return mean(scores);
    return sum(scores.mul(positives.value.div(sum(positives.value).add(EPSILON))));
  }

  override getConfig(): JsonObject {
    return { name: this.name, average: this.average ?? null, threshold: this.threshold ?? null };
  }
}

function readScore(reader: ConfigReader): F1ScoreOptions {
  return {
    average: reader.value('average') === undefined ? null : reader.choice('average', AVERAGES),
    threshold: reader.optionalNumber('threshold') ?? null,
  };
}

/**
 * The weighted harmonic mean of precision and recall: (1 + beta²) · precision · recall / (beta² · precision + recall).
 * Targets are 0 or 1 for each column of the outputs, or class numbers.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new FBetaScore({ beta: 2, average: 'macro', threshold: 0.5 })] });
 */
export class FBetaScore extends FScore {
  static readonly className = 'FBetaScore';
  readonly className = FBetaScore.className;

  constructor(options: FBetaScoreOptions = {}) {
    super(options.name ?? 'fBetaScore', options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), beta: this.beta };
  }

  static fromConfig(config: JsonObject): FBetaScore {
    return new FBetaScore(
      readMetricConfig(FBetaScore.className, config, (reader) => ({
        ...readScore(reader),
        beta: reader.number('beta', 1),
      })),
    );
  }
}

/** Makes an `FBetaScore`. */
export const fBetaScore = (options?: FBetaScoreOptions): FBetaScore => new FBetaScore(options);

/**
 * The harmonic mean of precision and recall.
 *
 * @example
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [new F1Score({ average: 'macro' })] });
 */
export class F1Score extends FScore {
  static readonly className = 'F1Score';
  readonly className = F1Score.className;

  constructor(options: F1ScoreOptions = {}) {
    super(options.name ?? 'f1Score', {
      average: options.average ?? null,
      threshold: options.threshold ?? null,
    });
  }

  static fromConfig(config: JsonObject): F1Score {
    return new F1Score(readMetricConfig(F1Score.className, config, readScore));
  }
}

/** Makes an `F1Score`. */
export const f1Score = (options?: F1ScoreOptions): F1Score => new F1Score(options);
