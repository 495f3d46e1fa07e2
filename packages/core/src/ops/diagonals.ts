/**
 * Diagonals as views. A diagonal of a square matrix of n columns, read in row-major order, is every (n + 1)-th element:
 * a reshape and a slice with a step. Turned around, a vector with n zeros between neighbours is a matrix.
 */
import { ArgumentError, AxisError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { fittedNodes } from './fitted';
import { flatten } from './movement';
import { lift1, type TensorLike, tensorFrom } from './operand';
import { sum } from './reductions';

function requireOffset(where: string, offset: number): void {
  if (!Number.isSafeInteger(offset))
    throw new ArgumentError(where, `offset ${offset} is not a whole number.`);
}

/** [..., n] → [..., n + |offset|, n + |offset|] with the last axis on a diagonal. */
function onDiagonal(x: Node, offset: number): Node {
  const at = x.shape.length - 1;
  const n = extentAt(x.shape, at);
  const outer = x.shape.slice(0, at);
  const zero = build.constant(0, x.dtype);
  const sides = (values: readonly number[]): number[] => [...outer.map(() => 0), ...values];
  const spread = build.pad(x, zero, { lo: sides([0]), hi: sides([0]), interior: sides([n]) });
  const square = build.reshape(spread, [...outer, n, n]);
  const [below, above] = [Math.max(0, -offset), Math.max(0, offset)];
  return build.pad(square, zero, {
    lo: sides([below, above]),
    hi: sides([above, below]),
    interior: sides([0, 0]),
  });
}

/** [..., m, n] → [..., length]: the diagonal of the last two axes. */
function lastDiagonal(x: Node, offset: number): Node {
  const rank = x.shape.length;
  const [m, n] = [extentAt(x.shape, rank - 2), extentAt(x.shape, rank - 1)];
  const [row, column] = [Math.max(0, -offset), Math.max(0, offset)];
  const length = Math.max(0, Math.min(m - row, n - column));
  const outer = x.shape.slice(0, -2);
  // Where the diagonal lies outside, the box is empty and starts anywhere.
  const [top, left] = length === 0 ? [0, 0] : [row, column];
  const square = build.sliceAxis(
    build.sliceAxis(x, rank - 2, top, top + length),
    rank - 1,
    left,
    left + length,
  );
  const flat = build.reshape(square, [...outer, length * length]);
  return length === 0 ? flat : build.sliceAxis(flat, outer.length, 0, length * length, length + 1);
}

/**
 * A matrix with a vector on its diagonal, or the diagonal of a matrix.
 *
 * @param x [n], or [m, n]
 * @param k which diagonal: above the main one when positive, below it when negative
 * @returns [n + |k|, n + |k|] of a vector; a vector of a matrix
 * @throws {ShapeError} when `x` is neither vector nor matrix; `diagEmbed` and `diagonal` take batches
 * @throws {ArgumentError} when `k` is not a whole number
 * @example
 * await diag(tensor([1, 2])).array(); // [[1, 0], [0, 2]]
 * await diag(tensor([[1, 2], [3, 4]]), 1).data(); // Float32Array [2]
 */
export function diag(x: TensorLike, k = 0): Tensor {
  requireOffset('diag', k);
  return lift1('diag', x, (node) => {
    if (node.shape.length === 1) return onDiagonal(node, k);
    if (node.shape.length === 2) return lastDiagonal(node, k);
    throw new ShapeError(
      'diag',
      `takes a vector or a matrix, got ${formatShape(node.shape)}.`,
      'diagEmbed makes matrices of the last axis, diagonal reads those of two axes.',
    );
  });
}

export interface DiagEmbedOptions {
  /** Which diagonal: above the main one when positive, below it when negative. Default 0. */
  readonly offset?: number;
}

/**
 * Matrices with the last axis on their diagonal; the axes before it are a batch.
 *
 * @param x [..., n]
 * @returns [..., n + |offset|, n + |offset|]
 * @throws {ShapeError} when `x` is a scalar
 * @throws {ArgumentError} when the offset is not a whole number
 * @example
 * diagEmbed(zeros([5, 3])).shape; // [5, 3, 3]
 */
export function diagEmbed(x: TensorLike, { offset = 0 }: DiagEmbedOptions = {}): Tensor {
  requireOffset('diagEmbed', offset);
  return lift1('diagEmbed', x, (node) => {
    if (node.shape.length === 0)
      throw new ShapeError('diagEmbed', 'a scalar has no axis to put on a diagonal.');
    return onDiagonal(node, offset);
  });
}

/**
 * A matrix with all elements of a tensor, in row-major order, on its diagonal.
 *
 * @param k which diagonal: above the main one when positive, below it when negative
 * @throws {ArgumentError} when `k` is not a whole number
 * @example
 * diagFlat(zeros([2, 3])).shape; // [6, 6]
 */
export function diagFlat(x: TensorLike, k = 0): Tensor {
  requireOffset('diagFlat', k);
  return lift1('diagFlat', flatten(x), (node) => onDiagonal(node, k));
}

export interface DiagonalOptions {
  /** Which diagonal: above the main one when positive, below it when negative. Default 0. */
  readonly offset?: number;
  /** The axis of rows. Default 0. */
  readonly axis1?: number;
  /** The axis of columns. Default 1. */
  readonly axis2?: number;
}

/**
 * The diagonal of the matrices that two axes form, as a view. The two axes disappear, the diagonal is the last axis.
 *
 * @throws {AxisError} when the axes do not exist or are the same
 * @throws {ArgumentError} when the offset is not a whole number
 * @example
 * await diagonal(tensor([[1, 2], [3, 4]])).data(); // Float32Array [1, 4]
 * diagonal(zeros([5, 3, 4]), { axis1: -2, axis2: -1 }).shape; // [5, 3]
 */
export const diagonal = (x: TensorLike, options: DiagonalOptions = {}): Tensor =>
  diagonalOf('diagonal', x, options);

function diagonalOf(where: string, x: TensorLike, options: DiagonalOptions): Tensor {
  const { offset = 0, axis1 = 0, axis2 = 1 } = options;
  requireOffset(where, offset);
  return lift1(where, x, (node) => {
    const rank = node.shape.length;
    const [rows, columns] = [normalizeAxis(where, axis1, rank), normalizeAxis(where, axis2, rank)];
    if (rows === columns) {
      throw new AxisError(where, `axes ${axis1} and ${axis2} are the same.`, 'Give two different axes.');
    }
    return lastDiagonal(build.moveToEnd(node, [rows, columns]), offset);
  });
}

/**
 * The sum of a diagonal, of the matrices that two axes form. Small integers are added up as int32.
 *
 * @throws {AxisError} when the axes do not exist or are the same
 * @throws {ArgumentError} when the offset is not a whole number
 * @example
 * await trace(tensor([[1, 2], [3, 4]])).item(); // 5
 */
export const trace = (x: TensorLike, options: DiagonalOptions = {}): Tensor =>
  sum(diagonalOf('trace', x, options), -1);

/**
 * Puts a value on the main diagonal: where all positions are equal. NumPy's fill_diagonal, without changing `x`.
 *
 * @param x     a matrix, or a tensor of more axes that all have one extent
 * @param value a number or scalar, or a vector with one element for each place; brought to the dtype of `x`
 * @throws {ShapeError} when `x` has fewer than two axes, or more of different extents, or the value does not fit
 * @throws {DTypeError} when the dtype of `x` cannot hold the value
 * @example
 * await fillDiagonal(zeros([2, 3]), 7).array(); // [[7, 0, 0], [0, 7, 0]]
 */
export function fillDiagonal(x: Tensor, value: TensorLike): Tensor {
  const { shape, rank } = x;
  const extent = shape[0] ?? 0;
  if (rank < 2 || (rank > 2 && shape.some((n) => n !== extent))) {
    throw new ShapeError(
      'fillDiagonal',
      `got ${formatShape(shape)}.`,
      'Expected a matrix, or more axes of one extent.',
    );
  }
  const [node, filler] = fittedNodes('fillDiagonal', x, value);
  const length = Math.min(...shape);
  if (filler.shape.length > 1 || (filler.shape.length === 1 && filler.shape[0] !== length)) {
    throw new ShapeError(
      'fillDiagonal',
      `a value of ${formatShape(filler.shape)} does not fit a diagonal of ${length}.`,
      'Give a scalar, or a vector of that length.',
    );
  }
  const positions = shape.map((extent, axis) => build.alongAxis(build.iota(extent), axis, rank));
  const [first, ...others] = positions;
  if (first === undefined) return x;
  const isOn = others.map((other) => build.equal(first, other)).reduce(build.and);
  // Along the first axis, element i of the vector is in row i; rows below the diagonal get a filler that is not used.
  const rows = filler.shape.length === 0 ? filler : columnOf(filler, shape);
  return tensorFrom('fillDiagonal', build.where(isOn, rows, node), [x, value]);
}

function columnOf(vector: Node, shape: readonly number[]): Node {
  const missing = extentAt(shape, 0) - extentAt(vector.shape, 0);
  const long = build.pad(vector, build.constant(0, vector.dtype), { lo: [0], hi: [missing], interior: [0] });
  return build.alongAxis(long, 0, shape.length);
}
