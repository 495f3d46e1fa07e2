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

/** Where a matrix lies: offset, strides along the batch, of rows and of columns; 0 along axes on which it is repeated. */
export type MatrixPlace = readonly number[];

/** What a composite of attention or of its gradient computes, and on what. */
export interface AttentionForm {
  /** That of the composite. */
  readonly name: string;
  readonly isGradient: boolean;
  readonly isCausal: boolean;
  readonly scale: number;
  readonly extents: AttentionExtents;
  readonly batch: readonly number[];
  /** Queries, keys, values and, of the gradient, the cotangent. */
  readonly matrices: readonly { readonly place: MatrixPlace; readonly columns: number }[];
  readonly mask: MatrixPlace | undefined;
}

function placeOf(
  { shape, offset, strides }: OperandView,
  batch: readonly number[],
  rows: number,
  columns: number,
): MatrixPlace {
  const added = batch.length + 2 - shape.length;
  const along = [...batch, rows, columns].map((extent, axis) =>
    axis < added || shape[axis - added] !== extent ? 0 : (strides[axis - added] ?? 0),
  );
  return [offset, ...along];
}

const isFloat32 = ({ dtype, storage }: OperandView): boolean => dtype === 'float32' && storage === 'f32';

/** @returns undefined for other composites, operands of other dtypes than float32 and a mask that is added */
export function attentionForm(
  node: NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
): AttentionForm | undefined {
  const { definition, attributes } = node.attributes;
  const { name } = definition;
  const isGradient = name === 'attentionGradient';
  if (!isGradient && name !== 'attention') return undefined;
  const { causal, scale } = attributes;
  const [query, key, value] = operands;
  if (query === undefined || key === undefined || value === undefined || typeof scale !== 'number')
    return undefined;
  const views = operands.slice(0, isGradient ? 4 : 3);
  const mask = operands[views.length];
  if (!views.every(isFloat32) || (mask !== undefined && mask.dtype !== 'bool')) return undefined;
  const batch = isGradient ? query.shape.slice(0, -2) : node.shape.slice(0, -2);
  const [queries = 0, depth = 0] = query.shape.slice(-2);
  const [keys = 0, width = 0] = value.shape.slice(-2);
  const rows = [queries, keys, keys, queries];
  const columns = [depth, depth, width, width];
  return {
    name,
    isGradient,
    isCausal: causal === true,
    scale,
    extents: { queries, keys, depth, width },
    batch,
    matrices: views.map((view, i) => ({
      place: placeOf(view, batch, rows[i] ?? 0, columns[i] ?? 0),
      columns: columns[i] ?? 0,
    })),
    mask: mask && placeOf(mask, batch, queries, keys),
  };
}

/**
 * Takes what {@link attentionForm} reads, in the order of the composite's inputs.
 *
 * A call's integers are whether it is causal and has a mask, the numbers of queries, keys, features and values, the batch
 * (its rank and extents), and the places of the operands.
 *
 * @param workspaceBytes scratch memory of a call
 */
export function matchAttention(
  node: NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
  workspaceBytes: (payload: AttentionPayload, extents: AttentionExtents) => number,
): LibraryMatch | undefined {
  const form = attentionForm(node, operands);
  if (form === undefined) return undefined;
  const { name, isGradient, isCausal, scale, extents, batch, matrices, mask } = form;
  const { queries, keys, depth, width } = extents;
  const payload: AttentionPayload = { kind: 'attention', isGradient, scale };
  const integers = [
    isCausal ? 1 : 0,
    mask === undefined ? 0 : 1,
    ...[queries, keys, depth, width, batch.length, ...batch],
    ...matrices.flatMap(({ place }) => place),
    ...(mask ?? []),
  ];
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name,
      key: JSON.stringify(payload),
      integers,
      epilogue,
      workspaceBytes: workspaceBytes(payload, extents),
      payload,
    }),
  };
}
