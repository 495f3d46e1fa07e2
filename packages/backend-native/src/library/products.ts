/** Library calls that are lists of products: what the addon is told. */
import type { ProductPayload } from '@hadal/core/products';
import { WordWriter } from '../words';
import { encodeEpilogue } from './epilogue';
import { PRODUCTS } from './kinds';

export function encodeProductCall({ epilogue }: ProductPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.push(PRODUCTS);
  encodeEpilogue(epilogue, words);
  return words.finish();
}
