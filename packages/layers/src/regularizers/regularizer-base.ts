/** The base of regularizers: penalties on weights or outputs that are added to the loss. */
import type { JsonObject, Tensor } from '@hadal/core';

/** Base of all regularizers. */
export abstract class Regularizer {
  abstract readonly className: string;
  /** The penalty of `x` as a scalar. */
  abstract penalty(x: Tensor): Tensor;
  abstract getConfig(): JsonObject;
}
