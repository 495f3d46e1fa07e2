/** Library calls that are lists of products, as the scheduler is offered them. */
import type { Epilogue, LibraryCall, LibraryMatch } from '../backend/library';
import type { DType } from '../dtype';
import type { RoundedOperands } from '../graph/node';
import type { ProductMatch } from './matched';
import { encodeProducts, type Product } from './product';

/** The payload of a call: plain data, since an executor may live in another thread. */
export interface ProductPayload {
  readonly kind: 'products';
  /** Whether products add to each other's sums, as `ProductCall` says. */
  readonly accumulates: boolean;
  /** Of the operands, and of the sums once they are rounded. */
  readonly dtype: DType;
  /** What float32 operands may be rounded to. */
  readonly operands: RoundedOperands | undefined;
  /** The epilogue in the terms of the products. */
  readonly epilogue: Epilogue;
}

export const isProductPayload = (payload: unknown): payload is ProductPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'products';

/**
 * A match as the scheduler wants it. A call's integers are its products (`decodeProducts`).
 *
 * @param workspaceBytes scratch memory that a backend needs for these products
 * @param dtype          of the operands, which is that of the node
 * @param operands       what operands of float32 are rounded to
 */
export const productMatch = (
  match: ProductMatch,
  workspaceBytes: (products: readonly Product[]) => number,
  dtype: DType = 'float32',
  operands?: RoundedOperands,
): LibraryMatch => ({
  epilogue: match.epilogue,
  stridedOutput: match.stridedOutput,
  // Half floats lie packed in pairs.
  operandSums: dtype === 'float32' && operands === undefined ? match.operandSums : undefined,
  call: (epilogue, outputStrides, withSums = false): LibraryCall => {
    const call = match.plan(epilogue, outputStrides, withSums);
    const { accumulates } = call;
    return {
      kind: 'library',
      name: withSums ? `${match.name} and sums` : match.name,
      key: `product ${dtype} ${operands} ${accumulates} ${JSON.stringify(call.epilogue)}`,
      integers: encodeProducts(call.products),
      epilogue,
      workspaceBytes: workspaceBytes(call.products),
      payload: {
        kind: 'products',
        accumulates,
        dtype,
        operands,
        epilogue: call.epilogue,
      } satisfies ProductPayload,
    };
  },
});
