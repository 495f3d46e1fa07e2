/** Losses by name: what strings in `compile` mean, and how a saved loss is made again. */
import type { SerializedObject } from '@hadal/core';
import { ArgumentError, canonicalName, DataError, suggestName } from '@hadal/core';
import { BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy } from './crossentropy';
import { FunctionLoss, type LossFunction } from './function';
import { Loss } from './loss';
import { MeanSquaredError } from './mean-squared-error';

/** Losses that can be named by a string, in camelCase or Keras' snake_case; each then has its defaults. */
export type LossName =
  | 'meanSquaredError'
  | 'mean_squared_error'
  | 'mse'
  | 'binaryCrossentropy'
  | 'binary_crossentropy'
  | 'categoricalCrossentropy'
  | 'categorical_crossentropy'
  | 'sparseCategoricalCrossentropy'
  | 'sparse_categorical_crossentropy';

export type LossLike = LossName | Loss | LossFunction;

const LOSS_NAMES: readonly LossName[] = [
  'meanSquaredError',
  'mse',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
];

/**
 * The loss that a name stands for, or the one given.
 *
 * @throws {ArgumentError} when the name is unknown
 */
export function resolveLoss(loss: LossLike): Loss {
  if (loss instanceof Loss) return loss;
  if (typeof loss === 'function') return new FunctionLoss(loss);
  switch (canonicalName(loss)) {
    case 'meansquarederror':
    case 'mse':
      return new MeanSquaredError();
    case 'binarycrossentropy':
      return new BinaryCrossentropy();
    case 'categoricalcrossentropy':
      return new CategoricalCrossentropy();
    case 'sparsecategoricalcrossentropy':
      return new SparseCategoricalCrossentropy();
    default:
      throw new ArgumentError('loss', `unknown loss '${loss}'.`, suggestName(loss, LOSS_NAMES));
  }
}

/**
 * Makes a loss from what it was saved as.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function lossFromConfig({ className, config }: SerializedObject): Loss {
  switch (className) {
    case MeanSquaredError.className:
      return MeanSquaredError.fromConfig(config);
    case BinaryCrossentropy.className:
      return BinaryCrossentropy.fromConfig(config);
    case CategoricalCrossentropy.className:
      return CategoricalCrossentropy.fromConfig(config);
    case SparseCategoricalCrossentropy.className:
      return SparseCategoricalCrossentropy.fromConfig(config);
    default:
      throw new DataError(
        'loss',
        `the model was compiled with the loss class '${className}', which is not known here.`,
        'Load it with { compile: false } and compile it again.',
      );
  }
}
