/** Gather of whole rows and scatter-add: what calls are taken, and their arguments. */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '@hadal/core/backend';
import type { NodeOf } from '@hadal/core/graph';
import { AXES_BYTES, MOST_AXES } from '../machine';
import { ArgumentReader, type Axis, axis, count, encodeAxes, merge } from '../product';

/** Shorter rows than this are gathered by generated code, which can fuse what follows. */
const LEAST_ROW = 8;

/**
 * A call in terms of axes. `left` strides are the operand's, `right` strides the updates' (and, along `indices`, the
 * index operand's are in `output`).
 */
export interface IndexedCall {
  readonly operation: 'gather' | 'scatterAdd';
  readonly integer: boolean;
  readonly operandOffset: number;
  readonly indexOffset: number;
  readonly updateOffset: number;
  /** Extent of the indexed axis and the operand's stride along it. */
  readonly extent: number;
  readonly operandStride: number;
  readonly outer: readonly Axis[];
  readonly indices: readonly Axis[];
  readonly inner: readonly Axis[];
}

/** Where a call's tables lie in its workspace, in bytes. */
export interface IndexedLayout {
  readonly axes: number;
  readonly indexOffsets: number;
  readonly indices: number;
  readonly updateRows: number;
  readonly operandInner: number;
  readonly updateInner: number;
  readonly bytes: number;
}

export function indexedLayout({ indices, inner }: IndexedCall): IndexedLayout {
  const indexBytes = 4 * count(indices);
  const innerBytes = 4 * count(inner);
  const indexOffsets = AXES_BYTES;
  const packed = indexOffsets + indexBytes;
  const updateRows = packed + indexBytes;
  const operandInner = updateRows + indexBytes;
  const updateInner = operandInner + innerBytes;
  const bytes = updateInner + innerBytes;
  return { axes: 0, indexOffsets, indices: packed, updateRows, operandInner, updateInner, bytes };
}

export interface IndexedPayload {
  readonly kind: 'indexed';
}

export const isIndexedPayload = (payload: unknown): payload is IndexedPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'indexed';

const has32Bits = ({ storage }: OperandView): boolean => storage === 'f32' || storage === 'i32';

/** Axes of the operand from `start` to `end`, with the updates' strides beside them. */
const operandAxes = (
  operand: OperandView,
  updates: OperandView | undefined,
  from: number,
  to: number,
  shift: number,
): Axis[] =>
  operand.shape
    .slice(from, to)
    .map((extent, i) =>
      axis(extent, { left: operand.strides[from + i], right: updates?.strides[from + shift + i] ?? 0 }),
    );

export function matchIndexed(
  node: NodeOf<'gather'> | NodeOf<'scatterAdd'>,
  [operand, indices, updates]: LibraryRequest['operands'],
): LibraryMatch | undefined {
  if (operand === undefined || indices === undefined) return undefined;
  if (!has32Bits(operand) || indices.storage !== 'i32') return undefined;
  if (node.op === 'scatterAdd' && updates?.storage !== operand.storage) return undefined;
  const { axis: at } = node.attributes;
  const extent = operand.shape[at] ?? 0;
  const rank = operand.shape.length;
  const indexRank = indices.shape.length;
  const call: IndexedCall = {
    operation: node.op,
    integer: operand.storage === 'i32',
    operandOffset: operand.offset,
    indexOffset: indices.offset,
    updateOffset: updates?.offset ?? 0,
    extent,
    operandStride: operand.strides[at] ?? 0,
    outer: merge(operandAxes(operand, updates, 0, at, 0)),
    indices: indices.shape.map((length, i) =>
      axis(length, { output: indices.strides[i], right: updates?.strides[at + i] ?? 0 }),
    ),
    inner: merge(operandAxes(operand, updates, at + 1, rank, indexRank - 1)),
  };
  if (Math.max(call.outer.length, call.indices.length, call.inner.length) > MOST_AXES) return undefined;
  if (node.op === 'gather') {
    const [row, ...more] = call.inner;
    if (row?.left !== 1 || more.length > 0 || row.extent < LEAST_ROW || extent === 0) return undefined;
  }
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name: node.op,
      key: 'indexed',
      integers: encodeIndexed(call),
      epilogue,
      workspaceBytes: indexedLayout(call).bytes,
      payload: { kind: 'indexed' } satisfies IndexedPayload,
    }),
  };
}

const NUMBERS = ['operandOffset', 'indexOffset', 'updateOffset', 'extent', 'operandStride'] as const;

const encodeIndexed = (call: IndexedCall): number[] => [
  call.operation === 'gather' ? 0 : 1,
  call.integer ? 1 : 0,
  ...NUMBERS.map((name) => call[name]),
  ...[call.outer, call.indices, call.inner].flatMap(encodeAxes),
];

export function decodeIndexed(integers: ArrayLike<number>): IndexedCall {
  const reader = new ArgumentReader(integers);
  return {
    operation: reader.next() === 0 ? 'gather' : 'scatterAdd',
    integer: reader.next() === 1,
    ...reader.record(NUMBERS),
    outer: reader.axes(),
    indices: reader.axes(),
    inner: reader.axes(),
  };
}
