/** Matrix products and convolutions: which are taken, and as which call. */
import type {
  Epilogue,
  EpilogueLimits,
  LibraryCall,
  LibraryMatch,
  LibraryRequest,
} from '@hadal/core/backend';
import { matchDot, type ProductMatch } from '@hadal/core/products';
import { rareCalls } from '../rare';
import type { LibraryTraits } from '../traits';
import { layOut } from './layout';
import type { ProductCode } from './shader';

export interface ProductPayload extends ProductCode {
  readonly kind: 'products';
}

export const isProductPayload = (payload: unknown): payload is ProductPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'products';

/** Every workgroup looks for its product among the others, and their records are words of one uniform. */
const MOST_PRODUCTS = 64;

/** Two operands, and the parts of split sums. */
const OWN_BINDINGS = 3;

/** What may be fused within the bindings that a dispatch has. */
function withinBindings(limits: EpilogueLimits, { maxBindings }: LibraryTraits): EpilogueLimits {
  const free = maxBindings - OWN_BINDINGS;
  const outputs = Math.min(limits.outputs, Math.max(1, Math.floor(free / 3)));
  return { ...limits, outputs, sideInputs: Math.min(limits.sideInputs, free - outputs) };
}

const NOTHING: Epilogue = { sideInputs: [], scalars: [], body: [], outputs: [] };

function matchOf({ node, operands }: LibraryRequest): ProductMatch | undefined {
  switch (node.op) {
    case 'dot':
      return matchDot(node, operands);
    case 'conv':
      return rareCalls().matchConv(node, operands);
    default:
      return undefined;
  }
}

/** @returns undefined for other dtypes than float32, and for convolutions of too many parts */
export function matchProducts(request: LibraryRequest, traits: LibraryTraits): LibraryMatch | undefined {
  const { node, operands } = request;
  if (node.dtype !== 'float32' || operands.some(({ dtype }) => dtype !== 'float32')) return undefined;
  const match = matchOf(request);
  if (match === undefined || match.plan(NOTHING).products.length > MOST_PRODUCTS) return undefined;
  return {
    epilogue: withinBindings(match.epilogue, traits),
    stridedOutput: match.stridedOutput,
    operandSums: match.operandSums,
    call: (epilogue, outputStrides, withSums = false): LibraryCall => {
      const planned = match.plan(epilogue, outputStrides, withSums);
      const { structure, integers, workspaceBytes } = layOut(planned.products, traits);
      const payload: ProductPayload = { kind: 'products', structure, epilogue: planned.epilogue };
      return {
        kind: 'library',
        name: withSums ? `${match.name} and sums` : match.name,
        key: JSON.stringify(payload),
        integers,
        epilogue,
        workspaceBytes,
        payload,
      };
    },
  };
}
