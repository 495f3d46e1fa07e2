/** What values of a batch count: the weights of samples, without what a mask hides. */
import type { Tensor } from '@hadal/core';
import { alignWeights, maskOfValues } from '../losses/loss';

/**
 * Weights that broadcast with `values`; undefined where everything counts once.
 *
 * @param values       what is counted or averaged, its first axes those of the outputs
 * @param yPred        the outputs, whose mask is heeded
 * @param sampleWeight weights of samples, or of their parts
 */
export function weightsOf(
  values: Tensor,
  yPred: Tensor,
  sampleWeight: Tensor | undefined,
): Tensor | undefined {
  const floating = values.cast('float32');
  const mask = maskOfValues(values, yPred);
  const shown = mask === undefined ? undefined : alignWeights(mask, floating);
  if (sampleWeight === undefined) return shown;
  const weights = alignWeights(sampleWeight, floating);
  return shown === undefined ? weights : weights.mul(shown);
}
