/**
 * Products as a shader takes them: how many axes of each kind its code walks and how operands are read is part of the code;
 * extents, strides and places are int32 arguments, so that other sizes of the same structure compile nothing.
 *
 * The arguments are tiles, parts and elements of the call, then one record of equal length for each product.
 */
import { type Axis, axis, count, type Product, singleRightStride } from '@hadal/core/products';
import type { LibraryTraits } from '../traits';
import { chooseParts, chooseTile, type ProductSize, type Tile, tileColumns, tileRows, VECTOR } from './tile';

/** How a fragment of an operand is read: four neighbours at once along one of its axes, or one by one. */
export type LeftReading = 'inner' | 'rows' | 'single';
export type RightReading = 'inner' | 'columns' | 'single';

/** What the code of a call depends on beside its epilogue. */
export interface Structure {
  readonly products: number;
  readonly exchanged: boolean;
  readonly loop: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly left: LeftReading;
  readonly right: RightReading;
  /** Whether results are stored, and full side inputs read, four columns at once. */
  readonly storesVectors: boolean;
  readonly tile: Tile;
  /** Whether sums are made in parts that a second pass adds up. */
  readonly isSplit: boolean;
  readonly sums: boolean;
}

/** Words before the records. */
export const HEADER = { tiles: 0, parts: 1, elements: 2, sums: 3, partStride: 4 } as const;
export const HEADER_WORDS = 5;

/** Words at the beginning of a record. */
const FIELDS = [
  'firstTile',
  'rowTiles',
  'columnTiles',
  'firstElement',
  'rows',
  'columns',
  'inner',
  'part',
  'left',
  'right',
  'output',
  'row',
  'sums',
] as const;
export type Field = (typeof FIELDS)[number];

const MOVES = {
  loop: ['extent', 'left', 'right', 'output', 'row', 'column'],
  rows: ['extent', 'left', 'output', 'row'],
  inner: ['extent', 'left', 'right'],
  columns: ['extent', 'right'],
} as const satisfies Record<string, readonly (keyof Axis)[]>;
export type AxisKind = keyof typeof MOVES;
const KINDS: readonly AxisKind[] = ['loop', 'rows', 'inner', 'columns'];

/** Where a field lies in a record. */
export const fieldAt = (field: Field): number => FIELDS.indexOf(field);

/** Where in a record an axis says how it moves. */
export function axisAt(structure: Structure, kind: AxisKind, position: number, move: keyof Axis): number {
  let at: number = FIELDS.length;
  for (const each of KINDS) {
    const moves: readonly (keyof Axis)[] = MOVES[each];
    if (each === kind) return at + position * moves.length + moves.indexOf(move);
    at += structure[each] * moves.length;
  }
  return at;
}

export const recordWords = (structure: Structure): number =>
  KINDS.reduce<number>((total, kind) => total + structure[kind] * MOVES[kind].length, FIELDS.length);

/** A call in the terms of its shader. */
export interface Layout {
  readonly structure: Structure;
  readonly integers: readonly number[];
  readonly workspaceBytes: number;
}

const BYTES = 4;
/** Parts begin where vectors do, and where blocks of every tile do. */
const PART_STEP = 16;
const isWhole = (value: number): boolean => value % VECTOR === 0;

/** Whether neighbours along `unit`, the one axis with stride 1, can be read four at once wherever they are read. */
function readsVectors(
  operand: 'left' | 'right',
  products: readonly Product[],
  unitOf: (product: Product) => Axis | undefined,
): boolean {
  return products.every((product) => {
    const unit = unitOf(product);
    if (unit === undefined || unit[operand] !== 1 || !isWhole(unit.extent) || !isWhole(product[operand]))
      return false;
    return [...product.loop, ...product.rows, ...product.inner, ...product.columns].every(
      (each) => each === unit || isWhole(each[operand]),
    );
  });
}

const only = (axes: readonly Axis[]): Axis | undefined => (axes.length === 1 ? axes[0] : undefined);

function leftReading(products: readonly Product[]): LeftReading {
  if (readsVectors('left', products, ({ inner }) => inner.at(-1))) return 'inner';
  return readsVectors('left', products, ({ rows }) => only(rows)) ? 'rows' : 'single';
}

function rightReading(products: readonly Product[]): RightReading {
  if (readsVectors('right', products, ({ columns }) => only(columns))) return 'columns';
  return readsVectors('right', products, ({ inner }) => inner.at(-1)) ? 'inner' : 'single';
}

/** Axes outermost first, with axes that do not move in front of them. */
const padded = (axes: readonly Axis[], length: number): readonly Axis[] => [
  ...Array.from({ length: length - axes.length }, () => axis(1, {})),
  ...axes,
];

/** Columns whose axes one stride walks are one axis. */
function withSingleColumns(product: Product): Product {
  const stride = singleRightStride(product.columns);
  return stride === undefined
    ? product
    : { ...product, columns: [axis(count(product.columns), { right: stride })] };
}

