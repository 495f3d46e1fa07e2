/**
 * Matrix products and their relatives. All are one `dot` node: which axes are paired (batch), which are summed over
 * (contracted), and which are free.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxes } from '../shape/axis';
import { broadcastShapes } from '../shape/broadcast';
import { extentAt, formatShape, range } from '../shape/shape';
import type { Tensor } from '../tensor';
import { lift2, widenedNode } from './operand';

export interface MatmulOptions {
  /** Reads `a` with its last two axes swapped. Default false. */
  readonly transposeA?: boolean;
  /** Reads `b` with its last two axes swapped. Default false. */
  readonly transposeB?: boolean;
}

/**
 * Matrix product over the last two axes; leading axes are batch axes and broadcast. A vector on the left is a row, on
 * the right a column, and its axis disappears from the result. Integers are multiplied in int32.
 *
 * @throws {ShapeError} when the inner dimensions differ or the batch axes do not broadcast
 * @example
 * matmul(zeros([32, 784]), zeros([784, 10])).shape; // [32, 10]
 * matmul(zeros([8, 2, 3]), zeros([4, 3]), { transposeB: true }).shape; // [8, 2, 4]
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  return lift2('matmul', a, b, (x, y) => product(widenedNode(x), widenedNode(y), options));
}

function product(a: Node, b: Node, { transposeA = false, transposeB = false }: MatmulOptions): Node {
  if (a.shape.length === 0 || b.shape.length === 0) {
    throw new ShapeError(
      'matmul',
      `takes tensors of rank 1 or more, got ${formatShape(a.shape)} × ${formatShape(b.shape)}.`,
      'A product with a scalar is mul(a, b).',
    );
  }
  const left = a.shape.length === 1 ? build.reshape(a, [1, ...a.shape]) : transposeA ? swapped(a) : a;
  const right = b.shape.length === 1 ? build.reshape(b, [...b.shape, 1]) : transposeB ? swapped(b) : b;
  requireInner(a, b, left, right, { transposeA, transposeB });
  const full = batched(left, right);
  const dropped = full.shape.filter(
    (_, axis) =>
      !(a.shape.length === 1 && axis === full.shape.length - 2) &&
      !(b.shape.length === 1 && axis === full.shape.length - 1),
  );
  return build.reshape(full, dropped);
}

function swapped(x: Node): Node {
  const rank = x.shape.length;
  return build.permute(x, [...range(rank - 2), rank - 1, rank - 2]);
}

function batched(left: Node, right: Node): Node {
  const [leftRank, rightRank] = [left.shape.length, right.shape.length];
  if (rightRank === 2) {
    // No batch on the right: all leading axes of the left are rows of one big product.
    return build.dot(left, right, {
      leftBatch: [],
      rightBatch: [],
      leftContract: [leftRank - 1],
      rightContract: [0],
    });
  }
  const batch = broadcastShapes('matmul', left.shape.slice(0, -2), right.shape.slice(0, -2));
  const l = build.broadcastTo(left, [...batch, ...left.shape.slice(-2)]);
  const r = build.broadcastTo(right, [...batch, ...right.shape.slice(-2)]);
  const axes = range(batch.length);
  return build.dot(l, r, {
    leftBatch: axes,
    rightBatch: axes,
    leftContract: [batch.length + 1],
    rightContract: [batch.length],
  });
}

function requireInner(a: Node, b: Node, left: Node, right: Node, options: Required<MatmulOptions>): void {
  const inner = extentAt(left.shape, left.shape.length - 1);
  const rows = extentAt(right.shape, right.shape.length - 2);
  if (inner === rows) return;
  const advice: string[] = [];
  const columns = extentAt(right.shape, right.shape.length - 1);
  if (b.shape.length > 1 && inner === columns) {
    advice.push(
      options.transposeB
        ? `Without transposeB, matmul(a, b) takes ${formatShape(b.shape)} as it is.`
        : `The second operand looks transposed: matmul(a, b, { transposeB: true }) takes ${formatShape(b.shape)} as it is.`,
    );
  } else if (a.shape.length > 1 && extentAt(left.shape, left.shape.length - 2) === rows) {
    advice.push(
      options.transposeA
        ? `Without transposeA, matmul(a, b) takes ${formatShape(a.shape)} as it is.`
        : `The first operand looks transposed: matmul(a, b, { transposeA: true }) takes ${formatShape(a.shape)} as it is.`,
    );
  } else {
    advice.push(
      'The last axis of the first operand must have the extent of the second operand’s second-to-last.',
    );
  }
  throw new ShapeError(
    'matmul',
    `inner dimensions differ: ${formatShape(left.shape)} × ${formatShape(right.shape)}, ${inner} ≠ ${rows}.`,
    ...advice,
  );
}

/**
 * NumPy's dot: the last axis of `a` with the second-to-last of `b` (its only one, if it is a vector).
 *
 * @throws {ShapeError} when the extents of those axes differ
 * @example
 * await dot(tensor([1, 2]), tensor([3, 4])).item(); // 11
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 0 || b.rank === 0) {
    throw new ShapeError(
      'dot',
      `takes tensors of rank 1 or more, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    );
  }
  return tensordot(a, b, [[-1], [b.rank === 1 ? 0 : -2]]);
}

/**
 * Every element of `a` times every element of `b`, both flattened.
 *
 * @example
 * await outer(tensor([1, 2]), tensor([3, 4])).array(); // [[3, 4], [6, 8]]
 */
export const outer = (a: Tensor, b: Tensor): Tensor =>
  lift2('outer', a, b, (x, y) => {
    const [left, right] = [widenedNode(x), widenedNode(y)];
    return build.mul(build.reshape(left, [a.size, 1]), build.reshape(right, [1, b.size]));
  });

/**
 * Sums products over pairs of axes. Result axes: those left of `a`, then those left of `b`.
 *
 * @param axes how many axes (the last of `a` with the first of `b`), or [axes of a, axes of b] pair by pair
 * @throws {ShapeError} when paired extents differ
 * @throws {ArgumentError} when the lists differ in length
 * @example
 * tensordot(zeros([2, 3, 4]), zeros([3, 4, 5]), 2).shape; // [2, 5]
 */
export function tensordot(
  a: Tensor,
  b: Tensor,
  axes: number | readonly [readonly number[], readonly number[]] = 2,
): Tensor {
  if (
    typeof axes === 'number' &&
    !(Number.isInteger(axes) && axes >= 0 && axes <= Math.min(a.rank, b.rank))
  ) {
    throw new ArgumentError(
      'tensordot',
      `${axes} axes cannot be paired between ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    );
  }
  const [first, second] = typeof axes === 'number' ? [range(axes, a.rank - axes), range(axes)] : axes;
  if (first.length !== second.length) {
    throw new ArgumentError(
      'tensordot',
      `${first.length} axes of a cannot be paired with ${second.length} axes of b.`,
    );
  }
  const leftContract = first.flatMap((axis) => normalizeAxes('tensordot', axis, a.rank));
  const rightContract = second.flatMap((axis) => normalizeAxes('tensordot', axis, b.rank));
  return lift2('tensordot', a, b, (x, y) =>
    build.dot(widenedNode(x), widenedNode(y), { leftBatch: [], rightBatch: [], leftContract, rightContract }),
  );
}
