/**
 * How a product is dealt out: which part of the result a workgroup and each of its invocations computes, and into how many
 * parts the sums are split. All of it depends on shapes and on the kind of device alone, so that sums are the same in every
 * run; and variants differ in who computes what, never in the order in which an element's products are added.
 */
import type { LibraryTraits } from '../traits';

export interface Tile {
  /**
   * Where operands are kept: `registers` reads them for each invocation, `subgroup` has neighbours read rows for each
   * other, and `workgroup` brings blocks of both into workgroup memory first.
   */
  readonly kind: 'registers' | 'subgroup' | 'workgroup';
  /** Of the result, computed by one invocation; columns are a multiple of 4. */
  readonly rows: number;
  readonly columns: number;
  /** Invocations of a workgroup, along columns and along rows. */
  readonly across: number;
  readonly down: number;
  /** Steps along the inner axis for which a workgroup brings operands into its memory; 1 for other kinds. */
  readonly depth: number;
}

/** Columns that an invocation takes are vectors of so many. */
export const VECTOR = 4;

/** Subgroups of this size read rows for each other: with more of them a row would be read for too few columns each. */
export const SHARING_SUBGROUP = 4;

/** The size of products, as far as the choice depends on it: the largest of a call. */
export interface ProductSize {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** How often it is repeated. */
  readonly repeated: number;
}

/** A tile by its parts. */
export const tile = (
  kind: Tile['kind'],
  [rows, columns]: readonly [number, number],
  [across, down]: readonly [number, number],
  depth = 1,
): Tile => ({ kind, rows, columns, across, down, depth });

/** Below so many multiplications the time to compile a large tile is what counts. */
const FEW_PRODUCTS = 1 << 20;
/** From so many on, a tile is worth the seconds that a rasterizer takes to compile it. */
const MANY_PRODUCTS = 1 << 26;

/** How many invocations, a power of two up to `most`, so many rows are for when each takes `height` of them. */
export const needed = (rows: number, height: number, most: number): number =>
  Math.min(most, 2 ** Math.ceil(Math.log2(Math.max(1, rows / height))));

/**
 * Registers of a software rasterizer are memory that is near, so that tiles are larger than those of a GPU. Measured on
 * SwiftShader with a product of 512³: 16 × 8 shared among 4 neighbours does 2.1 GFLOP a second of processor time, 32 × 16 a
 * third more, 8 × 8 by itself 1.4, and tiles in workgroup memory 0.6 at most.
 */
function softwareTile({ rows, columns, inner, repeated }: ProductSize, subgroupSize: number): Tile {
  const products = rows * columns * inner * repeated;
  const isSmall = products < FEW_PRODUCTS;
  const shares = subgroupSize === SHARING_SUBGROUP;
  const isWide = columns > SHARING_SUBGROUP * VECTOR;
  const width = isWide ? 2 * VECTOR : VECTOR;
  const kind = shares ? 'subgroup' : 'registers';
  const fitted = (each: Tile['kind'], height: number, across = width): Tile =>
    tile(each, [height, across], [SHARING_SUBGROUP, needed(rows, height, 4)]);
  if (rows <= 2) return fitted('registers', Math.max(1, rows));
  if (shares && products >= MANY_PRODUCTS && rows >= 32 && columns >= 4 * SHARING_SUBGROUP * VECTOR) {
    return tile(kind, [32, 4 * VECTOR], [SHARING_SUBGROUP, 1]);
  }
  if (rows <= 4 || isSmall) return fitted(kind, 4, isSmall ? VECTOR : width);
  return fitted(kind, shares && rows > 8 ? 16 : 8);
}

/** Tiles of GPUs: 64 × 64 in workgroup memory, and less where the result is small. */
function gpuTile({ rows, columns, inner }: ProductSize): Tile {
  if (rows <= 4) return tile('registers', [Math.max(1, rows), VECTOR], [64, 1]);
  if (inner <= 8) return tile('registers', [4, VECTOR], [16, 16]);
  if (columns <= 16) return tile('workgroup', [4, VECTOR], [4, 16], 16);
  if (rows <= 32 || columns <= 32) return tile('workgroup', [4, VECTOR], [8, 8], 16);
  if (rows >= 512 && columns >= 512) return tile('workgroup', [8, 8], [16, 16], 16);
  return tile('workgroup', [4, VECTOR], [16, 16], 16);
}

export const chooseTile = (size: ProductSize, { isSoftware, subgroupSize }: LibraryTraits): Tile =>
  isSoftware ? softwareTile(size, subgroupSize) : gpuTile(size);

/** Rows and columns of the result that a workgroup computes. */
export const tileRows = ({ rows, down }: Tile): number => rows * down;
export const tileColumns = ({ columns, across }: Tile): number => columns * across;

/** Workgroups that keep a device busy. */
const BUSY_SOFTWARE = 8;
const BUSY_GPU = 256;
/** A part of a sum is at least so long, for its result is written and read once more. */
const LEAST_PART = 256;
/** More parts than this take longer to add up than they save. */
const MOST_PARTS = 64;

/** Into how many parts the sums of a call are split that has so many tiles. */
export function chooseParts(tiles: number, inner: number, { isSoftware }: LibraryTraits): number {
  const wanted = Math.ceil((isSoftware ? BUSY_SOFTWARE : BUSY_GPU) / Math.max(1, tiles));
  return Math.max(1, Math.min(wanted, Math.floor(inner / LEAST_PART), MOST_PARTS));
}
