/** The rules of weights that are trained: initializers and regularizers, by name or as objects. */
import type { ConfigReader, JsonObject } from '@hadal/core';
import type { Initializer } from '../initializers/initializer';
import {
  type InitializerLike,
  readInitializer,
  resolveInitializer,
  serializeInitializer,
} from '../initializers/table';
import {
  type Regularizer,
  type RegularizerLike,
  readRegularizer,
  resolveRegularizer,
  serializeRegularizer,
} from '../regularizers/regularizer';
import type { WeightOptions } from './layer';
import type { WeightRules } from './weight-rules';

/** Options of layers with a kernel and a bias. */
export interface WeightRuleOptions {
  /** Default glorotUniform. */
  readonly kernelInitializer?: InitializerLike;
  /** Default zeros. */
  readonly biasInitializer?: InitializerLike;
  readonly kernelRegularizer?: RegularizerLike;
  readonly biasRegularizer?: RegularizerLike;
  /** A penalty on the output, divided by the batch size. */
  readonly activityRegularizer?: RegularizerLike;
}

export class TrainingRules implements WeightRules {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly activityRegularizer: Regularizer | undefined;

  constructor(options: WeightRuleOptions) {
    this.kernelInitializer = resolveInitializer(options.kernelInitializer ?? 'glorotUniform');
    this.biasInitializer = resolveInitializer(options.biasInitializer ?? 'zeros');
    this.kernelRegularizer = resolveRegularizer(options.kernelRegularizer);
    this.biasRegularizer = resolveRegularizer(options.biasRegularizer);
    this.activityRegularizer = resolveRegularizer(options.activityRegularizer);
  }

  get kernel(): WeightOptions {
    return { initializer: this.kernelInitializer, regularizer: this.kernelRegularizer };
  }

  get bias(): WeightOptions {
    return { initializer: this.biasInitializer, regularizer: this.biasRegularizer };
  }

  getConfig(): JsonObject {
    return {
      kernelInitializer: serializeInitializer(this.kernelInitializer),
      biasInitializer: serializeInitializer(this.biasInitializer),
      kernelRegularizer: serializeRegularizer(this.kernelRegularizer),
      biasRegularizer: serializeRegularizer(this.biasRegularizer),
      activityRegularizer: serializeRegularizer(this.activityRegularizer),
    };
  }
}

/** The options that \`getConfig\` wrote. */
export const readWeightRules = (reader: ConfigReader): WeightRuleOptions => ({
  kernelInitializer: readInitializer(reader, 'kernelInitializer', 'glorotUniform'),
  biasInitializer: readInitializer(reader, 'biasInitializer', 'zeros'),
  kernelRegularizer: readRegularizer(reader, 'kernelRegularizer'),
  biasRegularizer: readRegularizer(reader, 'biasRegularizer'),
  activityRegularizer: readRegularizer(reader, 'activityRegularizer'),
});
