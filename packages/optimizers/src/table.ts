/** Optimizers by name: what strings in `compile` mean, and how a saved optimizer is made again. */
import type { SerializedObject } from '@hadal/core';
import { ArgumentError, canonicalName, DataError, suggestName } from '@hadal/core';
import { Adam } from './adam';
import { AdamW } from './adamw';
import type { Optimizer } from './optimizer';
import { RMSprop } from './rmsprop';
import { SGD } from './sgd';

/** The optimizers that can be named by a string; each then has its defaults. */
export type OptimizerName = 'sgd' | 'adam' | 'adamw' | 'adamW' | 'rmsprop';

const NAMES: readonly OptimizerName[] = ['sgd', 'adam', 'adamw', 'rmsprop'];

/**
 * Makes the optimizer that a name stands for, or returns the optimizer given.
 *
 * @throws {ArgumentError} when the name is unknown
 * @example
 * resolveOptimizer('adam').learningRate; // 0.001
 */
export function resolveOptimizer(optimizer: OptimizerName | Optimizer): Optimizer {
  if (typeof optimizer !== 'string') return optimizer;
  switch (canonicalName(optimizer)) {
    case 'sgd':
      return new SGD();
    case 'adam':
      return new Adam();
    case 'adamw':
      return new AdamW();
    case 'rmsprop':
      return new RMSprop();
    default:
      throw new ArgumentError(
        'optimizer',
        `unknown optimizer '${optimizer}'.`,
        suggestName(optimizer, NAMES),
      );
  }
}

/**
 * Makes an optimizer from what `{ className, config: getConfig() }` gave; its state is set with `setState`.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function optimizerFromConfig({ className, config }: SerializedObject): Optimizer {
  switch (className) {
    case SGD.className:
      return SGD.fromConfig(config);
    case Adam.className:
      return Adam.fromConfig(config);
    case AdamW.className:
      return AdamW.fromConfig(config);
    case RMSprop.className:
      return RMSprop.fromConfig(config);
    default:
      throw new DataError(
        'optimizer',
        `unknown optimizer class '${className}'.`,
        suggestName(className, [SGD.className, Adam.className, AdamW.className, RMSprop.className]),
      );
  }
}
