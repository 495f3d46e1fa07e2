/** What a matcher hands to the library: products to run, for a call that may take an epilogue along. */
import type { Epilogue, EpilogueLimits, SideInputKind } from '../backend/library';
import type { Product } from './product';

/** Side inputs and outputs that an epilogue of products may have. */
const MOST_SIDE_INPUTS = 6;
const MOST_OUTPUTS = 3;

/** A product call before its epilogue is known. */
export interface ProductMatch {
  readonly name: string;
  readonly epilogue: EpilogueLimits;
  readonly stridedOutput: boolean;
  /** How many sums of the second operand the products can give as well; undefined where they cannot. */
  readonly operandSums: number | undefined;
  /** The products for a layout of the outputs, with the epilogue in the terms of those products. */
  plan(epilogue: Epilogue, outputStrides?: readonly number[], withSums?: boolean): ProductCall;
}

export interface ProductCall {
  readonly products: readonly Product[];
  /**
   * Whether products add to each other's sums. The first one then names every row of the result, has nothing to add, and
   * comes with nothing on its left; the others have their rows among those, by row index.
   */
  readonly accumulates: boolean;
  readonly epilogue: Epilogue;
}

/** Limits of an epilogue with side inputs of these kinds. */
export const epilogueLimits = (kinds: readonly SideInputKind[]): EpilogueLimits => ({
  sideInputs: MOST_SIDE_INPUTS,
  kinds,
  outputs: MOST_OUTPUTS,
});

export const ALL_KINDS: readonly SideInputKind[] = ['full', 'column', 'row', 'scalar'];
/** Where the columns of a product are not exactly the last axis of the result. */
export const LAYOUT_FREE_KINDS: readonly SideInputKind[] = ['full', 'scalar'];
