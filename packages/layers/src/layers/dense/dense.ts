/** The fully connected layer. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import { allActivations } from '../../all-activations';
import type { Constraint } from '../../constraints/constraint';
import type { Initializer } from '../../initializers/initializer';
import type { CallContext } from '../../layer/context';
import { penalizeActivity } from '../../layer/rules';
import { readWeightRules, TrainingRules, type WeightRuleOptions } from '../../layer/training-rules';
import type { Regularizer } from '../../regularizers/regularizer';
import { type DenseArchitecture, Dense as PredictingDense, readDenseArchitecture } from '../predicting/dense';

export interface DenseOptions extends DenseArchitecture, WeightRuleOptions {}

/**
 * `activation(x · kernel + bias)` over the last axis: [batch, …, features] → [batch, …, units]. Weights: `kernel`
 * [features, units], `bias` [units].
 *
 * @example
 * const layer = dense(3, { activation: 'relu' });
 * layer.apply(zeros([2, 5])).shape; // [2, 3]
 */
export class Dense extends PredictingDense {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly activityRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;

  constructor(units: number, options: DenseOptions = {}) {
    const rules = new TrainingRules(options);
    super(units, options, rules, allActivations);
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

  static override fromConfig(config: JsonObject): Dense {
    const reader = new ConfigReader(Dense.className, config);
    const units = reader.integer('units');
    const options = { ...readDenseArchitecture(reader, allActivations), ...readWeightRules(reader) };
    reader.done();
    return new Dense(units, options);
  }
}

/** Makes a {@link Dense} layer with `units` outputs. */
export const dense = (units: number, options?: DenseOptions): Dense => new Dense(units, options);
