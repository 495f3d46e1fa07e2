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
  /** Whether the sums of the right operand over `inner` are stored too: one for each column, in a buffer of their own. */
  readonly sums: boolean;
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

const MOVES = ['left', 'right', 'output', 'row', 'column'] as const;
const FIELDS = ['extent', ...MOVES] as const;
const STARTS = ['left', 'right', 'output', 'row'] as const;

const continues = (outer: Axis, inner: Axis): boolean =>
  MOVES.every((field) => outer[field] === inner[field] * inner.extent);

/** Drops axes of extent 1 and joins neighbours that one stride can walk. */
export function merge(axes: readonly Axis[]): readonly Axis[] {
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

/** The one stride that walks all axes in the right operand, or undefined when there is none. */
export function singleRightStride(axes: readonly Axis[]): number | undefined {
  const [only, ...more] = merge(axes.map(({ extent, right }) => axis(extent, { right })));
  return more.length === 0 ? (only?.right ?? 0) : undefined;
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

/** How many sums of its right operand a product can give: only where its columns are contiguous there. */
export const sumsOf = ({ loop, columns }: Product): number | undefined =>
  loop.length === 0 && singleRightStride(columns) === 1 ? count(columns) : undefined;

/** Axes as int32 numbers. */
export const encodeAxes = (axes: readonly Axis[]): number[] => [
  axes.length,
  ...axes.flatMap((each) => FIELDS.map((field) => each[field])),
];

/** Products as the int32 arguments of a library call. */
export const encodeProducts = (products: readonly Product[]): number[] => [
  products.length,
  ...products.flatMap((product) => [
    product.exchanged ? 1 : 0,
    product.sums ? 1 : 0,
    ...STARTS.map((field) => product[field]),
    ...[product.loop, product.rows, product.inner, product.columns].flatMap(encodeAxes),
  ]),
];

/** Reads back what `encodeAxes` and `encodeProducts` wrote. */
export class ArgumentReader {
  #position = 0;
  readonly #integers: ArrayLike<number>;

  constructor(integers: ArrayLike<number>) {
    this.#integers = integers;
  }

  next(): number {
    const value = this.#integers[this.#position++];
    if (value === undefined) throw new RangeError('an argument of a library call is missing');
    return value;
  }

  /** As many values as the next number says. */
  list<T>(make: () => T): T[] {
    return Array.from({ length: this.next() }, make);
  }

  /** One number for each name. */
  record<Name extends string>(names: readonly Name[]): Record<Name, number> {
    return Object.fromEntries(names.map((name) => [name, this.next()])) as Record<Name, number>;
  }

  axes(): Axis[] {
    return this.list(() => this.record(FIELDS));
  }
}

/** The inverse of `encodeProducts`. */
export function decodeProducts(integers: ArrayLike<number>): Product[] {
  const reader = new ArgumentReader(integers);
  return reader.list(() => ({
    exchanged: reader.next() === 1,
    sums: reader.next() === 1,
    ...reader.record(STARTS),
    loop: reader.axes(),
    rows: reader.axes(),
    inner: reader.axes(),
    columns: reader.axes(),
  }));
}
