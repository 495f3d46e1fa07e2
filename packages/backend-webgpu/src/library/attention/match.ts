/** Attention and its gradient: which are taken, and as which call. */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '@hadal/core/backend';
import type { LibraryTraits } from '../traits';
import { type AttentionCode, argumentsOf, operandNames, placeOf, readsVectors } from './operands';

export const isAttentionCode = (payload: unknown): payload is AttentionCode =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'attention';

/** Longer rows do not fit into the registers of an invocation. */
const MOST_COLUMNS = 128;

/** How rows are dealt out: a rasterizer reads a key for several queries at once, a GPU has many invocations instead. */
const ROWS_SOFTWARE = 4;
const INVOCATIONS_SOFTWARE = 8;
const INVOCATIONS_GPU = 64;

/** Greatest, factor, mean product and one number that is not used, for each query. */
const KEPT_BYTES = 16;

const isFloat32 = ({ dtype, storage }: OperandView): boolean => dtype === 'float32' && storage === 'f32';

/** @returns undefined for other composites, other dtypes, a mask that is added, rows that are long or empty, and too few bindings */
export function matchAttention(
  { node, operands }: LibraryRequest,
  { isSoftware, maxBindings }: LibraryTraits,
): LibraryMatch | undefined {
  if (node.op !== 'composite') return undefined;
  const { definition, attributes } = node.attributes;
  const isGradient = definition.name === 'attentionGradient';
  if (!isGradient && definition.name !== 'attention') return undefined;
  const { causal, scale } = attributes;
  const [query, key, value] = operands;
  if (query === undefined || key === undefined || value === undefined || typeof scale !== 'number')
    return undefined;
  const names = operandNames(isGradient);
  const matrices = operands.slice(0, names.length);
  const mask = operands[names.length];
  if (!matrices.every(isFloat32) || (mask !== undefined && mask.dtype !== 'bool')) return undefined;
  const batch = isGradient ? query.shape.slice(0, -2) : node.shape.slice(0, -2);
  const [queries = 0, depth = 0] = query.shape.slice(-2);
  const [keys = 0, width = 0] = value.shape.slice(-2);
  const isShort = (columns: number): boolean => columns > 0 && columns <= MOST_COLUMNS;
  if (!isShort(depth) || !isShort(width) || operands.length + 2 > maxBindings) return undefined;
  const extents: readonly (readonly [number, number])[] = [
    [queries, depth],
    [keys, depth],
    [keys, width],
    [queries, width],
  ];
  const extentsOf = (i: number): readonly [number, number] => extents[i] ?? [0, 0];
  const places = matrices.map((matrix, i) => placeOf(matrix, batch, extentsOf(i)));
  const code: AttentionCode = {
    kind: 'attention',
    isGradient,
    isCausal: causal === true,
    isMasked: mask !== undefined,
    depth,
    width,
    axes: batch.length,
    vectors: names.filter((_, i) => readsVectors(places[i] ?? [], extentsOf(i)[1])),
    rows: isSoftware ? ROWS_SOFTWARE : 1,
    invocations: isSoftware ? INVOCATIONS_SOFTWARE : INVOCATIONS_GPU,
    isShared: !isSoftware,
  };
  const heads = batch.reduce((total, extent) => total * extent, 1);
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name: definition.name,
      key: JSON.stringify(code),
      integers: argumentsOf({ queries, keys, scale }, batch, [
        ...places,
        ...(mask === undefined ? [] : [placeOf(mask, batch, [queries, keys])]),
      ]),
      epilogue,
      workspaceBytes: isGradient ? Math.max(1, heads * queries) * KEPT_BYTES : 0,
      payload: code,
    }),
  };
}
