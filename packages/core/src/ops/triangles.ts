/**
 * Triangles and bands of matrices, and the positions of their elements. Masks compare row and column, and fuse with what
 * reads them.
 */
import type { Device } from '../device/device';
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { formatShape, requireShape, type Shape } from '../shape/shape';
import { Tensor } from '../tensor';
import type { CreationOptions } from './creation';
import { lift1, type TensorLike } from './operand';

function requireWhole(where: string, name: string, value: number): void {
  if (!Number.isSafeInteger(value)) throw new ArgumentError(where, `${name} ${value} is not a whole number.`);
}

/** column - row at every place of a matrix. */
const columnMinusRow = (rows: number, columns: number): Node =>
  build.sub(
    build.broadcastTo(build.iota(columns), [rows, columns]),
    build.broadcastTo(build.reshape(build.iota(rows), [rows, 1]), [rows, columns]),
  );

/** Zeros in the last two axes where `keeps` does not hold of column - row. */
function masked(where: string, x: TensorLike, keeps: (difference: Node) => Node | undefined): Tensor {
  return lift1(where, x, (node) => {
    const [rows, columns] = node.shape.slice(-2);
    if (rows === undefined || columns === undefined) {
      throw new ShapeError(where, `got ${formatShape(node.shape)}.`, 'Expected [..., rows, columns].');
    }
    const kept = keeps(columnMinusRow(rows, columns));
    return kept === undefined ? node : build.where(kept, node, 0);
  });
}

/**
 * Ones on and below a diagonal, zeros above it.
 *
 * @param columns number of columns; equal to `rows` when left out
 * @param k       the highest diagonal that is 1; above the main one when positive
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {ArgumentError} when `k` is not a whole number
 * @example
 * await tri(2, 3).array(); // [[1, 0, 0], [1, 1, 0]]
 */
export function tri(
  rows: number,
  columns = rows,
  k = 0,
  { dtype = 'float32', device }: CreationOptions = {},
): Tensor {
  requireShape('tri', [rows, columns]);
  requireWhole('tri', 'k', k);
  const isBelow = build.lessEqual(columnMinusRow(rows, columns), k);
  return new Tensor(build.cast(isBelow, dtype), device);
}

/**
 * Keeps the lower triangle of the last two axes; zeros above it.
 *
 * @param x [..., rows, columns]
 * @param k the highest diagonal that is kept; above the main one when positive
 * @throws {ShapeError} when `x` has fewer than two axes
 * @throws {ArgumentError} when `k` is not a whole number
 * @example
 * await tril(ones([2, 2])).array(); // [[1, 0], [1, 1]]
 */
export function tril(x: TensorLike, k = 0): Tensor {
  requireWhole('tril', 'k', k);
  return masked('tril', x, (difference) => build.lessEqual(difference, k));
}

/**
 * Keeps the upper triangle of the last two axes; zeros below it.
 *
 * @param x [..., rows, columns]
 * @param k the lowest diagonal that is kept; above the main one when positive
 * @throws {ShapeError} when `x` has fewer than two axes
 * @throws {ArgumentError} when `k` is not a whole number
 * @example
 * await triu(ones([2, 2])).array(); // [[1, 1], [0, 1]]
 */
export function triu(x: TensorLike, k = 0): Tensor {
  requireWhole('triu', 'k', k);
  return masked('triu', x, (difference) => build.lessEqual(k, difference));
}

/**
 * Keeps a band around the main diagonal of the last two axes; zeros outside. TensorFlow's band_part.
 *
 * @param x     [..., rows, columns]
 * @param lower diagonals that are kept below the main one; all when negative
 * @param upper diagonals that are kept above the main one; all when negative
 * @throws {ShapeError} when `x` has fewer than two axes
 * @throws {ArgumentError} when a number of diagonals is not a whole number
 * @example
 * await bandPart(ones([3, 3]), 1, 0).array(); // [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
 */
export function bandPart(x: TensorLike, lower: number, upper: number): Tensor {
  requireWhole('bandPart', 'lower', lower);
  requireWhole('bandPart', 'upper', upper);
  return masked('bandPart', x, (difference) => {
    const isAbove = lower < 0 ? undefined : build.lessEqual(-lower, difference);
    const isBelow = upper < 0 ? undefined : build.lessEqual(difference, upper);
    return isAbove !== undefined && isBelow !== undefined
      ? build.and(isAbove, isBelow)
      : (isAbove ?? isBelow);
  });
}

export interface TriangleIndicesOptions {
  /** The diagonal that bounds the triangle; above the main one when positive. Default 0. */
  readonly offset?: number;
  /** Number of columns. Default: the number of rows. */
  readonly columns?: number;
  /** Where to compute (default the device that was set). */
  readonly device?: Device;
}

function listed(
  where: string,
  rows: number,
  options: TriangleIndicesOptions,
  isListed: (difference: number) => boolean,
): [rows: Tensor, columns: Tensor] {
  const { offset = 0, columns = rows, device } = options;
  requireShape(where, [rows, columns]);
  requireWhole(where, 'offset', offset);
  const found: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!isListed(column - row - offset)) continue;
      found[0].push(row);
      found[1].push(column);
    }
  }
  return [indexTensor(found[0], device), indexTensor(found[1], device)];
}

const indexTensor = (positions: readonly number[], device: Device | undefined): Tensor =>
  new Tensor(build.data(Int32Array.from(positions), [positions.length], 'int32'), device);

/**
 * Rows and columns of the lower triangle of a matrix, in row-major order.
 *
 * @param rows number of rows
 * @returns [rows, columns], two int32 vectors
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {ArgumentError} when the offset is not a whole number
 * @example
 * const [rows, columns] = trilIndices(2);
 * await rows.data(); // Int32Array [0, 1, 1]
 * await columns.data(); // Int32Array [0, 0, 1]
 */
export const trilIndices = (
  rows: number,
  options: TriangleIndicesOptions = {},
): [rows: Tensor, columns: Tensor] => listed('trilIndices', rows, options, (difference) => difference <= 0);

/**
 * Rows and columns of the upper triangle of a matrix, in row-major order.
 *
 * @param rows number of rows
 * @returns [rows, columns], two int32 vectors
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @throws {ArgumentError} when the offset is not a whole number
 * @example
 * const [rows, columns] = triuIndices(2);
 * await rows.data(); // Int32Array [0, 0, 1]
 * await columns.data(); // Int32Array [0, 1, 1]
 */
export const triuIndices = (
  rows: number,
  options: TriangleIndicesOptions = {},
): [rows: Tensor, columns: Tensor] => listed('triuIndices', rows, options, (difference) => difference >= 0);

/**
 * Positions of the main diagonal: where all of them are equal.
 *
 * @param shape extents of the tensor; a number stands for a square matrix
 * @returns one int32 vector for each axis
 * @throws {ShapeError} when there is no axis, or an extent is not a whole number of at least 0
 * @example
 * const [rows, columns] = diagIndices([2, 3]);
 * await rows.data(); // Int32Array [0, 1]
 */
export function diagIndices(shape: number | Shape, options: { readonly device?: Device } = {}): Tensor[] {
  const extents = typeof shape === 'number' ? [shape, shape] : shape;
  requireShape('diagIndices', extents);
  if (extents.length === 0) throw new ShapeError('diagIndices', 'the shape [] has no diagonal.');
  const length = Math.min(...extents);
  return extents.map(() => new Tensor(build.iota(length), options.device));
}
