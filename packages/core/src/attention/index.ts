/**
 * Entry point for backends with kernels for attention and its gradient: which calls are taken, and how one is described.
 */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '../backend/library';
import type { NodeOf } from '../graph/node';

/** The payload of a call: plain data. */
export interface AttentionPayload {
  readonly kind: 'attention';
  readonly isGradient: boolean;
  readonly scale: number;
}

export const isAttentionPayload = (payload: unknown): payload is AttentionPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'attention';

/** How large the matrices of a call are. */
export interface AttentionExtents {
  readonly queries: number;
  readonly keys: number;
  /** Features of queries and keys, and of values. */
  readonly depth: number;
  readonly width: number;
}

/** Offset, strides along the batch, of rows and of columns. */
function placeOf(
  { shape, offset, strides }: OperandView,
  batch: readonly number[],
  [rows, columns]: readonly number[],
): number[] {
  const rank = batch.length + 2;
  const added = rank - shape.length;
  const extents = [...batch, rows, columns];
  const along = extents.map((extent, axis) =>
    axis < added || shape[axis - added] !== extent ? 0 : (strides[axis - added] ?? 0),
  );
  return [offset, ...along];
}

const isFloat32 = ({ dtype, storage }: OperandView): boolean => dtype === 'float32' && storage === 'f32';

/**
 * Takes float32 operands with a mask of bytes, in the order of the composite's inputs.
 *
 * A call's integers are whether it is causal and has a mask, the numbers of queries, keys, features and values, the batch
 * (its rank and extents), and the offset and strides of each operand, 0 along axes on which it is repeated.
 *
 * @param workspaceBytes scratch memory of a call
 * @returns undefined for other composites, other dtypes and a mask that is added
 */
export function matchAttention(
  node: NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
  workspaceBytes: (payload: AttentionPayload, extents: AttentionExtents) => number,
): LibraryMatch | undefined {
  const { definition, attributes } = node.attributes;
  const isGradient = definition.name === 'attentionGradient';
  if (!isGradient && definition.name !== 'attention') return undefined;
  const { causal, scale } = attributes;
  const [query, key, value] = operands;
  if (query === undefined || key === undefined || value === undefined || typeof scale !== 'number')
    return undefined;
  const matrices = operands.slice(0, isGradient ? 4 : 3);
  const mask = operands[matrices.length];
  if (!matrices.every(isFloat32) || (mask !== undefined && mask.storage !== 'u8')) return undefined;
  const batch = isGradient ? query.shape.slice(0, -2) : node.shape.slice(0, -2);
  const [queries = 0, depth = 0] = query.shape.slice(-2);
  const [keys = 0, width = 0] = value.shape.slice(-2);
  const extents = [
    [queries, depth],
    [keys, depth],
    [keys, width],
    [queries, width],
  ];
  const payload: AttentionPayload = { kind: 'attention', isGradient, scale };
  const integers = [
    causal === true ? 1 : 0,
    mask === undefined ? 0 : 1,
    ...[queries, keys, depth, width, batch.length, ...batch],
    ...matrices.flatMap((matrix, i) => placeOf(matrix, batch, extents[i] ?? [])),
    ...(mask === undefined ? [] : placeOf(mask, batch, [queries, keys])),
  ];
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name: definition.name,
      key: JSON.stringify(payload),
      integers,
      epilogue,
      workspaceBytes: workspaceBytes(payload, { queries, keys, depth, width }),
      payload,
    }),
  };
}
