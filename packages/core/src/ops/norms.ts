/**
 * Norms of vectors and matrices, and tensors divided by them.
 */
import { isHalf } from '../dtype';
import { ArgumentError, AxisError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxes, normalizeAxis } from '../shape/axis';
import type { Tensor } from '../tensor';
import { finite } from './comparison';
import { minkowskiNorm } from './minkowski';
import { floatingNode, liftFloat, numberNode, type TensorLike } from './operand';
import { powerNode } from './power';
import { type ReduceOptions, reduceOver } from './reduction-axes';
import { norm } from './reductions';

/** Another name of `norm`, as in TensorFlow. */
export const euclideanNorm = norm;

export interface VectorNormOptions extends ReduceOptions {
  /** The order p. Default 2. ±Infinity: greatest and least magnitude; 0: how many elements are not 0. */
  readonly ord?: number;
}

/**
 * Norm of vectors, (Σ |x|ᵖ)^(1/p). The greatest magnitude is taken out, so that powers neither overflow nor vanish.
 * Integers and bool become float32. The gradient at 0 is 0.
 *
 * @param options.ord  the order p, ±Infinity or 0; default 2
 * @param options.axis the axes that a vector lies in; all when left out
 * @throws {ArgumentError} when the order is NaN
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await vectorNorm(tensor([3, -4]), { ord: 1 }).item(); // 7
 * await vectorNorm(tensor([3, -4]), { ord: Infinity }).item(); // 4
 */
export function vectorNorm(x: TensorLike, options: VectorNormOptions = {}): Tensor {
  const { ord = 2 } = options;
  requireOrder('vectorNorm', ord);
  const node = floatingNode('vectorNorm', x);
  return reduceOver('vectorNorm', x, node, options, (axes) => vectorNormNode(node, axes, ord));
}

function requireOrder(where: string, ord: number): void {
  if (Number.isNaN(ord)) {
    throw new ArgumentError(where, 'ord is NaN; expected a number, Infinity or -Infinity.');
  }
}

function vectorNormNode(x: Node, axes: readonly number[], ord: number): Node {
  const size = build.abs(x);
  if (ord === Number.POSITIVE_INFINITY) return build.reduce('max', size, axes);
  if (ord === Number.NEGATIVE_INFINITY) return build.reduce('min', size, axes);
  return ord < 0 ? negativeNorm(size, axes, ord) : minkowskiNorm(x, axes, ord);
}

/** (Σ sizeᵖ)^(1/p) for p < 0, relative to the least size, which decides; 0 where any is 0. */
function negativeNorm(size: Node, axes: readonly number[], ord: number): Node {
  const least = build.detach(build.reduceKeeping('min', size, axes));
  const usable = build.and(finite(least), build.lessThan(0, least));
  const unit = build.where(usable, least, 1);
  const ratio = build.div(size, unit);
  const vanishes = build.equal(ratio, 0);
  // Powers and roots have no derivative at 0: they are taken of 1 there and replaced.
  const powers = powerNode(build.where(vanishes, 1, ratio), ord);
  const total = build.sum(build.where(vanishes, Number.POSITIVE_INFINITY, powers), axes);
  const isNothing = build.equal(total, 0);
  const root = powerNode(build.where(isNothing, 1, total), 1 / ord);
  const relative = build.where(isNothing, Number.POSITIVE_INFINITY, root);
  return build.mul(relative, build.reshape(unit, relative.shape));
}

export interface MatrixNormOptions {
  /** 'fro' (default): √Σ x²; ±1: greatest and least column sum; ±Infinity: greatest and least row sum of magnitudes. */
  readonly ord?: 'fro' | number;
  /** The axes of rows and columns. Default [-2, -1]. */
  readonly axis?: readonly [number, number];
  /** Keeps the two axes with extent 1. Default false. */
  readonly keepDims?: boolean;
}

/**
 * Norm of matrices. Integers and bool become float32.
 *
 * @throws {ArgumentError} when the order is none of 'fro', ±1 and ±Infinity
 * @throws {AxisError} when the axes do not exist or are the same
 * @example
 * const x = tensor([[1, -2], [3, 4]]);
 * await matrixNorm(x).item(); // 5.4772
 * await matrixNorm(x, { ord: 1 }).item(); // 6
 * await matrixNorm(x, { ord: Infinity }).item(); // 7
 */
