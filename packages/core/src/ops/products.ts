/**
 * Products of vectors and matrices beside `matmul`: inner, cross and Kronecker products, bilinear forms, and a product
 * added to something. Integers and bool are multiplied in int32.
 */
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { broadcastShapes } from '../shape/broadcast';
import { extentAt, formatShape, range } from '../shape/shape';
import type { Tensor } from '../tensor';
import { einsumNode } from './einsum';
import { matmul, tensordot } from './matmul';
import { lift2, numberNode, operandNodes, type TensorLike, tensorFrom, widenedNode } from './operand';

/** Two operands of one numeric dtype. */
const lifted = (where: string, a: TensorLike, b: TensorLike, make: (a: Node, b: Node) => Node): Tensor =>
  lift2(where, a, b, (x, y) => make(widenedNode(x), widenedNode(y)));

/**
 * Sums products along the last axes: result axes are the others of `a`, then the others of `b`. A scalar multiplies.
 *
 * @throws {ShapeError} when the last axes differ
 * @example
 * await inner(tensor([1, 2, 3]), tensor([0, 1, 0])).item(); // 2
 * inner(zeros([2, 3]), zeros([4, 3])).shape; // [2, 4]
 */
export function inner(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 0 || b.rank === 0) return lifted('inner', a, b, build.mul);
  if (a.shape.at(-1) !== b.shape.at(-1)) {
    throw new ShapeError(
      'inner',
      `the last axes differ: ${formatShape(a.shape)} and ${formatShape(b.shape)}, ${a.shape.at(-1)} ≠ ${b.shape.at(-1)}.`,
      'matmul(a, b) pairs the last axis of a with the second-to-last of b.',
    );
  }
  return tensordot(a, b, [[-1], [-1]]);
}

/**
 * Sum of the products of all elements, both flattened.
 *
 * @throws {ShapeError} when the numbers of elements differ
 * @example
 * await vdot(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [0, 1]])).item(); // 5
 */
export function vdot(a: Tensor, b: Tensor): Tensor {
  if (a.size !== b.size) {
    throw new ShapeError(
      'vdot',
      `${formatShape(a.shape)} holds ${a.size} elements, ${formatShape(b.shape)} holds ${b.size}.`,
      'Both are flattened and must have the same number of elements.',
    );
  }
  return lifted('vdot', a, b, (x, y) =>
    einsumNode('vdot', 'i,i->', [build.reshape(x, [a.size]), build.reshape(y, [b.size])]),
  );
}

/**
 * Sums products along one axis; the other axes are paired and broadcast.
 *
 * @param axis the axis of the vectors in both operands; default -1
 * @throws {AxisError} when the axis does not exist in one of them
 * @throws {ShapeError} when its extents differ or the other axes do not broadcast
 * @example
 * await vecdot(tensor([[1, 2], [3, 4]]), tensor([1, 10])).data(); // Float32Array [21, 43]
 */
export function vecdot(a: Tensor, b: Tensor, axis = -1): Tensor {
  return lifted('vecdot', a, b, (x, y) => {
    const [left, right] = [axisLast('vecdot', x, axis), axisLast('vecdot', y, axis)];
    requireSameLast('vecdot', x, y, left, right);
    const product = build.combine('mul', left, right, 'vecdot');
    return build.sum(product, [product.shape.length - 1]);
  });
}

const axisLast = (where: string, x: Node, axis: number): Node =>
  build.moveToEnd(x, [normalizeAxis(where, axis, x.shape.length)]);

function requireSameLast(where: string, a: Node, b: Node, left: Node, right: Node): void {
  if (left.shape.at(-1) === right.shape.at(-1)) return;
  throw new ShapeError(
    where,
    `vectors of different length: ${formatShape(a.shape)} and ${formatShape(b.shape)}, ` +
      `${left.shape.at(-1)} ≠ ${right.shape.at(-1)}.`,
  );
}

/**
 * A matrix times a vector, for every matrix and vector of the leading axes, which broadcast.
 *
 * @param a [..., m, n]
 * @param x [..., n]
 * @returns [..., m]
 * @throws {ShapeError} when ranks or extents do not fit
 * @example
 * await matvec(tensor([[1, 2], [3, 4]]), tensor([1, 10])).data(); // Float32Array [21, 43]
 */
export const matvec = (a: Tensor, x: Tensor): Tensor =>
  lifted('matvec', a, x, (matrix, vector) => einsumNode('matvec', '...mn,...n->...m', [matrix, vector]));

/**
 * Cross product of vectors of length 3, or of length 2, which stand for [x, y, 0]; two of length 2 give the third
 * component alone, without the axis. The other axes broadcast.
 *
 * @param axis the axis of the vectors in both operands and in the result; default -1
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when its extent is neither 2 nor 3, or the other axes do not broadcast
 * @example
 * await cross(tensor([1, 0, 0]), tensor([0, 1, 0])).data(); // Float32Array [0, 0, 1]
 */
export function cross(a: Tensor, b: Tensor, axis = -1): Tensor {
  return lifted('cross', a, b, (x, y) => {
    const [left, right] = [components('cross', x, axis), components('cross', y, axis)];
    const third = minor(left, right, 0, 1);
    if (left.length === 2 && right.length === 2) return third;
    const parts = [minor(left, right, 1, 2), minor(left, right, 2, 0), third];
    const joined = build.concat(
      parts.map((part) => build.insertAxes(part, [part.shape.length])),
      third.shape.length,
    );
    const position = normalizeAxis('cross', axis, joined.shape.length);
    const others = range(joined.shape.length - 1);
    return build.permute(joined, [
      ...others.slice(0, position),
      joined.shape.length - 1,
      ...others.slice(position),
    ]);
  });
}

