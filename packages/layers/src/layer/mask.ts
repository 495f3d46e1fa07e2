/**
 * Masks: which steps of a sequence count. A mask belongs to a tensor, [batch, time] of bool, and goes from layer to
 * layer beside it: what makes one (an embedding whose number 0 pads, a masking layer) attaches it, layers that say
 * `supportsMasking` hand it on, recurrent layers and attention heed it, and losses leave out the steps that it hides.
 */
import type { Tensor } from '@hadal/core';

const masks = new WeakMap<Tensor, Tensor>();

/** The mask of a tensor: bool, true where a step counts; undefined where all do. */
export const maskOf = (x: Tensor): Tensor | undefined => masks.get(x);

/**
 * Attaches a mask to a tensor, or takes it off.
 *
 * @param mask bool, its axes the first ones of `x`
 * @returns `x` itself
 */
export function withMask(x: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined) masks.delete(x);
  else masks.set(x, mask);
  return x;
}
