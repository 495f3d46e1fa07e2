/**
 * How a product is cut into blocks that fit the caches, and where its parts lie in the workspace.
 *
 * Everything here follows from the sizes alone: the order in which one element's terms are added never depends on how
 * blocks are later dealt out to threads.
 */

import { count, type Product, singleRightStride } from '@hadal/core/products';
import { AXES_BYTES } from '../machine';

/** 6 × 8: 12 accumulators of four lanes leave 3 of the 15 vector registers for two right values and one left value. */
export const TILE_ROWS = 6;
export const TILE_COLUMNS = 8;
export const TILE_BYTES = TILE_ROWS * TILE_COLUMNS * 4;

/** A one-row product runs over tiles this wide: 8 accumulators hide the latency of the multiply-add. */
export const WIDE_TILE_COLUMNS = 32;

/** Inner block: a left and a right panel of it (9 + 12 KiB) lie in the first-level cache together. */
const MOST_INNER = 384;
/** The same for right panels in place, which take whole cache lines. */
const MOST_INNER_UNPACKED = 192;
/** Rows of one packed left block (at most 144 KiB: half of a small second-level cache). */
const MOST_ROWS = 96;
/** Elements of one packed right block (2 MiB). */
const MOST_RIGHT_ELEMENTS = 512 * 1024;
const MOST_COLUMNS = 1024;
const LEAST_COLUMNS = 64;
/** With this few rows, packing the right operand costs more than reading it where it lies. */
const MOST_ROWS_UNPACKED = 3 * TILE_ROWS;

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Cuts `total` into the fewest equal blocks of at most `most`, rounded up to `step`. */
const blockOf = (total: number, most: number, step: number): number => {
  const blocks = Math.max(1, Math.ceil(total / most));
  return Math.max(step, roundUp(Math.ceil(total / blocks), step));
};

/** How the right operand is read. */
export type RightAccess =
  /** Packed into panels of `TILE_COLUMNS`. */
  | 'packed'
  /** Rows of contiguous columns at one stride, read in place. */
  | 'rows'
  /** Contiguous along `inner`, read in place; only with one row. */
  | 'dots';

export interface Blocking {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly access: RightAccess;
  /** Sizes of one block. The inner block may be 0 when there is nothing to sum. */
  readonly rowBlock: number;
  readonly columnBlock: number;
  readonly innerBlock: number;
  readonly innerBlocks: number;
  /** Byte offsets into the workspace. */
  readonly axes: number;
  /** A 1, of which the left operand of a product for sums consists. */
  readonly one: number;
  readonly leftInner: number;
  readonly leftStretches: number;
  readonly rightInner: number;
  readonly rightStretches: number;
  readonly rightColumns: number;
  readonly leftRows: number;
  readonly outputRows: number;
  readonly rowIndices: number;
  readonly tiles: number;
  readonly left: number;
  readonly right: number;
  readonly bytes: number;
}

/** The bits of 1 as a float. */
export const ONE_BITS = 0x3f800000;

/** The floor under `tiles`: one tile, or one wide tile. */
const LEAST_TILES_BYTES = Math.max(TILE_BYTES, WIDE_TILE_COLUMNS * 4);

function accessOf(product: Product, rows: number): RightAccess {
  const [column, ...moreColumns] = product.columns;
  const innerStride = singleRightStride(product.inner);
  if (moreColumns.length > 0 || innerStride === undefined) return 'packed';
  if (rows <= MOST_ROWS_UNPACKED && (column === undefined || column.right === 1)) return 'rows';
  if (rows === 1 && innerStride === 1) return 'dots';
  return 'packed';
}

/** Decides the blocks of a simplified product. */
export function blockingOf(product: Product): Blocking {
  const rows = count(product.rows);
  const columns = count(product.columns);
  const inner = count(product.inner);
  const access = accessOf(product, rows);

  const mostInner = access === 'rows' ? MOST_INNER_UNPACKED : MOST_INNER;
  const innerBlock = access === 'dots' ? inner : Math.min(inner, blockOf(inner, mostInner, 4));
  const innerBlocks = innerBlock === 0 ? 1 : Math.ceil(inner / innerBlock);
  const rowBlock = blockOf(rows, MOST_ROWS, TILE_ROWS);
  const fitting = Math.floor(MOST_RIGHT_ELEMENTS / Math.max(1, inner));
  const mostColumns = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, fitting));
  const columnBlock = blockOf(columns, mostColumns, rows === 1 ? WIDE_TILE_COLUMNS : TILE_COLUMNS);

  let bytes = 0;
  const reserve = (size: number): number => {
    const at = bytes;
    bytes += roundUp(size, 64);
    return at;
  };
  const packedColumns = access === 'packed' ? columnBlock : access === 'rows' ? TILE_COLUMNS : 0;
  return {
    rows,
    columns,
    inner,
    access,
    rowBlock,
    columnBlock,
    innerBlock,
    innerBlocks,
    axes: reserve(AXES_BYTES),
    one: reserve(4),
    leftInner: reserve(inner * 4),
    leftStretches: reserve(inner * 4),
    rightInner: reserve(inner * 4),
    rightStretches: reserve(inner * 4),
    rightColumns: reserve(columnBlock * 4),
    leftRows: reserve(rowBlock * 4),
    outputRows: reserve(rowBlock * 4),
    rowIndices: reserve(rowBlock * 4),
    tiles: reserve(Math.max(LEAST_TILES_BYTES, innerBlocks > 1 ? rowBlock * columnBlock * 4 : 0)),
    left: reserve(rowBlock * innerBlock * 4),
    right: reserve(packedColumns * inner * 4),
    bytes,
  };
}

/** With more inner blocks than this, each thread on its own would mean too many tables, and too long a tape. */
const MOST_PRIVATE_INNER_BLOCKS = 16;
/** Rows per thread that are worth packing the right operand for. */
const LEAST_ROWS_PER_PACKING = 1000;

/** Whether threads pack the right operand and make the inner tables together, or each those that it needs. */
export const sharesRight = ({ rows, access, innerBlocks }: Blocking, threads: number): boolean =>
  threads > 1 &&
  (innerBlocks > MOST_PRIVATE_INNER_BLOCKS ||
    (access === 'packed' && rows < LEAST_ROWS_PER_PACKING * threads));

/** Whether tasks of a product may work in workspaces of their own: repetitions are dealt whole where there are enough. */
export const mayBeApart = (blocking: Blocking, product: Product, threads: number): boolean =>
  product.loop.length > 0 || !sharesRight(blocking, threads);

/** What each thread needs for itself when the rest is shared: from the tables of rows to the packed left operand. */
export const privateBytes = ({ right, leftRows }: Blocking): number => right - leftRows;
