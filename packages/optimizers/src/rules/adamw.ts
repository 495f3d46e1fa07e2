/** AdamW: Adam with weight decay applied to the weights instead of to the gradients. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { LearningRate } from '../optimizer';
import { readLearningRate } from '../options';
import { Adam, type AdamOptions, readAdamOptions } from './adam';

export interface AdamWOptions extends AdamOptions {
  /** Before each update a variable loses `weightDecay · learningRate` of itself (default 0.004). */
  readonly weightDecay?: number;
}

/**
 * {@link Adam} with decoupled weight decay.
 *
 * Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization" (2019); defaults of Keras 3.
 */
export class AdamW extends Adam {
  static override readonly className: string = 'AdamW';
  override readonly className: string = AdamW.className;

  constructor(learningRate: LearningRate = 0.001, options: AdamWOptions = {}) {
    super(learningRate, { ...options, weightDecay: options.weightDecay ?? 0.004 });
  }

  static override fromConfig(config: JsonObject): AdamW {
    const reader = new ConfigReader('AdamW', config);
    const learningRate = readLearningRate(reader);
    const options = readAdamOptions(reader);
    reader.done();
    return new AdamW(learningRate, options);
  }
}

/**
 * Makes an {@link AdamW} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * const optimizer = adamW(3e-4, { weightDecay: 0.01, excludeFromWeightDecay: ['bias'] });
 */
export const adamW = (learningRate?: LearningRate, options?: AdamWOptions): AdamW =>
  new AdamW(learningRate, options);
