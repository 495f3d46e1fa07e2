/**
 * The one table of tolerances. A device's result may differ from the interpreter's by
 * `relative · |expected| + absolute · scale`, where scale is the largest finite magnitude in the expected result
 * (at least 1). The float32 figures are measured worst cases over all devices here, with a factor of about four of room.
 */
import type { DType } from '@hadal/core';

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/**
 * - `exact`: movement, comparisons, selection, integers, bits
 * - `arithmetic`: correctly rounded operations and a few of them in a row
 * - `elementary`: exponentials, logarithms, trigonometry and what is made of them
 * - `reduction`: sums of many terms, products, row kernels such as softmax
 * - `contraction`: matrix products and convolutions
 * - `gradient`: first-order gradients; `curvature`: second-order ones
 * - `curve`: losses along a training run, where differences add up
 */
export type ToleranceClass =
  | 'exact'
  | 'arithmetic'
  | 'elementary'
  | 'reduction'
  | 'contraction'
  | 'gradient'
  | 'curvature'
  | 'curve';

const FLOAT32: Record<ToleranceClass, Tolerance> = {
  exact: { relative: 0, absolute: 0 },
  arithmetic: { relative: 5e-7, absolute: 2e-7 },
  elementary: { relative: 4e-6, absolute: 5e-7 },
  reduction: { relative: 4e-6, absolute: 1e-6 },
  contraction: { relative: 4e-6, absolute: 1e-6 },
  gradient: { relative: 2e-6, absolute: 8e-7 },
  curvature: { relative: 3e-6, absolute: 1.5e-6 },
  curve: { relative: 2e-6, absolute: 5e-7 },
};

const FLOAT64: Record<ToleranceClass, Tolerance> = {
  exact: { relative: 0, absolute: 0 },
  arithmetic: { relative: 1e-15, absolute: 1e-15 },
  elementary: { relative: 1e-14, absolute: 1e-15 },
  reduction: { relative: 1e-13, absolute: 1e-14 },
  contraction: { relative: 1e-13, absolute: 1e-14 },
  gradient: { relative: 1e-12, absolute: 1e-13 },
  curvature: { relative: 1e-12, absolute: 1e-12 },
  curve: { relative: 1e-10, absolute: 1e-11 },
};

/** Finite differences against a gradient rule, in float64 with a fourth-order stencil. */
export const FINITE_DIFFERENCES: Tolerance = { relative: 1e-6, absolute: 1e-7 };

/** Golden values, which other frameworks computed in float32, against the interpreter's. */
export const GOLDEN: Tolerance = { relative: 2e-6, absolute: 5e-7 };

const EXACT: Tolerance = { relative: 0, absolute: 0 };

/**
 * Half floats are rounded after every operation everywhere, so that elementary functions may fall on neighbours: one or
 * two units in the last place, 2⁻¹⁰ and 2⁻⁷.
 */
const HALF: Partial<Record<DType, Tolerance>> = {
  float16: { relative: 2 ** -9, absolute: 2 ** -11 },
  bfloat16: { relative: 2 ** -6, absolute: 2 ** -8 },
};

/** How far a result of this dtype may be off. */
export function toleranceOf(dtype: DType, kind: ToleranceClass): Tolerance {
  if (kind === 'exact') return EXACT;
  if (dtype === 'float32') return FLOAT32[kind];
  return dtype === 'float64' ? FLOAT64[kind] : (HALF[dtype] ?? EXACT);
}
