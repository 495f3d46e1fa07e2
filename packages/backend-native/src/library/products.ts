/** Library calls that are lists of products: what core is offered, and what the addon is told. */
import type { Epilogue, LibraryCall, LibraryMatch } from '@hadal/core/backend';
import { encodeProducts, type ProductMatch } from '@hadal/core/products';
import { WordWriter } from '../words';
import { encodeEpilogue } from './epilogue';
import { PRODUCTS } from './kinds';

export interface ProductPayload {
  readonly kind: 'products';
  /** The epilogue in the terms of the products. */
  readonly epilogue: Epilogue;
}

export const isProductPayload = (payload: unknown): payload is ProductPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'products';

/** A match as the scheduler wants it. Scratch memory belongs to the addon's threads. */
export const productMatch = (match: ProductMatch): LibraryMatch => ({
  epilogue: match.epilogue,
  stridedOutput: match.stridedOutput,
  call: (epilogue, outputStrides): LibraryCall => {
    const call = match.plan(epilogue, outputStrides);
    return {
      kind: 'library',
      name: match.name,
      key: `product ${JSON.stringify(call.epilogue)}`,
      integers: encodeProducts(call.products),
      epilogue,
      workspaceBytes: 0,
      payload: { kind: 'products', epilogue: call.epilogue } satisfies ProductPayload,
    };
  },
});

export function encodeProductCall({ epilogue }: ProductPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.push(PRODUCTS);
  encodeEpilogue(epilogue, words);
  return words.finish();
}
