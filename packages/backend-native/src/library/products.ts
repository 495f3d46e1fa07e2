/** Library calls that are lists of products: what the addon is told. */
import type { DType } from '@hadal/core';
import type { ProductPayload } from '@hadal/core/products';
import { WordWriter } from '../words';
import { encodeEpilogue } from './epilogue';
import { PRODUCTS } from './kinds';

/** In the order of `Rounding` in native/products/epilogue.h: sums are float32, and rounded to what the node's dtype holds. */
const ROUNDING_CODES: ReadonlyMap<DType, number> = new Map([
  ['float32', 0],
  ['float16', 1],
  ['bfloat16', 2],
]);

/** Operands become bfloat16 as they are packed, where the processor multiplies such numbers; sums are not rounded. */
const ROUNDED_OPERANDS_CODE = 3;

/** Whether the addon multiplies numbers of this dtype: float32, and the half floats that are kept as float32. */
export const isProductDType = (dtype: DType): boolean => ROUNDING_CODES.has(dtype);

export function encodeProductCall({
  accumulates,
  dtype,
  operands,
  epilogue,
}: ProductPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.push(PRODUCTS);
  words.pushFlag(accumulates);
  words.push(operands === undefined ? (ROUNDING_CODES.get(dtype) ?? 0) : ROUNDED_OPERANDS_CODE);
  encodeEpilogue(epilogue, words);
  return words.finish();
}
