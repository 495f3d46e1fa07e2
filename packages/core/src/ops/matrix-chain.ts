/**
 * Products of many matrices: of different ones in the order that multiplies least, and of one with itself.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import { extentAt, formatShape, range, type Shape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { matmul } from './matmul';
import { lift1, widenedNode } from './operand';

/** Where to split matrices i … j, for every i < j. */
type Splits = readonly (readonly number[])[];

/**
 * Product of two or more matrices, in the order that takes the fewest multiplications (found by dynamic programming
 * over the extents). The first may be a vector, which is a row, and the last one, which is a column.
 *
 * @throws {ArgumentError} when fewer than two are given
 * @throws {ShapeError} when one in the middle is no matrix, or neighbours do not fit
 * @example
 * multiDot([zeros([10, 100]), zeros([100, 5]), zeros([5, 50])]).shape; // [10, 50]
 */
export function multiDot(matrices: readonly Tensor[]): Tensor {
  if (matrices.length < 2) {
    throw new ArgumentError('multiDot', `got ${matrices.length} tensors, at least two are needed.`);
  }
  matrices.forEach((each, i) => {
    const atEnd = i === 0 || i === matrices.length - 1;
    if (each.rank !== 2 && !(each.rank === 1 && atEnd)) {
      throw new ShapeError(
        'multiDot',
        `operand ${i} has shape ${formatShape(each.shape)}, expected a matrix${atEnd ? ' or a vector' : ''}.`,
      );
    }
  });
  const shapes = matrices.map(({ shape }, i) =>
    shape.length === 2 ? shape : i === 0 ? [1, ...shape] : [...shape, 1],
  );
  shapes.slice(1).forEach((shape, i) => {
    const before = shapes[i] ?? [];
    if (before[1] === shape[0]) return;
    throw new ShapeError(
      'multiDot',
      `operands ${i} and ${i + 1} do not fit: ${formatShape(matrices[i]?.shape ?? [])} × ` +
        `${formatShape(matrices[i + 1]?.shape ?? [])}, ${before[1]} ≠ ${shape[0]}.`,
    );
  });
  const splits = bestSplits(shapes);
  const product = (first: number, last: number): Tensor => {
    const split = splits[first]?.[last] ?? first;
    const only = matrices[first];
    if (first === last && only !== undefined) return only;
    return matmul(product(first, split), product(split + 1, last));
  };
  return product(0, matrices.length - 1);
}

/** The textbook recurrence: cost(i, j) = min over k of cost(i, k) + cost(k + 1, j) + rows(i) · columns(k) · columns(j). */
function bestSplits(shapes: readonly Shape[]): Splits {
  const count = shapes.length;
  const costs = range(count).map(() => new Array<number>(count).fill(0));
  const splits = range(count).map(() => new Array<number>(count).fill(0));
  const cost = (i: number, j: number): number => costs[i]?.[j] ?? 0;
  for (let length = 2; length <= count; length++) {
    for (let i = 0; i + length <= count; i++) {
      const j = i + length - 1;
      let least = Number.POSITIVE_INFINITY;
      for (let k = i; k < j; k++) {
        const outer = extentAt(shapes[i] ?? [], 0) * extentAt(shapes[j] ?? [], 1);
        const total = cost(i, k) + cost(k + 1, j) + outer * extentAt(shapes[k] ?? [], 1);
        if (total >= least) continue;
        least = total;
        costs[i]?.splice(j, 1, total);
        splits[i]?.splice(j, 1, k);
      }
    }
  }
  return splits;
}

/**
 * A square matrix times itself, `n` times over, by repeated squaring; leading axes are a batch. Power 0 is the identity.
 *
 * @param x [..., m, m]
 * @param n a whole number of at least 0
 * @throws {ShapeError} when the last two axes differ
 * @throws {ArgumentError} when `n` is negative or no whole number
 * @example
 * await matrixPower(tensor([[1, 1], [1, 0]]), 10).array(); // [[89, 55], [55, 34]]
 */
export function matrixPower(x: Tensor, n: number): Tensor {
  if (!Number.isInteger(n) || n < 0) {
    throw new ArgumentError('matrixPower', `the power ${n} is not a whole number of at least 0.`);
  }
  const side = x.shape.at(-1);
  if (x.rank < 2 || side === undefined || x.shape.at(-2) !== side) {
    throw new ShapeError('matrixPower', `got ${formatShape(x.shape)}, expected square matrices [..., m, m].`);
  }
  const matrix = lift1('matrixPower', x, widenedNode);
  if (n === 0) {
    return lift1('matrixPower', matrix, ({ shape, dtype }) => {
      const diagonal = build.equal(build.reshape(build.iota(side), [side, 1]), build.iota(side));
      return build.broadcastTo(build.cast(diagonal, dtype), shape);
    });
  }
  let square = matrix;
  let result: Tensor | undefined;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? square : matmul(result, square);
    if (rest > 1) square = matmul(square, square);
  }
  return result ?? matrix;
}
