/** The base of constraints: what weights are brought back to after every update. */
import type { JsonObject, Tensor } from '@hadal/core';

/** Keeps weights within bounds. Subclass it for bounds of your own. */
export abstract class Constraint {
  abstract readonly className: string;
  /** The nearest permitted weights, of the shape and dtype of `weights`. */
  abstract apply(weights: Tensor): Tensor;
  abstract getConfig(): JsonObject;
}
