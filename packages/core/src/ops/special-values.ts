/**
 * Functions that jump, and functions that treat NaN, infinities or a zero divisor in a way of their own.
 */
import { type DType, isFloat } from '../dtype';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { liftFunction, liftFunction2 } from './float-functions';
import { lift1, numberNode, numericNode, type TensorLike } from './operand';
import { liftPair } from './pairs';

const isNaNNode = (x: Node): Node => build.notEqual(x, x);

/** The largest finite number of a floating-point dtype. */
function largestOf(dtype: DType): number {
  if (dtype === 'float64') return Number.MAX_VALUE;
  if (dtype === 'float16') return 65504;
  return (2 - (dtype === 'bfloat16' ? 2 ** -7 : 2 ** -23)) * 2 ** 127;
}

export interface NanToNumOptions {
  /** What NaN becomes. Default 0. */
  readonly nan?: number;
  /** What Infinity becomes. Default the largest number of the dtype. */
  readonly posInf?: number;
  /** What -Infinity becomes. Default the least number of the dtype. */
  readonly negInf?: number;
}

/**
 * Replaces NaN and infinities by numbers; their gradient is 0. Integers stay as they are.
 *
 * @example
 * await nanToNum(tensor([NaN, Infinity, 1]), { posInf: 100 }).data(); // Float32Array [0, 100, 1]
 */
export const nanToNum = (x: TensorLike, { nan = 0, posInf, negInf }: NanToNumOptions = {}): Tensor =>
  lift1('nanToNum', x, (node) => {
    if (!isFloat(node.dtype)) return node;
    const largest = largestOf(node.dtype);
    const number = (value: number): Node => numberNode(value, node.dtype);
    const above = build.where(
      build.equal(node, Number.POSITIVE_INFINITY),
      number(posInf ?? largest),
      build.where(build.equal(node, Number.NEGATIVE_INFINITY), number(negInf ?? -largest), node),
    );
    return build.where(isNaNNode(node), number(nan), above);
  });

/**
 * 0 for negative x, 1 for positive x, `atZero` at 0; NaN stays NaN. Integers and bool become float32.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await heaviside(tensor([-2, 0, 3]), 0.5).data(); // Float32Array [0, 0.5, 1]
 */
export const heaviside = (x: TensorLike, atZero: TensorLike): Tensor =>
  liftFunction2('heaviside', x, atZero, (node, value) => {
    const jump = build.where(build.lessThan(node, 0), 0, build.where(build.lessThan(0, node), 1, value));
    return build.where(isNaNNode(node), Number.NaN, jump);
  });

/** The other operand where one is NaN. */
const ignoringNaN = (where: string, op: 'max' | 'min', a: TensorLike, b: TensorLike): Tensor =>
  liftPair(where, a, b, (given, other) => {
    const [x, y] = [numericNode(given), numericNode(other)];
    if (!isFloat(x.dtype)) return build.combine(op, x, y, where);
    const [left, right] = [build.where(isNaNNode(x), y, x), build.where(isNaNNode(y), x, y)];
    return build.combine(op, left, right, where);
  });

/**
 * The greater of a and b; where one is NaN, the other. (`maximum` gives NaN there.)
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await fmax(tensor([1, NaN]), tensor([2, 3])).data(); // Float32Array [2, 3]
 */
export const fmax = (a: TensorLike, b: TensorLike): Tensor => ignoringNaN('fmax', 'max', a, b);

/**
 * The lesser of a and b; where one is NaN, the other. (`minimum` gives NaN there.)
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await fmin(tensor([1, NaN]), tensor([2, 3])).data(); // Float32Array [1, 3]
 */
export const fmin = (a: TensorLike, b: TensorLike): Tensor => ignoringNaN('fmin', 'min', a, b);

/**
 * a / b, and 0 where b is 0; gradients are 0 there too. Integers are divided as float32.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await divNoNan(tensor([1, 0, 6]), tensor([0, 0, 3])).data(); // Float32Array [0, 0, 2]
 */
export const divNoNan = (a: TensorLike, b: TensorLike): Tensor =>
  liftFunction2('divNoNan', a, b, (x, y) => {
    const none = build.equal(y, 0);
    return build.where(none, 0, build.div(x, build.where(none, 1, y)));
  });

/**
 * 1 where x > 0, `alpha` elsewhere; NaN stays NaN, and the gradient is 0. Integers and bool become float32.
 *
 * @param alpha the value for x ≤ 0; default 0
 * @example
 * await step(tensor([-1, 0, 2])).data(); // Float32Array [0, 0, 1]
 */
export const step = (x: TensorLike, alpha = 0): Tensor =>
  liftFunction('step', x, (node) => {
    const jump = build.where(build.lessThan(0, node), 1, numberNode(alpha, node.dtype));
    return build.where(isNaNNode(node), Number.NaN, jump);
  });

/**
 * x where it exceeds `bound`, `value` elsewhere; NaN stays NaN. Integers and bool become float32.
 *
 * @example
 * await threshold(tensor([0.5, 2]), 1, -1).data(); // Float32Array [-1, 2]
 */
export const threshold = (x: TensorLike, bound: number, value: number): Tensor =>
  liftFunction('threshold', x, (node) =>
    build.where(build.lessEqual(node, numberNode(bound, node.dtype)), numberNode(value, node.dtype), node),
  );
