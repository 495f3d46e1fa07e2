/** The rules of weights that are trained: initializers, regularizers and constraints, by name or as objects. */
import type { ConfigReader, JsonObject } from '@hadal/core';
import type { Constraint } from '../constraints/constraint';
import type { Initializer } from '../initializers/initializer';
import {
  type Regularizer,
  type RegularizerLike,
  readRegularizer,
  resolveRegularizer,
  serializeRegularizer,
} from '../regularizers/regularizer';
import type { WeightOptions } from './layer';
import {
  readWeightOptions,
  serializeWeightOptions,
  type WeightOptionsOf,
  weightOptions,
} from './weight-options';
import type { WeightRules } from './weight-rules';

/** Options of layers with a kernel (by default glorotUniform) and a bias (by default zeros). */
export interface WeightRuleOptions extends WeightOptionsOf<'kernel'>, WeightOptionsOf<'bias'> {
  /** A penalty on the output, divided by the batch size. */
  readonly activityRegularizer?: RegularizerLike;
}

/** What training does with the kernel and the bias of a layer. */
export class TrainingRules implements WeightRules {
  /** How the kernel begins, is penalized and is constrained. */
  readonly kernel: WeightOptions;
  /** The same of the bias. */
  readonly bias: WeightOptions;
  readonly activityRegularizer: Regularizer | undefined;

  constructor(options: WeightRuleOptions) {
    const { kernelInitializer = 'glorotUniform', biasInitializer = 'zeros' } = options;
    this.kernel = weightOptions(kernelInitializer, options.kernelRegularizer, options.kernelConstraint);
    this.bias = weightOptions(biasInitializer, options.biasRegularizer, options.biasConstraint);
    this.activityRegularizer = resolveRegularizer(options.activityRegularizer);
  }

  get kernelInitializer(): Initializer {
    return this.kernel.initializer;
  }

  get biasInitializer(): Initializer {
    return this.bias.initializer;
  }

  get kernelRegularizer(): Regularizer | undefined {
    return this.kernel.regularizer;
  }

  get biasRegularizer(): Regularizer | undefined {
    return this.bias.regularizer;
  }

  get kernelConstraint(): Constraint | undefined {
    return this.kernel.constraint;
  }

  get biasConstraint(): Constraint | undefined {
    return this.bias.constraint;
  }

  getConfig(): JsonObject {
    return {
      ...serializeWeightOptions('kernel', this.kernel),
      ...serializeWeightOptions('bias', this.bias),
      activityRegularizer: serializeRegularizer(this.activityRegularizer),
    };
  }
}

/** The options that `getConfig` wrote. */
export const readWeightRules = (reader: ConfigReader): WeightRuleOptions => ({
  ...readWeightOptions(reader, 'kernel'),
  ...readWeightOptions(reader, 'bias'),
  activityRegularizer: readRegularizer(reader, 'activityRegularizer'),
});