/** Readings that an invocation of this tile has a use for: of fewer rows it reads each by itself. */
const leftReadingOf = (reading: LeftReading, { kind, rows }: Tile): LeftReading =>
  reading === 'rows' && (kind === 'workgroup' || !isWhole(rows)) ? 'single' : reading;

const sizeOf = ({ rows, inner, columns, loop }: Product): ProductSize => ({
  rows: count(rows),
  inner: count(inner),
  columns: count(columns),
  repeated: count(loop),
});

/** The largest extents of a call. */
function largestOf(sizes: readonly ProductSize[]): ProductSize {
  return {
    rows: Math.max(...sizes.map(({ rows }) => rows)),
    columns: Math.max(...sizes.map(({ columns }) => columns)),
    inner: Math.max(...sizes.map(({ inner }) => inner)),
    repeated: Math.max(...sizes.map(({ repeated }) => repeated)),
  };
}

export const largestSize = (products: readonly Product[]): ProductSize => largestOf(products.map(sizeOf));

/** What a layout takes over in place of what rules say. */
export interface Given {
  /** The tile. */
  readonly tile: Tile;
  /** A structure that has at least as many axes of each kind, and may split sums where they need not be. */
  readonly axes?: Structure | undefined;
}

export function layOut(given: readonly Product[], traits: LibraryTraits, like?: Given): Layout {
  const products = given.map(withSingleColumns);
  const most = (extentOf: (product: Product) => number): number => Math.max(...products.map(extentOf));
  const sizes = products.map(sizeOf);
  const size = largestOf(sizes);
  const chosen = chooseTile(size, traits);
  const tile = like?.tile ?? chosen;
  const left = leftReadingOf(leftReading(products), tile);
  const right = rightReading(products);
  const countsOf = (each: Tile) =>
    sizes.map(({ rows, columns, repeated }) => ({
      rowTiles: Math.ceil(rows / tileRows(each)),
      columnTiles: Math.ceil(columns / tileColumns(each)),
      repeated,
    }));
  const tilesOf = (counted: ReturnType<typeof countsOf>): number =>
    counted.reduce((sum, { rowTiles, columnTiles, repeated }) => sum + rowTiles * columnTiles * repeated, 0);
  const counts = countsOf(tile);
  const tiles = tilesOf(counts);
  // How sums are split depends on sizes alone: results are the same with any tile.
  const parts = chooseParts(tilesOf(countsOf(chosen)), size.inner, traits);
  const elements = sizes.reduce((sum, { rows, columns, repeated }) => sum + rows * columns * repeated, 0);
  const sums = products.some((product) => product.sums) ? size.columns : 0;
  const axes = like?.axes;
  const structure: Structure = {
    products: products.length,
    exchanged: products[0]?.exchanged ?? false,
    loop: Math.max(
      axes?.loop ?? 0,
      most(({ loop }) => loop.length),
    ),
    rows: Math.max(
      axes?.rows ?? 1,
      most(({ rows }) => rows.length),
    ),
    inner: Math.max(
      axes?.inner ?? 1,
      most(({ inner }) => inner.length),
    ),
    columns: Math.max(
      axes?.columns ?? 1,
      most(({ columns }) => columns.length),
    ),
    left,
    right,
    storesVectors: products.every(
      ({ output, loop, rows, columns }) =>
        isWhole(output) &&
        isWhole(count(columns)) &&
        [...loop, ...rows].every((each) => isWhole(each.output) && isWhole(each.column)),
    ),
    tile,
    isSplit: parts > 1 || (axes?.isSplit ?? false),
    sums: sums > 0,
  };
  let firstTile = 0;
  let firstElement = 0;
  const records = products.flatMap((product, i) => {
    const { rows = 0, columns = 0, inner = 0, repeated = 0 } = sizes[i] ?? {};
    const { rowTiles = 0, columnTiles = 0 } = counts[i] ?? {};
    const fields: Record<Field, number> = {
      firstTile,
      rowTiles,
      columnTiles,
      firstElement,
      rows,
      columns,
      inner,
      part: Math.ceil(Math.ceil(inner / parts) / PART_STEP) * PART_STEP,
      left: product.left,
      right: product.right,
      output: product.output,
      row: product.row,
      sums: product.sums ? 1 : 0,
    };
    firstTile += rowTiles * columnTiles * repeated;
    firstElement += rows * columns * repeated;
    return [
      ...FIELDS.map((field) => fields[field]),
      ...KINDS.flatMap((kind) =>
        padded(product[kind], structure[kind]).flatMap((each) => MOVES[kind].map((move) => each[move])),
      ),
    ];
  });
  const partStride = Math.ceil((elements + sums) / VECTOR) * VECTOR;
  return {
    structure,
    integers: [tiles, parts, elements, sums, partStride, ...records],
    workspaceBytes: structure.isSplit ? parts * partStride * BYTES : 0,
  };
}