export function matrixNorm(x: TensorLike, options: MatrixNormOptions = {}): Tensor {
  const { ord = 'fro', axis = [-2, -1], keepDims } = options;
  const node = floatingNode('matrixNorm', x);
  const rank = node.shape.length;
  if (rank < 2) {
    throw new AxisError(
      'matrixNorm',
      `a tensor of rank ${rank} has no matrices; at least 2 axes are needed.`,
    );
  }
  const [rows, columns] = [
    normalizeAxis('matrixNorm', axis[0], rank),
    normalizeAxis('matrixNorm', axis[1], rank),
  ];
  return reduceOver('matrixNorm', x, node, { axis: [rows, columns], keepDims }, (axes) => {
    if (ord === 'fro') return minkowskiNorm(node, axes, 2);
    if (Math.abs(ord) !== 1 && Math.abs(ord) !== Number.POSITIVE_INFINITY) {
      throw new ArgumentError(
        'matrixNorm',
        `ord is ${ord}; expected 'fro', 1, -1, Infinity or -Infinity.`,
        'Norms of singular values are computed from them.',
      );
    }
    const summed = Math.abs(ord) === 1 ? rows : columns;
    const sums = build.sum(build.abs(node), [summed]);
    const other = summed === rows ? columns : rows;
    return build.reduce(ord > 0 ? 'max' : 'min', sums, [other > summed ? other - 1 : other]);
  });
}

/**
 * Vectors scaled to Euclidean length 1: x / √max(Σ x², epsilon).
 *
 * @param axis    the axes that a vector lies in; default the last
 * @param epsilon least sum of squares that is divided by, which keeps vectors of zeros 0; default 1e-12
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await l2Normalize(tensor([3, 4])).data(); // Float32Array [0.6, 0.8]
 */
export const l2Normalize = (x: TensorLike, axis: number | readonly number[] = -1, epsilon = 1e-12): Tensor =>
  liftFloat('l2Normalize', x, (node) => {
    const axes = normalizeAxes('l2Normalize', axis, node.shape.length);
    // Half floats can hold neither the squares nor the epsilon.
    const vectors = isHalf(node.dtype) ? build.cast(node, 'float32') : node;
    const greatest = build.detach(build.maxKeeping(build.abs(vectors), axes));
    // Vectors of large numbers are scaled down first, so that squares do not overflow.
    const unit = build.where(finite(greatest), build.maximum(greatest, 1), 1);
    const scaled = build.div(vectors, unit);
    const total = build.sumKeeping(build.mul(scaled, scaled), axes);
    const least = build.div(build.div(numberNode(epsilon, vectors.dtype), unit), unit);
    return build.cast(build.mul(scaled, build.unary('rsqrt', build.maximum(total, least))), node.dtype);
  });

/** Another name of `l2Normalize`. */
export const unitNormalize = l2Normalize;

export interface NormalizeOptions {
  /** The axes that a vector lies in. Default -1, the last. */
  readonly axis?: number | readonly number[];
  /** The order of the norm, as in `vectorNorm`. Default 2. */
  readonly ord?: number;
  /** Least norm that is divided by, which keeps vectors of zeros 0. Default 1e-12. */
  readonly epsilon?: number;
}

/**
 * Vectors divided by their norm: x / max(‖x‖, epsilon).
 *
 * @returns a tensor of the shape of `x`; integers and bool become float32
 * @throws {ArgumentError} when the order is NaN
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await normalize(tensor([1, -3]), { ord: 1 }).data(); // Float32Array [0.25, -0.75]
 */
export function normalize(x: TensorLike, options: NormalizeOptions = {}): Tensor {
  const { axis = -1, ord = 2, epsilon = 1e-12 } = options;
  requireOrder('normalize', ord);
  return liftFloat('normalize', x, (node) => {
    const axes = normalizeAxes('normalize', axis, node.shape.length);
    // Half floats cannot hold the epsilon.
    const vectors = isHalf(node.dtype) ? build.cast(node, 'float32') : node;
    const length = build.reshape(vectorNormNode(vectors, axes, ord), build.keptShape(vectors, axes));
    const divisor = build.maximum(length, numberNode(epsilon, vectors.dtype));
    return build.cast(build.div(vectors, divisor), node.dtype);
  });
}
