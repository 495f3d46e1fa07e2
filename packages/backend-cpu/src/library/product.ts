/**
 * The one form that matrix products and convolutions are brought to: sums of products over affine indices.
 *
 *   output[row, column] = Σ over `inner` of left[row, inner] · right[inner, column],   for every index of `loop`
 *
 * Rows, inner and columns are each a list of axes with a stride in both operands, so any transposition, flip, slice or
 * repetition, and the sliding windows of a convolution, are the same thing here. A product travels as int32 numbers
 * (`encodeProducts`), because sizes and strides are arguments of a library call and not part of its code.
 */

/** One axis, with the distance in elements between neighbours in each place it moves through. */
export interface Axis {
  readonly extent: number;
  readonly left: number;
  readonly right: number;
  readonly output: number;
  /** In the index of the result's row, which `row` side inputs are read at. */
  readonly row: number;
  /** In the index of the result's column; only groups of a convolution move it. */
  readonly column: number;
}

export interface Product {
  /** Whether the call's second operand is the left one. */
  readonly exchanged: boolean;
  /** Element offsets of the first element in the operands and in the outputs. */
  readonly left: number;
  readonly right: number;
  readonly output: number;
  /** Index of the first row. */
  readonly row: number;
  /** Repeated one after another: batches and groups. */
  readonly loop: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly inner: readonly Axis[];
  /** Columns are contiguous in the output. */
  readonly columns: readonly Axis[];
}

const STATIONARY = { left: 0, right: 0, output: 0, row: 0, column: 0 } as const;

/** An axis that moves only where `moves` says. */
export const axis = (extent: number, moves: Partial<Omit<Axis, 'extent'>>): Axis => ({
  ...STATIONARY,
  ...moves,
  extent,
});

/** The number of indices that a list of axes has together. */
export const count = (axes: readonly Axis[]): number => axes.reduce((total, { extent }) => total * extent, 1);

const FIELDS = ['extent', 'left', 'right', 'output', 'row', 'column'] as const;
const LISTS = ['loop', 'rows', 'inner', 'columns'] as const;
const MOVES = ['left', 'right', 'output', 'row', 'column'] as const;

const continues = (outer: Axis, inner: Axis): boolean =>
  MOVES.every((field) => outer[field] === inner[field] * inner.extent);

/** Drops axes of extent 1 and joins neighbours that one stride can walk. */
function merge(axes: readonly Axis[]): readonly Axis[] {
  const merged: Axis[] = [];
  for (const current of axes) {
    if (current.extent === 1) continue;
    const previous = merged.at(-1);
    if (previous !== undefined && continues(previous, current)) {
      merged[merged.length - 1] = { ...current, extent: previous.extent * current.extent };
    } else {
      merged.push(current);
    }
  }
  return merged;
}

/** Outermost first by the stride in the left operand, so that packing walks memory in order. */
const byLeftStride = (axes: readonly Axis[]): readonly Axis[] =>
  axes
    .map((value, position) => ({ value, position }))
    .sort((a, b) => Math.abs(b.value.left) - Math.abs(a.value.left) || a.position - b.position)
    .map(({ value }) => value);

/**
 * The same product in its simplest form: repetitions that share the right operand become rows, rows and inner axes
 * are walked in memory order, and what can be one axis is one.
 */
export function simplify(product: Product): Product {
  const shared = product.loop.filter(({ right, column }) => right === 0 && column === 0);
  const loop = product.loop.filter(({ right, column }) => right !== 0 || column !== 0);
  return {
    ...product,
    loop: merge(loop),
    rows: merge(byLeftStride([...shared, ...product.rows])),
    inner: merge(byLeftStride(product.inner)),
    columns: merge(product.columns),
  };
}

/** Products as the int32 arguments of a library call. */
export function encodeProducts(products: readonly Product[]): number[] {
  const integers = [products.length];
  for (const product of products) {
    integers.push(product.exchanged ? 1 : 0, product.left, product.right, product.output, product.row);
    for (const list of LISTS) {
      integers.push(product[list].length);
      for (const each of product[list]) for (const field of FIELDS) integers.push(each[field]);
    }
  }
  return integers;
}

/** The inverse of `encodeProducts`. */
export function decodeProducts(integers: ArrayLike<number>): Product[] {
  let position = 0;
  const next = (): number => {
    const value = integers[position++];
    if (value === undefined)
      throw new RangeError(`the arguments of a product end after ${integers.length} numbers`);
    return value;
  };
  const list = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);
  const axes = (): Axis[] =>
    list(next(), () => ({
      extent: next(),
      left: next(),
      right: next(),
      output: next(),
      row: next(),
      column: next(),
    }));
  return list(next(), () => ({
    exchanged: next() === 1,
    left: next(),
    right: next(),
    output: next(),
    row: next(),
    loop: axes(),
    rows: axes(),
    inner: axes(),
    columns: axes(),
  }));
}
