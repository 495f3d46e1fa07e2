/**
 * Scatters, sorting and scans: what calls are taken.
 */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '@hadal/core/backend';
import type { CompositeAttributes, NodeOf } from '@hadal/core/graph';
import { AXES_BYTES, MOST_AXES } from '../machine';

export interface IndexedPayload {
  readonly kind: 'indexed';
  readonly operation: 'scatter' | 'argsort' | 'scan';
  /** The element type of the operand. */
  readonly dtype: string;
  /** How a scatter combines: add, set, max, min or mul; the name of a scan; undefined for a sort. */
  readonly combine: string | number | boolean | readonly number[] | undefined;
}

/** Bytes of an index, of an entry of a table, and of an element that is no byte. */
export const BYTES = 4;
/** A count for each value of a byte, and twice a key and an index for each element. */
export const HISTOGRAM_BYTES = BYTES * 256;
export const PAIR_BYTES = 8;
/** Three tables for the indices, two for the elements of a row. */
const INDEX_TABLES = 3;
const ROW_TABLES = 2;

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

const has32Bits = ({ dtype }: OperandView): boolean => dtype === 'float32' || dtype === 'int32';

export function matchIndexed(
  node: NodeOf<'scatterAdd'> | NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
): LibraryMatch | undefined {
  const [operand, indices, updates] = operands;
  const isComposite = node.op === 'composite';
  const name = isComposite ? node.attributes.definition.name : node.op;
  const attributes: CompositeAttributes = isComposite
    ? node.attributes.attributes
    : { axis: node.attributes.axis, kind: 'add' };
  const { axis, batch, descending, reverse, kind } = attributes;
  const isScan = name.startsWith('cum');
  const operation = name === 'argsort' ? name : isScan ? 'scan' : 'scatter';
  if (typeof axis !== 'number' || operand === undefined) return undefined;
  if (operands.some(({ shape }) => shape.length > MOST_AXES)) return undefined;
  const extent = operand.shape[axis] ?? 0;
  let workspaceBytes = HISTOGRAM_BYTES + 2 * PAIR_BYTES * extent;
  if (operation === 'argsort') {
    if (!has32Bits(operand) && operand.dtype !== 'uint8' && operand.dtype !== 'bool') return undefined;
  } else {
    if (!has32Bits(operand)) return undefined;
    workspaceBytes = AXES_BYTES + BYTES * ROW_TABLES * sizeOf(operand.shape.slice(axis + 1));
    if (!isScan) {
      if (indices?.storage !== 'i32' || updates?.dtype !== operand.dtype) return undefined;
      workspaceBytes += BYTES * INDEX_TABLES * sizeOf(indices.shape);
    }
  }
  const payload: IndexedPayload = {
    kind: 'indexed',
    operation,
    dtype: operand.dtype,
    combine: isScan ? name : kind,
  };
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name,
      key: JSON.stringify(payload),
      integers: [
        axis,
        Number(batch ?? descending ?? reverse ?? 0),
        ...operands.flatMap(({ shape, offset, strides }) => [offset, shape.length, ...shape, ...strides]),
      ],
      epilogue,
      workspaceBytes,
      payload,
    }),
  };
}
