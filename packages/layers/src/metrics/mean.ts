/** Means and sums of plain values, and means of a function of your own. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, ConfigReader, sum } from '@hadal/core';
import { alignWeights } from '../losses/loss';
import { MeanMetric, Metric, type MetricDirection } from './metric';
import { readName } from './options';
import { weightsOf } from './weights';

const DIRECTIONS = ['up', 'down'] as const;

/**
 * The mean of values handed in with `accumulate`, such as the loss of each batch; of outputs, as a metric of a model.
 *
 * @example
 * const mean = new Mean();
 * mean.accumulate(tensor([1, 3, 5, 7]), tensor([1, 1, 0, 0]));
 * await mean.value(); // 2
 */
export class Mean extends MeanMetric {
  static readonly className = 'Mean';
  readonly className = Mean.className;
  readonly direction: MetricDirection | undefined;

  constructor({
    name = 'mean',
    direction,
  }: { readonly name?: string; readonly direction?: MetricDirection } = {}) {
    super(name);
    this.direction = direction;
  }

  /** Takes in the mean of `count` values. */
  addMean(mean: Tensor, count: number): void {
    this.accumulateTotal(mean.mul(count), count);
  }

  protected override values(_yTrue: Tensor, yPred: Tensor): Tensor {
    return yPred;
  }

  override getConfig(): JsonObject {
    return { name: this.name, direction: this.direction ?? null };
  }

  static fromConfig(config: JsonObject): Mean {
    const reader = new ConfigReader(Mean.className, config);
    const name = reader.string('name');
    const isDirected = reader.value('direction') !== undefined;
    const options = isDirected ? { name, direction: reader.choice('direction', DIRECTIONS) } : { name };
    reader.done();
    return new Mean(options);
  }
}

/**
 * The sum of values handed in with `accumulate`; of outputs, as a metric of a model.
 *
 * @example
 * const total = new Sum();
 * total.accumulate(tensor([1, 3, 5, 7]), tensor([1, 1, 0, 0]));
 * await total.value(); // 4
 */
export class Sum extends Metric {
  static readonly className = 'Sum';
  readonly className = Sum.className;
  readonly direction = undefined;
  readonly #total: Variable = this.addState('total');

  constructor({ name = 'sum' }: { readonly name?: string } = {}) {
    super(name);
  }

  override updateState(_yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    this.accumulate(yPred, weightsOf(yPred, yPred, sampleWeight));
  }

  /** Takes in values directly. */
  accumulate(values: Tensor, sampleWeight?: Tensor): void {
    const floating = values.cast('float32');
    const weighted =
      sampleWeight === undefined ? floating : floating.mul(alignWeights(sampleWeight, floating));
    this.#total.assign(this.#total.value.add(sum(weighted)));
  }

  override result(): Tensor {
    return this.#total.value;
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): Sum {
    return new Sum(readName(Sum.className, config));
  }
}

/** Gives one value per sample. */
export type MetricFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** The mean of a function of your own; it cannot be saved. */
export class FunctionMetric extends MeanMetric {
  readonly className = 'FunctionMetric';
  readonly direction = undefined;

  constructor(
    readonly fn: MetricFunction,
    name = fn.name === '' ? 'custom' : fn.name,
  ) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(yTrue, yPred);
  }

  override getConfig(): never {
    throw new ArgumentError(
      'save',
      `the metric '${this.name}' is a function, which cannot be saved.`,
      'Save with { includeTraining: false } and compile again after loading.',
    );
  }
}