/** The components of vectors along `axis`, each without that axis. */
function components(where: string, x: Node, axis: number): Node[] {
  const last = axisLast(where, x, axis);
  const rank = last.shape.length;
  const length = extentAt(last.shape, rank - 1);
  if (length !== 2 && length !== 3) {
    throw new ShapeError(
      where,
      `axis ${axis} of ${formatShape(x.shape)} has extent ${length}.`,
      'Cross products are of vectors of length 2 or 3.',
    );
  }
  return range(length).map((i) =>
    build.reshape(build.sliceAxis(last, rank - 1, i, i + 1), last.shape.slice(0, -1)),
  );
}

/** aᵢ bⱼ - aⱼ bᵢ, where a third component that is missing is 0. */
function minor(a: readonly Node[], b: readonly Node[], i: number, j: number): Node {
  const product = (left: Node | undefined, right: Node | undefined): Node | undefined =>
    left === undefined || right === undefined ? undefined : build.combine('mul', left, right, 'cross');
  const [plus, minus] = [product(a[i], b[j]), product(a[j], b[i])];
  if (plus !== undefined && minus !== undefined) return build.sub(plus, minus);
  if (plus !== undefined) return plus;
  if (minus !== undefined) return build.neg(minus);
  throw new ShapeError('cross', 'two vectors of length 2 have a third component only.');
}

/**
 * Kronecker product: every element of `a` times the whole of `b`, in blocks. The operand of lower rank gets leading
 * axes of extent 1.
 *
 * @returns the extents of `a` times those of `b`
 * @example
 * await kron(tensor([1, 10]), tensor([1, 2, 3])).data(); // Float32Array [1, 2, 3, 10, 20, 30]
 */
export const kron = (a: Tensor, b: Tensor): Tensor =>
  lifted('kron', a, b, (x, y) => {
    const rank = Math.max(a.rank, b.rank);
    const padded = ({ shape }: Node): number[] => [...range(rank - shape.length).map(() => 1), ...shape];
    const [left, right] = [padded(x), padded(y)];
    const apart = build.mul(
      build.reshape(
        x,
        left.flatMap((extent) => [extent, 1]),
      ),
      build.reshape(
        y,
        right.flatMap((extent) => [1, extent]),
      ),
    );
    return build.reshape(
      apart,
      left.map((extent, i) => extent * extentAt(right, i)),
    );
  });

export interface AddmmOptions {
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
  /** Factor of `c`; 0 ignores its values, NaN included. Default 1. */
  readonly beta?: number;
}

/**
 * A matrix product added to something: beta · c + alpha · (a × b).
 *
 * @param c broadcasts against the product
 * @param a as in `matmul`
 * @param b as in `matmul`
 * @throws {ShapeError} when the inner dimensions differ or `c` does not broadcast to the product
 * @example
 * await addmm(tensor([1, 2]), tensor([[1, 1]]), tensor([[3, 4], [5, 6]]), { alpha: 0.5 }).array(); // [[5, 7]]
 */
export function addmm(
  c: TensorLike,
  a: Tensor,
  b: Tensor,
  { alpha = 1, beta = 1 }: AddmmOptions = {},
): Tensor {
  const product = matmul(a, b);
  const [added, term] = operandNodes('addmm', [c, product]).map(widenedNode);
  if (added === undefined || term === undefined) throw new ShapeError('addmm', 'needs three operands.');
  const shape = broadcastShapes('addmm', added.shape, term.shape);
  if (shape.length !== term.shape.length || shape.some((extent, i) => extent !== term.shape[i])) {
    throw new ShapeError(
      'addmm',
      `c of shape ${formatShape(added.shape)} does not broadcast to the product, ${formatShape(term.shape)}.`,
    );
  }
  const scaled = build.mul(term, numberNode(alpha, term.dtype));
  const sum = beta === 0 ? scaled : build.add(build.mul(added, numberNode(beta, term.dtype)), scaled);
  return tensorFrom('addmm', sum, [c, a, b]);
}

/**
 * A bilinear form for each feature of the result: yₖ = x₁ᵀ Wₖ x₂ (+ bₖ).
 *
 * @param x1     [..., m]
 * @param x2     [..., n]; the leading axes broadcast
 * @param weight [features, m, n]
 * @param bias   [features]
 * @returns [..., features]
 * @throws {ShapeError} when extents do not fit
 * @example
 * bilinear(zeros([8, 3]), zeros([8, 4]), zeros([5, 3, 4])).shape; // [8, 5]
 */
export function bilinear(x1: Tensor, x2: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const operands = [x1, x2, weight, ...(bias === undefined ? [] : [bias])];
  const nodes = operandNodes('bilinear', operands).map(widenedNode);
  const form = einsumNode('bilinear', '...m,...n,kmn->...k', nodes.slice(0, 3));
  const [, , , offset] = nodes;
  if (offset === undefined) return tensorFrom('bilinear', form, operands);
  if (offset.shape.length !== 1 || offset.shape[0] !== form.shape.at(-1)) {
    throw new ShapeError(
      'bilinear',
      `the bias has shape ${formatShape(offset.shape)}, expected [${form.shape.at(-1)}].`,
    );
  }
  return tensorFrom('bilinear', build.add(form, offset), operands);
}
