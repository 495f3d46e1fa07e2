/** Mixed precision as an option of `compile`. */
import type { HalfDType } from '@hadal/core';
import { ArgumentError, canonicalName } from '@hadal/core';
import { LossScaleOptimizer, type Optimizer } from '@hadal/optimizers';

/**
 * What products are computed in while training: matrix products and convolutions of half floats (with sums and results
 * of float32), or of float32. Weights, their updates, normalizations, softmax, losses and metrics are float32 always.
 */
export type Precision = 'float32' | 'mixedBfloat16' | 'mixedFloat16';

/** The same as Keras spells it. */
export type PrecisionName = Precision | 'mixed_bfloat16' | 'mixed_float16';

const HALVES: Readonly<Record<Precision, HalfDType | undefined>> = {
  float32: undefined,
  mixedBfloat16: 'bfloat16',
  mixedFloat16: 'float16',
};

const PRECISIONS: readonly Precision[] = ['float32', 'mixedBfloat16', 'mixedFloat16'];

/** The dtype of operands; undefined where they stay as they are. */
export const halfOf = (precision: Precision): HalfDType | undefined => HALVES[precision];

/** @throws {ArgumentError} when the name is unknown */
export function resolvePrecision(name: string): Precision {
  const found = PRECISIONS.find((each) => canonicalName(each) === canonicalName(name));
  if (found !== undefined) return found;
  throw new ArgumentError(
    'compile',
    `unknown precision '${name}'.`,
    `Expected 'float32', 'mixedBfloat16' or 'mixedFloat16'.`,
  );
}

/** The smallest float16 numbers are larger than many gradients, so that losses have to be scaled. */
export const optimizerFor = (precision: Precision, optimizer: Optimizer): Optimizer =>
  precision === 'mixedFloat16' && !(optimizer instanceof LossScaleOptimizer)
    ? new LossScaleOptimizer(optimizer)
    : optimizer;
