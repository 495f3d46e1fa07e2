/** Scatter-add: what calls are taken, and their arguments. Its code (./run.ts) is loaded with the first call. */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '@hadal/core/backend';
import type { NodeOf } from '@hadal/core/graph';
import { AXES_BYTES, MOST_AXES } from '../machine';
import { type Axis, axis, count, encodeAxes, merge } from '../product';

/**
 * A call in terms of axes. `left` strides are the operand's, `right` strides the updates' (and, along `indices`, the
 * index operand's are in `output`).
 */
export interface ScatterAddCall {
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
export interface ScatterAddLayout {
  readonly axes: number;
  readonly indexOffsets: number;
  readonly indices: number;
  readonly updateRows: number;
  readonly operandInner: number;
  readonly updateInner: number;
  readonly bytes: number;
}

export function scatterAddLayout({ indices, inner }: ScatterAddCall): ScatterAddLayout {
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

export interface ScatterAddPayload {
  readonly kind: 'scatterAdd';
}

export const isScatterAddPayload = (payload: unknown): payload is ScatterAddPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'scatterAdd';

const has32Bits = ({ storage }: OperandView): boolean => storage === 'f32' || storage === 'i32';

/** Axes of the operand from `start` to `end`, with the updates' strides beside them. */
const operandAxes = (
  operand: OperandView,
  updates: OperandView,
  from: number,
  to: number,
  shift: number,
): Axis[] =>
  operand.shape
    .slice(from, to)
    .map((extent, i) =>
      axis(extent, { left: operand.strides[from + i], right: updates.strides[from + shift + i] ?? 0 }),
    );

export function matchScatterAdd(
  node: NodeOf<'scatterAdd'>,
  [operand, indices, updates]: LibraryRequest['operands'],
): LibraryMatch | undefined {
  if (operand === undefined || indices === undefined || updates === undefined) return undefined;
  if (!has32Bits(operand) || indices.storage !== 'i32') return undefined;
  if (updates.storage !== operand.storage) return undefined;
  const { axis: at } = node.attributes;
  const extent = operand.shape[at] ?? 0;
  const rank = operand.shape.length;
  const indexRank = indices.shape.length;
  const call: ScatterAddCall = {
    integer: operand.storage === 'i32',
    operandOffset: operand.offset,
    indexOffset: indices.offset,
    updateOffset: updates.offset,
    extent,
    operandStride: operand.strides[at] ?? 0,
    outer: merge(operandAxes(operand, updates, 0, at, 0)),
    indices: indices.shape.map((length, i) =>
      axis(length, { output: indices.strides[i], right: updates.strides[at + i] ?? 0 }),
    ),
    inner: merge(operandAxes(operand, updates, at + 1, rank, indexRank - 1)),
  };
  if (Math.max(call.outer.length, call.indices.length, call.inner.length) > MOST_AXES) return undefined;
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name: node.op,
      key: 'scatterAdd',
      integers: encodeScatterAdd(call),
      epilogue,
      workspaceBytes: scatterAddLayout(call).bytes,
      payload: { kind: 'scatterAdd' } satisfies ScatterAddPayload,
    }),
  };
}

/** Plain numbers of a call, in the order in which they travel. */
export const NUMBERS = ['operandOffset', 'indexOffset', 'updateOffset', 'extent', 'operandStride'] as const;

const encodeScatterAdd = (call: ScatterAddCall): number[] => [
  call.integer ? 1 : 0,
  ...NUMBERS.map((name) => call[name]),
  ...[call.outer, call.indices, call.inner].flatMap(encodeAxes),
];
