/**
 * Scatters, sorting and scans: what calls are taken, and the workspace that they need.
 */
import type { LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import type { NodeOf } from '@hadal/core/graph';
import { matchIndexed as match } from '@hadal/core/indexed';
import { AXES_BYTES, MOST_AXES } from '../machine';

/** Bytes of an index, of an entry of a table, and of an element that is no byte. */
export const BYTES = 4;
/** A count for each value of a byte, and twice a key and an index for each element. */
export const HISTOGRAM_BYTES = BYTES * 256;
export const PAIR_BYTES = 8;
/** Three tables for the indices, two for the elements of a row. */
const INDEX_TABLES = 3;
const ROW_TABLES = 2;

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

export function matchIndexed(
  node: NodeOf<'scatterAdd'> | NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
): LibraryMatch | undefined {
  if (operands.some(({ shape }) => shape.length > MOST_AXES)) return undefined;
  const [operand, indices] = operands.map(({ shape }) => shape);
  return match(node, operands, (operation, axis) => {
    if (operation === 'argsort') return HISTOGRAM_BYTES + 2 * PAIR_BYTES * (operand?.[axis] ?? 0);
    const rows = AXES_BYTES + BYTES * ROW_TABLES * sizeOf(operand?.slice(axis + 1) ?? []);
    return operation === 'scan' ? rows : rows + BYTES * INDEX_TABLES * sizeOf(indices ?? []);
  });
}
