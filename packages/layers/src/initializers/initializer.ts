/** The initializer base: what a weight begins as. */
import type { DType, JsonObject, Tensor } from '@hadal/core';

/** Makes initial values of weights. Subclass it for a scheme of your own. */
export abstract class Initializer {
  abstract readonly className: string;
  /** Values of the given shape and dtype, to be computed when they are first needed. */
  abstract make(shape: readonly number[], dtype: DType): Tensor;
  abstract getConfig(): JsonObject;
}

/** Options of initializers that draw random numbers. */
export interface RandomInitializerOptions {
  /** Draws the same values at every use; without it, values come from the default generator that `setSeed` seeds. */
  readonly seed?: number;
}
