/** Library calls that are lists of products, as the scheduler is offered them. */
import type { Epilogue, LibraryCall, LibraryMatch } from '../backend/library';
import type { ProductMatch } from './matched';
import { encodeProducts, type Product } from './product';

/** The payload of a call: plain data, since an executor may live in another thread. */
export interface ProductPayload {
  readonly kind: 'products';
  /** The epilogue in the terms of the products. */
  readonly epilogue: Epilogue;
}

export const isProductPayload = (payload: unknown): payload is ProductPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'products';

/**
 * A match as the scheduler wants it. A call's integers are its products (`decodeProducts`).
 *
 * @param workspaceBytes scratch memory that a backend needs for these products
 */
export const productMatch = (
  match: ProductMatch,
  workspaceBytes: (products: readonly Product[]) => number,
): LibraryMatch => ({
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
      workspaceBytes: workspaceBytes(call.products),
      payload: { kind: 'products', epilogue: call.epilogue } satisfies ProductPayload,
    };
  },
});
