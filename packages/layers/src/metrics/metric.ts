/**
 * The metric base: a figure that is gathered over many batches. State lives in variables on the device and is updated
 * inside the compiled step, so that nothing is read back until somebody asks.
 */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, broadcastTo, full, sum, variable, where, zeros } from '@hadal/core';
import { alignWeights, maskOfValues } from '../losses/loss';

/** Whether larger or smaller values are better. */
export type MetricDirection = 'up' | 'down';

/**
 * Base of all metrics. Subclass it for one of your own: make state with `addState`, update it in `updateState`, give
 * the figure in `result`.
 */
export abstract class Metric {
  /** The name under which the metric is saved. */
  abstract readonly className: string;
  /** Which way is better, for callbacks that monitor the metric; undefined when it cannot be said. */
  abstract readonly direction: MetricDirection | undefined;
  /** For logs; unique within a model. */
  readonly name: string;
  readonly #state: Variable[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Takes in one batch. Inside a compiled step it becomes part of the step. */
  abstract updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void;

  /** The figure so far, as a tensor: a scalar for everything that appears in logs. */
  abstract result(): Tensor;

  /** What the factory of this class needs, as plain JSON. */
  abstract getConfig(): JsonObject;

  /** The variables that hold the state. */
  get state(): readonly Variable[] {
    return this.#state;
  }

  /**
   * Takes in what other metrics of this kind have seen, such as those of other workers. States are sums.
   *
   * @throws {ArgumentError} when one is of another class or was made for other shapes
   */
  merge(...others: readonly Metric[]): void {
    for (const { className, state } of others) {
      const isAlike =
        className === this.className &&
        state.length === this.#state.length &&
        state.every(({ shape }, part) => String(shape) === String(this.#state[part]?.shape));
      if (!isAlike) {
        throw new ArgumentError(
          'metric.merge',
          `a ${className} with states [${state.map(({ shape }) => `[${shape}]`)}] does not fit ${this.className}.`,
          'Merge metrics of one class that were made with the same options.',
        );
      }
      for (const [part, own] of this.#state.entries()) own.assign(own.value.add(state[part]!.value));
    }
  }

  /** Forgets everything. */
  resetState(): void {
    for (const part of this.#state) part.assign(zeros(part.shape, { dtype: part.dtype }));
  }

  /** The figure so far as a number. */
  async value(): Promise<number> {
    return this.result().item();
  }

  /** Makes a part of the state, beginning as zeros; for constructors. */
  protected addState(part: string, shape: readonly number[] = []): Variable {
    const made = variable(zeros(shape), { name: `metrics/${this.name}/${part}`, trainable: false });
    this.#state.push(made);
    return made;
  }
}

/** total / count, and 0 where nothing was counted. */
export function divideOrZero(total: Tensor, count: Tensor): Tensor {
  const safe = where(count.equal(0), full(count.shape, 1), count);
  return where(count.equal(0), 0, total.div(safe));
}

/** A metric that is the weighted mean of values of samples. What a mask hides does not count. */
export abstract class MeanMetric extends Metric {
  readonly #total: Variable = this.addState('total');
  readonly #count: Variable = this.addState('count');

  /** The values of a batch, of any shape. */
  protected abstract values(yTrue: Tensor, yPred: Tensor): Tensor;

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const values = this.values(yTrue, yPred);
    const mask = maskOfValues(values, yPred);
    if (mask === undefined) {
      this.accumulate(values, sampleWeight);
      return;
    }
    const shown = mask.cast('float32');
    this.accumulate(values, sampleWeight === undefined ? shown : shown.mul(alignWeights(sampleWeight, shown)));
  }

  /** Takes in values directly. */
  accumulate(values: Tensor, sampleWeight?: Tensor): void {
    const floating = values.cast('float32');
    if (sampleWeight === undefined) {
      this.accumulateTotal(sum(floating), values.size);
      return;
    }
    const weights = alignWeights(sampleWeight, floating);
    this.accumulateTotal(sum(floating.mul(weights)), sum(broadcastTo(weights, floating.shape)));
  }

  /** Takes in a total of `count` values. */
  protected accumulateTotal(total: Tensor, count: Tensor | number): void {
    this.#total.assign(this.#total.value.add(total.cast('float32')));
    this.#count.assign(this.#count.value.add(count));
  }

  override result(): Tensor {
    return divideOrZero(this.#total.value, this.#count.value);
  }
}
