/** The two-dimensional convolution layer. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Constraint } from '../constraints/constraint';
import type { Initializer } from '../initializers/initializer';
import type { CallContext } from '../layer/context';
import { type Pair, penalizeActivity, readPair } from '../layer/rules';
import { readWeightRules, TrainingRules, type WeightRuleOptions } from '../layer/training-rules';
import type { Regularizer } from '../regularizers/regularizer';
import {
  type Conv2DArchitecture,
  Conv2D as PredictingConv2D,
  readConv2DArchitecture,
} from './predicting/conv2d';

export interface Conv2DOptions extends Conv2DArchitecture, WeightRuleOptions {}

/**
 * Slides `filters` windows over images: [batch, height, width, channels] → [batch, height', width', filters]. Weights:
 * `kernel` [height, width, channels / groups, filters], `bias` [filters].
 *
 * @example
 * const layer = conv2d(32, 3, { activation: 'relu', padding: 'same' });
 * layer.apply(zeros([1, 28, 28, 1])).shape; // [1, 28, 28, 32]
 */
export class Conv2D extends PredictingConv2D {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly activityRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;

  constructor(filters: number, kernelSize: Pair, options: Conv2DOptions = {}) {
    const rules = new TrainingRules(options);
    super(filters, kernelSize, options, rules);
    this.kernelInitializer = rules.kernelInitializer;
    this.biasInitializer = rules.biasInitializer;
    this.kernelRegularizer = rules.kernelRegularizer;
    this.biasRegularizer = rules.biasRegularizer;
    this.activityRegularizer = rules.activityRegularizer;
    this.kernelConstraint = rules.kernelConstraint;
    this.biasConstraint = rules.biasConstraint;
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    const output = super.call(inputs, context);
    penalizeActivity(this.activityRegularizer, output, context);
    return output;
  }

  static override fromConfig(config: JsonObject): Conv2D {
    const reader = new ConfigReader(Conv2D.className, config);
    const filters = reader.integer('filters');
    const kernelSize = readPair('Conv2D', 'kernelSize', reader);
    const options = { ...readConv2DArchitecture(reader), ...readWeightRules(reader) };
    reader.done();
    return new Conv2D(filters, kernelSize, options);
  }
}

/** Makes a {@link Conv2D} layer with `filters` windows of `kernelSize`. */
export const conv2d = (filters: number, kernelSize: Pair, options?: Conv2DOptions): Conv2D =>
  new Conv2D(filters, kernelSize, options);
