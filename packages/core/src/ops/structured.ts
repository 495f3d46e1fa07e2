/**
 * Matrices that a vector determines: powers of it, or its elements along diagonals.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { lift1, numericNode, operandPair, type TensorLike, tensorFrom } from './operand';

export interface VanderOptions {
  /** Number of columns. Default: the number of elements, so that the matrix is square. */
  readonly columns?: number;
  /** Whether powers grow from left to right. Default false, as in NumPy. */
  readonly increasing?: boolean;
}

/**
 * Vandermonde matrix: the powers of a vector as columns, the highest first. Power n is the product of powers ⌊n/2⌋ and
 * ⌈n/2⌉, so that integers are exact and rounding errors grow with the logarithm of the power.
 *
 * @param x [n]; bool counts as int32
 * @returns [n, columns]
 * @throws {ShapeError} when `x` is not a vector
 * @throws {ArgumentError} when the number of columns is not a whole number of at least 0
 * @example
 * await vander(tensor([2, 3]), { columns: 3 }).array(); // [[4, 2, 1], [9, 3, 1]]
 */
export function vander(x: TensorLike, options: VanderOptions = {}): Tensor {
  return lift1('vander', x, (given) => {
    const node = numericNode(given);
    if (node.shape.length !== 1) {
      throw new ShapeError('vander', `takes a vector, got ${formatShape(node.shape)}.`);
    }
    const extent = extentAt(node.shape, 0);
    const { columns = extent, increasing = false } = options;
    if (!Number.isSafeInteger(columns) || columns < 0) {
      throw new ArgumentError('vander', `${columns} columns: a whole number of at least 0 is needed.`);
    }
    const one = build.broadcastTo(build.constant(1, node.dtype), node.shape);
    if (columns === 0) return build.broadcastTo(build.constant(0, node.dtype), [extent, 0]);
    const powers: Node[] = [one, node];
    for (let n = 2; n < columns; n++) {
      const [low, high] = [powers[Math.floor(n / 2)], powers[Math.ceil(n / 2)]];
      if (low !== undefined && high !== undefined) powers.push(build.mul(low, high));
    }
    const parts = powers.slice(0, columns).map((power) => build.insertAxes(power, [1]));
    return build.concat(increasing ? parts : parts.reverse(), 1);
  });
}

/**
 * Toeplitz matrix: constant along every diagonal. A view of the column and the row end to end: windows that slide over
 * them, one a row.
 *
 * @param column the first column, [m]
 * @param row    the first row, [n], whose first element is not read; equal to the column when left out
 * @returns [m, n]
 * @throws {ShapeError} when column or row are no vectors of at least one element
 * @example
 * await toeplitz(tensor([1, 2, 3]), tensor([0, 8, 9])).array(); // [[1, 8, 9], [2, 1, 8], [3, 2, 1]]
 */
export function toeplitz(column: TensorLike, row: TensorLike = column): Tensor {
  const [down, across] = operandPair('toeplitz', column, row);
  if (![down, across].every(isFilledVector)) {
    throw new ShapeError(
      'toeplitz',
      `takes vectors of at least one element, got ${formatShape(down.shape)} and ${formatShape(across.shape)}.`,
    );
  }
  const [m, n] = [extentAt(down.shape, 0), extentAt(across.shape, 0)];
  const all = build.concat([build.flip(down, [0]), build.sliceAxis(across, 0, 1, n)], 0);
  const rows = build.slidingWindow(all, { axes: [0], size: [n], stride: [1], dilation: [1] });
  return tensorFrom('toeplitz', build.flip(build.sliceAxis(rows, 0, 0, m), [0]), [column, row]);
}

const isFilledVector = ({ shape }: Node): boolean => shape.length === 1 && extentAt(shape, 0) > 0;
