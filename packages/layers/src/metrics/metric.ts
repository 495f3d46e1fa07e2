/**
 * The metric base: a figure that is gathered over many batches. State lives in variables on the device and is updated
 * inside the compiled step, so that nothing is read back until somebody asks.
 */
import type { HostArray, JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, broadcastTo, sum, tensor, variable, where, zeros } from '@hadal/core';
import type { LayerShape } from '../layer/shape';
import { alignWeights } from '../losses/loss';
import { weightsOf } from './weights';

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

  /**
   * Makes state whose shape follows from outputs, unless it is there. `fit` and `updateState` call it; a compiled function
   * of your own needs it before its first run.
   *
   * @param _outputShape the shape of outputs; null or anything for the batch
   */
  build(_outputShape: LayerShape): void {}

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
   * Takes in what other metrics of this kind have seen. States are sums, so the order does not matter.
   *
   * @throws {ArgumentError} when one is of another class or was made for other shapes
   * @example
   * const both = new AUC();
   * both.merge(morning, evening);
   */
  merge(...others: readonly Metric[]): void {
    for (const { className, state } of others) {
      if (className !== this.className) {
        throw new ArgumentError(
          'metric.merge',
          `a ${className} cannot be added to ${this.className} '${this.name}'.`,
          'Merge metrics of one class that were made with the same options.',
        );
      }
      this.#add(state.map(({ value }) => value));
    }
  }

  /** What was seen so far, as arrays on the host: what a worker sends to the one that merges. */
  async readState(): Promise<HostArray[]> {
    return Promise.all(
      this.#state.map(async ({ value, shape, dtype }) => ({ data: await value.data(), shape, dtype })),
    );
  }

  /**
   * Takes in what `readState` of another metric of this kind gave, such as one of another worker.
   *
   * @throws {ArgumentError} when it does not fit
   */
  mergeState(state: readonly HostArray[]): void {
    this.#add(state.map(({ data, shape, dtype }) => tensor(data, { shape, dtype })));
  }

  #add(parts: readonly Tensor[]): void {
    const last = parts.at(-1);
    // State that depends on outputs ends in their columns.
    if (last !== undefined && parts.length > this.#state.length) this.build(last.shape);
    const isAlike =
      parts.length === 0 ||
      (parts.length === this.#state.length &&
        parts.every(({ shape }, part) => String(shape) === String(this.#state[part]?.shape)));
    if (!isAlike) {
      const shapes = (all: readonly { readonly shape: readonly number[] }[]): string =>
        all.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
      throw new ArgumentError(
        'metric.merge',
        `states of shapes ${shapes(parts)} do not fit those of '${this.name}', ${shapes(this.#state)}.`,
        'Merge metrics of one class that were made with the same options.',
      );
    }
    for (const [index, part] of parts.entries()) {
      const own = this.#state[index];
      own?.assign(own.value.add(part));
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

  /** Makes a part of the state, beginning as zeros; for constructors and `build`. */
  protected addState(part: string, shape: readonly number[] = []): Variable {
    const made = variable(zeros(shape), { name: `metrics/${this.name}/${part}`, trainable: false });
    this.#state.push(made);
    return made;
  }
}

/** total / count, and 0 where nothing was counted. */
export function divideOrZero(total: Tensor, count: Tensor): Tensor {
  const isNone = count.equal(0);
  return where(isNone, 0, total.div(where(isNone, 1, count)));
}

/** A metric that is the weighted mean of values of samples. What a mask hides does not count. */
export abstract class MeanMetric extends Metric {
  readonly #total: Variable = this.addState('total');
  readonly #count: Variable = this.addState('count');

  /** The values of a batch, of any shape. */
  protected abstract values(yTrue: Tensor, yPred: Tensor): Tensor;

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const values = this.values(yTrue, yPred);
    this.accumulate(values, weightsOf(values, yPred, sampleWeight));
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
