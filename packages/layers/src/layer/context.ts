/** What a call of a layer knows besides its input: whether it trains, and where penalties go. */
import type { Tensor } from '@hadal/core';
import type { Tensors } from './arrangement';
import type { AnyLayer } from './layer';

export interface CallContext {
  /** Whether layers behave as in training (dropout drops) or as in use. */
  readonly training: boolean;
  /** Adds a penalty to the loss: a scalar. Where no loss is computed it is ignored. */
  addLoss(loss: Tensor): void;
  /** Told what each layer gives, those inside others first: for looking inside a model. */
  observe?(layer: AnyLayer, outputs: Tensors): void;
}

/** A context that ignores penalties. */
export const inferenceContext: CallContext = { training: false, addLoss: () => undefined };

/** A context that collects penalties in a list. */
export function collectingContext(training: boolean): CallContext & { readonly losses: readonly Tensor[] } {
  const losses: Tensor[] = [];
  return {
    training,
    losses,
    addLoss: (loss) => {
      losses.push(loss);
    },
  };
}
