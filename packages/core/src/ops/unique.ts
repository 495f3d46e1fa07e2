/**
 * Sets: distinct elements, and what two tensors have in common. As in NumPy, results are sorted, NaN comes last, and
 * all NaN are one element. The values are read once; see ./dynamic.ts.
 */
import type { TypedArray } from '../dtype';
import * as build from '../graph/build';
import { normalizeAxis } from '../shape/axis';
import { range, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { pickedAt, requireReadable, tensorBeside, tensorOf } from './dynamic';
import { operandPair, type TensorLike, tensorFrom } from './operand';

export interface UniqueOptions {
  /** The axis whose slices are compared; when left out, the elements of the flat tensor. */
  readonly axis?: number;
}

export interface Unique {
  /** The distinct elements, or slices, in order. */
  readonly values: Tensor;
  /** int32: where each of `values` occurs first. */
  readonly indices: Tensor;
  /** int32: the place in `values` of each element; `gather(values, inverse, axis)` is the operand again. */
  readonly inverse: Tensor;
  /** int32: how often each of `values` occurs. */
  readonly counts: Tensor;
}

/** Below 0 where a comes before b; NaN is equal to itself and comes last. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Rows of equal length, compared element by element. */
class Rows {
  constructor(
    readonly values: TypedArray,
    readonly count: number,
    readonly width: number,
  ) {}

  compare(a: number, b: number): number {
    for (let i = 0; i < this.width; i++) {
      const order = compare(this.values[a * this.width + i] ?? 0, this.values[b * this.width + i] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** Distinct rows in order: where each occurs first, and for all rows which distinct one they are. */
  distinct(): { readonly first: Int32Array; readonly inverse: Int32Array; readonly counts: Int32Array } {
    const order = range(this.count).sort((a, b) => this.compare(a, b) || a - b);
    const first: number[] = [];
    const counts: number[] = [];
    const inverse = new Int32Array(this.count);
    for (const row of order) {
      const last = first.at(-1);
      if (last === undefined || this.compare(last, row) !== 0) {
        first.push(row);
        counts.push(0);
      }
      inverse[row] = first.length - 1;
      counts[first.length - 1] = (counts.at(-1) ?? 0) + 1;
    }
    return { first: Int32Array.from(first), inverse, counts: Int32Array.from(counts) };
  }
}

/**
 * The distinct elements of a tensor, or the distinct slices along an axis, sorted.
 *
 * @param x a tensor of any dtype; it is flattened unless an axis is given
 * @throws {AxisError} when the axis does not exist
 * @throws {TraceError} inside a compiled function
 * @example
 * const { values, inverse, counts } = await unique(tensor([3, 1, 3]));
 * await values.data(); // Float32Array [1, 3]
 * await inverse.data(); // Int32Array [1, 0, 1]
 * await counts.data(); // Int32Array [1, 2]
 */
export function unique(x: TensorLike, { axis }: UniqueOptions = {}): Promise<Unique> {
  requireReadable('unique', 'sort(x) has a known shape, with equal elements side by side.');
  const source = tensorOf('unique', x);
  return axis === undefined ? uniqueElements('unique', source) : uniqueSlices(source, axis);
}

async function uniqueElements(where: string, source: Tensor): Promise<Unique> {
  const count = sizeOf(source.shape);
  const flat = tensorFrom(where, build.reshape(source.node, [count]), [source]);
  return described(where, flat, new Rows(await source.data(), count, 1), 0);
}

function uniqueSlices(source: Tensor, axis: number): Promise<Unique> {
  const along = normalizeAxis('unique', axis, source.rank);
  const count = source.shape[along] ?? 0;
  const order = [along, ...range(source.rank).filter((other) => other !== along)];
  const moved = tensorFrom('unique', build.permute(source.node, order), [source]);
  const width = count === 0 ? 0 : sizeOf(source.shape) / count;
  return moved.data().then((values) => described('unique', source, new Rows(values, count, width), along));
}

function described(where: string, x: Tensor, rows: Rows, axis: number): Unique {
  const { first, inverse, counts } = rows.distinct();
  const beside = (values: Int32Array): Tensor => tensorBeside(x, values, [values.length], 'int32');
  return {
    values: pickedAt(where, x, first, axis),
    indices: beside(first),
    inverse: beside(inverse),
    counts: beside(counts),
  };
}

/** Two operands in one dtype. */
function pairOf(where: string, a: TensorLike, b: TensorLike): readonly [Tensor, Tensor] {
  const [left, right] = operandPair(where, a, b);
  return [tensorFrom(where, left, [a, b]), tensorFrom(where, right, [a, b])];
}

/** The distinct elements of `a` that are, or are not, in `b`. */
async function filtered(where: string, a: Tensor, b: Tensor, isKept: boolean): Promise<Tensor> {
  const [values, others] = [await a.data(), await b.data()];
  const known = new Set<number>(others);
  const { first } = new Rows(values, values.length, 1).distinct();
  const kept = first.filter((position) => known.has(values[position] ?? 0) === isKept);
  return pickedAt(where, tensorFrom(where, build.reshape(a.node, [values.length]), [a]), kept, 0);
}

/**
 * The distinct elements of `a` that are not in `b`, sorted.
 *
 * @param a of any shape
 * @param b of any shape
 * @throws {TraceError} inside a compiled function
 * @example
 * await (await setdiff1d(tensor([3, 1, 2, 3]), tensor([2]))).data(); // Float32Array [1, 3]
 */
export function setdiff1d(a: TensorLike, b: TensorLike): Promise<Tensor> {
  requireReadable('setdiff1d', 'isIn(a, b).logicalNot() says for each element whether it is in the result.');
  return filtered('setdiff1d', ...pairOf('setdiff1d', a, b), false);
}

/**
 * The distinct elements that are in both, sorted.
 *
 * @param a of any shape
 * @param b of any shape
 * @throws {TraceError} inside a compiled function
 * @example
 * await (await intersect1d(tensor([3, 1, 2]), tensor([2, 3, 4]))).data(); // Float32Array [2, 3]
 */
export function intersect1d(a: TensorLike, b: TensorLike): Promise<Tensor> {
  requireReadable('intersect1d', 'isIn(a, b) says for each element whether it is in the result.');
  return filtered('intersect1d', ...pairOf('intersect1d', a, b), true);
}

/**
 * The distinct elements that are in either, sorted.
 *
 * @param a of any shape
 * @param b of any shape
 * @throws {TraceError} inside a compiled function
 * @example
 * await (await union1d(tensor([3, 1]), tensor([2, 3]))).data(); // Float32Array [1, 2, 3]
 */
export function union1d(a: TensorLike, b: TensorLike): Promise<Tensor> {
  requireReadable('union1d', 'sort(concat([a, b])) has a known shape, with equal elements side by side.');
  const [left, right] = pairOf('union1d', a, b);
  const flat = [left, right].map(({ node }) => build.reshape(node, [sizeOf(node.shape)]));
  const joined = tensorFrom('union1d', build.concat(flat, 0), [left, right]);
  return uniqueElements('union1d', joined).then(({ values }) => values);
}
