/** The two-dimensional convolution layer. */
import type { JsonObject, PerAxis } from '@hadal/core';
import type { Constraint } from '../../constraints/constraint';
import type { Initializer } from '../../initializers/initializer';
import { fromEntries } from '../../layer/options';
import { readWeightRules, TrainingRules, type WeightRuleOptions } from '../../layer/training-rules';
import type { Regularizer } from '../../regularizers/regularizer';
import { Conv2D as PredictingConv2D } from '../predicting/conv2d';
import { type FilterArchitecture, readFilters } from './convolution';

export interface Conv2DOptions extends FilterArchitecture, WeightRuleOptions {}

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

  constructor(filters: number, kernelSize: PerAxis, options: Conv2DOptions = {}) {
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

  static override fromConfig(config: JsonObject): Conv2D {
    return fromEntries(Conv2D.className, config, (reader) => {
      const { filters, kernelSize, options } = readFilters(reader);
      return new Conv2D(filters, kernelSize, { ...options, ...readWeightRules(reader) });
    });
  }
}

/** Makes a {@link Conv2D} layer with `filters` windows of `kernelSize`. */
export const conv2d = (filters: number, kernelSize: PerAxis, options?: Conv2DOptions): Conv2D =>
  new Conv2D(filters, kernelSize, options);
