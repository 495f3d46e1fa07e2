/** Means of plain values and of functions of a batch, and the root of the mean squared error. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, sqrt } from '@hadal/core';
import { MeanSquaredError } from '../losses/errors';
import { readName } from './accuracy';
import { MeanMetric, type MetricDirection } from './metric';

/** The root of the mean squared error. */
export class RootMeanSquaredError extends MeanMetric {
  static readonly className = 'RootMeanSquaredError';
  readonly className = RootMeanSquaredError.className;
  readonly direction = 'down';

  constructor({ name = 'rootMeanSquaredError' }: { readonly name?: string } = {}) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return new MeanSquaredError().call(yTrue, yPred);
  }

  override result(): Tensor {
    return sqrt(super.result());
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): RootMeanSquaredError {
    return new RootMeanSquaredError(readName(RootMeanSquaredError.className, config));
  }
}

/** The mean of values handed in with `accumulate`, such as the loss of each batch. */
export class Mean extends MeanMetric {
  readonly className = 'Mean';
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

  /** The mean of the outputs. */
  protected override values(_yTrue: Tensor, yPred: Tensor): Tensor {
    return yPred;
  }

  override getConfig(): JsonObject {
    return { name: this.name };
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
