/** The coefficient of determination: how much of the variation of targets outputs explain. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, broadcastTo, full, lessEqual, mean, square, sum, where, zeros } from '@hadal/core';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { matchTargets } from '../../losses/loss';
import { divideOrZero, Metric } from '../metric';
import { type MetricOptions, readMetricConfig } from '../options';
import { weightsOf } from '../weights';

const AGGREGATIONS = ['uniformAverage', 'varianceWeightedAverage'] as const;

export interface R2ScoreOptions extends MetricOptions {
  /**
   * The mean of the columns of outputs (default), that weighted by the variance of their targets, or, with null, a figure
   * for each column, which logs do not show.
   */
  readonly classAggregation?: (typeof AGGREGATIONS)[number] | null;
  /** How many independent variables the outputs were made from, for the adjusted score (default 0: not adjusted). */
  readonly numRegressors?: number;
}

/** Sums over samples by column. */
interface Sums {
  readonly targets: Variable;
  readonly squares: Variable;
  readonly residuals: Variable;
  readonly weights: Variable;
}

/**
 * 1 − Σ (yTrue − yPred)² / Σ (yTrue − mean(yTrue))²: 1 for perfect outputs, 0 for those no better than the mean of all
 * targets, below 0 for worse. Columns whose targets do not vary have 0. Outputs are [batch, columns].
 *
 * @example
 * const score = new R2Score();
 * score.updateState(tensor([[1], [4], [3]]), tensor([[2], [4], [4]]));
 * await score.value(); // 0.5714
 */
export class R2Score extends Metric {
  static readonly className = 'R2Score';
  readonly className = R2Score.className;
  readonly direction = 'up';
  readonly classAggregation: (typeof AGGREGATIONS)[number] | undefined;
  readonly numRegressors: number;
  readonly #samples: Variable = this.addState('samples');
  #sums: Sums | undefined;

  constructor({
    name = 'r2Score',
    classAggregation = 'uniformAverage',
    numRegressors = 0,
  }: R2ScoreOptions = {}) {
    super(name);
    const known = AGGREGATIONS.find((each) => each === classAggregation);
    if (known === undefined && classAggregation !== null) {
      throw new ArgumentError(
        'r2Score',
        `classAggregation is '${classAggregation}'; expected ${AGGREGATIONS.join(', ')} or null.`,
      );
    }
    if (!Number.isSafeInteger(numRegressors) || numRegressors < 0) {
      throw new ArgumentError('r2Score', `numRegressors is ${numRegressors}; expected an integer from 0 on.`);
    }
    this.classAggregation = known;
    this.numRegressors = numRegressors;
  }

  override build(outputShape: LayerShape): void {
    if (this.#sums !== undefined) return;
    const columns = requirePositiveInteger('r2Score', 'columns of outputs', outputShape.at(-1) ?? 0);
    this.#sums = {
      targets: this.addState('sum', [columns]),
      squares: this.addState('squaredSum', [columns]),
      residuals: this.addState('residual', [columns]),
      weights: this.addState('count', [columns]),
    };
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    this.build(yPred.shape);
    if (this.#sums === undefined) return;
    const outputs = yPred.cast('float32');
    const targets = matchTargets('r2Score', yTrue, outputs);
    const given = weightsOf(outputs, yPred, sampleWeight);
    const weights = given === undefined ? full(outputs.shape, 1) : broadcastTo(given, outputs.shape);
    const axes = outputs.shape.slice(0, -1).map((_, axis) => axis);
    const add = (state: Variable, values: Tensor): void => {
      state.assign(state.value.add(sum(values, axes)));
    };
    add(this.#sums.targets, targets.mul(weights));
    add(this.#sums.squares, square(targets).mul(weights));
    add(this.#sums.residuals, square(targets.sub(outputs)).mul(weights));
    add(this.#sums.weights, weights);
    this.#samples.assign(this.#samples.value.add(outputs.size));
  }

  override result(): Tensor {
    if (this.#sums === undefined) return zeros([]);
    const total = this.#sums.targets.value;
    const variation = this.#sums.squares.value.sub(total.mul(divideOrZero(total, this.#sums.weights.value)));
    const unexplained = divideOrZero(this.#sums.residuals.value, variation);
    const scores = where(variation.equal(0), 0, unexplained.neg().add(1));
    return this.#adjusted(this.#aggregated(scores, variation));
  }

  #aggregated(scores: Tensor, variation: Tensor): Tensor {
    if (this.classAggregation === undefined) return scores;
    if (this.classAggregation === 'uniformAverage') return mean(scores);
    return divideOrZero(sum(scores.mul(variation)), sum(variation));
  }

  /** Where there are no more samples than variables, the score stays as it is. */
  #adjusted(score: Tensor): Tensor {
    if (this.numRegressors === 0) return score;
    const others = this.#samples.value.sub(1);
    const free = others.sub(this.numRegressors);
    const adjusted = divideOrZero(score.neg().add(1).mul(others), free).neg().add(1);
    return where(lessEqual(free, 0), score, adjusted);
  }

  override getConfig(): JsonObject {
    const { name, classAggregation = null, numRegressors } = this;
    return { name, classAggregation, numRegressors };
  }

  static fromConfig(config: JsonObject): R2Score {
    const { classAggregation: given, ...others } = config;
    return new R2Score(
      readMetricConfig(R2Score.className, given === null ? others : config, (reader) => ({
        classAggregation:
          given === null ? null : reader.choice('classAggregation', AGGREGATIONS, 'uniformAverage'),
        numRegressors: reader.integer('numRegressors', 0),
      })),
    );
  }
}

/** Makes an `R2Score`. */
export const r2Score = (options?: R2ScoreOptions): R2Score => new R2Score(options);
