/** Attention and its gradient: which are taken, and as which call. */
import { attentionForm } from '@hadal/core/attention';
import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import type { LibraryTraits } from '../traits';
import { type AttentionCode, argumentsOf, operandNames, readsVectors } from './operands';

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

/** @returns undefined for what core's form does not have, rows that are long or empty, and too few bindings */
export function matchAttention(
  { node, operands }: LibraryRequest,
  { isSoftware, maxBindings }: LibraryTraits,
): LibraryMatch | undefined {
  const form = node.op === 'composite' ? attentionForm(node, operands) : undefined;
  if (form === undefined) return undefined;
  const { name, isGradient, isCausal, scale, batch, matrices, mask } = form;
  const { queries, keys, depth, width } = form.extents;
  const isShort = (columns: number): boolean => columns > 0 && columns <= MOST_COLUMNS;
  if (!isShort(depth) || !isShort(width) || operands.length + 2 > maxBindings) return undefined;
  const code: AttentionCode = {
    kind: 'attention',
    isGradient,
    isCausal,
    isMasked: mask !== undefined,
    depth,
    width,
    axes: batch.length,
    vectors: operandNames(isGradient).filter((_, i) => {
      const matrix = matrices[i];
      return matrix !== undefined && readsVectors(matrix.place, matrix.columns);
    }),
    rows: isSoftware ? ROWS_SOFTWARE : 1,
    invocations: isSoftware ? INVOCATIONS_SOFTWARE : INVOCATIONS_GPU,
    isShared: !isSoftware,
  };
  const heads = batch.reduce((total, extent) => total * extent, 1);
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name,
      key: JSON.stringify(code),
      integers: argumentsOf({ queries, keys, scale }, batch, [
        ...matrices.map(({ place }) => place),
        ...(mask === undefined ? [] : [mask]),
      ]),
      epilogue,
      workspaceBytes: isGradient ? Math.max(1, heads * queries) * KEPT_BYTES : 0,
      payload: code,
    }),
  };
}
