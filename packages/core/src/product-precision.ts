/**
 * Mixed precision: float32 programs whose products are those of half floats.
 *
 * While a function builds, its matrix products and convolutions of float32 are marked, or take operands that are rounded.
 * Everything else stays as it is written. Building is synchronous, so one module variable is enough; gradients are those
 * of what was built, whenever they are taken.
 */

/** The half floats. */
export type HalfDType = 'float16' | 'bfloat16';

let active: HalfDType | undefined;

/** What operands of products that are built now are rounded to. */
export const operandDType = (): HalfDType | undefined => active;

/**
 * Builds something with products of half floats. Operands are rounded to float16 always, since its range is part of
 * what a program has to bear; to bfloat16 where that makes a device faster. Sums are float32, and float32 results stay so.
 *
 * @param dtype of the operands; undefined leaves them as they are
 * @returns what `build` returns
 * @example
 * const y = withProductDType('bfloat16', () => x.matmul(w).add(b).relu());
 */
export function withProductDType<T>(dtype: HalfDType | undefined, build: () => T): T {
  const outer = active;
  active = dtype;
  try {
    return build();
  } finally {
    active = outer;
  }
}
