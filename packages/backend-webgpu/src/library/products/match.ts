/** Matrix products and convolutions: which are taken, and as which call. */
import type {
  Epilogue,
  EpilogueLimits,
  LibraryCall,
  LibraryMatch,
  LibraryRequest,
  OperandView,
} from '@hadal/core/backend';
import { matchDot, type ProductCall, type ProductMatch } from '@hadal/core/products';
import { rareCalls } from '../rare';
import type { LibraryTraits } from '../traits';
import { type Given, largestSize, layOut } from './layout';
import type { LaidOut, MadeShaders } from './reuse';
import type { ProductCode } from './shader';
import type { TileTuning } from './tuning';

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

/** Elements that the buffer of an operand has at least. */
const elementsOf = ({ shape, offset, strides }: OperandView): number =>
  shape.reduce((last, extent, i) => last + Math.max(0, (extent - 1) * (strides[i] ?? 0)), offset + 1);

/** How products are dealt out beside the rules. */
export interface TileSources {
  /** Shaders that were made before. */
  readonly made: MadeShaders;
  /** Tiles that are measured, where they are to be. */
  readonly tuning?: TileTuning | undefined;
}

/** @param like what is taken over in place of what rules say */
export function callOf(
  name: string,
  { products, epilogue: planned }: Pick<ProductCall, 'products' | 'epilogue'>,
  epilogue: Epilogue,
  traits: LibraryTraits,
  like?: Given,
): LaidOut {
  const layout = layOut(products, traits, like);
  const { structure, integers, workspaceBytes } = layout;
  const payload: ProductPayload = { kind: 'products', structure, epilogue: planned };
  const key = JSON.stringify(payload);
  return { call: { kind: 'library', name, key, integers, epilogue, workspaceBytes, payload }, layout };
}

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
export function matchProducts(
  request: LibraryRequest,
  traits: LibraryTraits,
  { made, tuning }: TileSources,
): LibraryMatch | undefined {
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
      const name = withSums ? `${match.name} and sums` : match.name;
      const size = largestSize(planned.products);
      if (tuning === undefined) {
        return made.pick(size, (axes) =>
          callOf(name, planned, epilogue, traits, axes && { tile: axes.tile, axes }),
        );
      }
      const operandElements = operands.map(elementsOf);
      const tile = tuning.tileOf({ products: planned.products, size, operandElements }, traits);
      return callOf(name, planned, epilogue, traits, { tile }).call;
    },
  };
}
