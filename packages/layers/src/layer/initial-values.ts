/**
 * Initial values from elsewhere: while a saved model is being built, its weights begin as what the file holds instead
 * of being initialized, so that nothing random is drawn and nothing of an unchecked size is allocated.
 */
import type { DType, Tensor } from '@hadal/core';

/** Gives the initial value of the weight at `path`. */
export type InitialValues = (path: string, shape: readonly number[], dtype: DType) => Tensor;

let active: InitialValues | undefined;

/** Runs `build`, which is synchronous, with weights taking their initial values from `values`. */
export function withInitialValues<T>(values: InitialValues, build: () => T): T {
  const outer = active;
  active = values;
  try {
    return build();
  } finally {
    active = outer;
  }
}

/** The source of initial values that is in force, if any. */
export const activeInitialValues = (): InitialValues | undefined => active;
