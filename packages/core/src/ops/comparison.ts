/**
 * Comparisons and logic, element by element with broadcasting; results are bool. They have no gradient.
 * A comparison with NaN is false, except `notEqual`.
 */
import { isFloat } from '../dtype';
import * as build from '../graph/build';
import type { BinaryOp, Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { lift1, lift2, operandNode, operandPair, type TensorLike, tensorFrom } from './operand';

const compare = (where: string, op: BinaryOp, a: TensorLike, b: TensorLike): Tensor =>
  lift2(where, a, b, (x, y) => build.combine(op, x, y, where));

/**
 * a = b.
 *
 * @example
 * await equal(tensor([1, 2]), 2).array(); // [false, true]
 */
export const equal = (a: TensorLike, b: TensorLike): Tensor => compare('equal', 'eq', a, b);

/**
 * a ≠ b; true for NaN.
 *
 * @example
 * await notEqual(tensor([1, 2]), 2).array(); // [true, false]
 */
export const notEqual = (a: TensorLike, b: TensorLike): Tensor => compare('notEqual', 'ne', a, b);

/**
 * a < b.
 *
 * @example
 * await less(tensor([1, 2]), 2).array(); // [true, false]
 */
export const less = (a: TensorLike, b: TensorLike): Tensor => compare('less', 'lt', a, b);

/**
 * a ≤ b.
 *
 * @example
 * await lessEqual(tensor([1, 2, 3]), 2).array(); // [true, true, false]
 */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor => compare('lessEqual', 'le', a, b);

/**
 * a > b.
 *
 * @example
 * await greater(tensor([1, 2, 3]), 2).array(); // [false, false, true]
 */
export const greater = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('greater', a, b, (x, y) => build.combine('lt', y, x, 'greater'));

/**
 * a ≥ b.
 *
 * @example
 * await greaterEqual(tensor([1, 2, 3]), 2).array(); // [false, true, true]
 */
export const greaterEqual = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('greaterEqual', a, b, (x, y) => build.combine('le', y, x, 'greaterEqual'));

/** Whether each element is not 0. */
export const truth = (x: Node): Node => build.cast(x, 'bool');

/**
 * Both not 0.
 *
 * @example
 * await logicalAnd(tensor([true, true]), tensor([true, false])).array(); // [true, false]
 */
export const logicalAnd = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('logicalAnd', a, b, (x, y) => build.combine('and', truth(x), truth(y), 'logicalAnd'));

/**
 * At least one not 0.
 *
 * @example
 * await logicalOr(tensor([false, true]), tensor([false, false])).array(); // [false, true]
 */
export const logicalOr = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('logicalOr', a, b, (x, y) => build.combine('or', truth(x), truth(y), 'logicalOr'));

/**
 * Whether each element is 0.
 *
 * @example
 * await logicalNot(tensor([true, false])).array(); // [false, true]
 */
export const logicalNot = (x: TensorLike): Tensor =>
  lift1('logicalNot', x, (node) => build.unary('not', truth(node)));

/**
 * Whether each element is NaN; integers never are.
 *
 * @example
 * await isNaN(tensor([1, NaN])).array(); // [false, true]
 */
const areNaN = (x: TensorLike): Tensor => lift1('isNaN', x, (node) => build.notEqual(node, node));

/**
 * Whether each element is neither infinite nor NaN.
 *
 * @example
 * await isFinite(tensor([1, Infinity, NaN])).array(); // [true, false, false]
 */
const areFinite = (x: TensorLike): Tensor => lift1('isFinite', x, finite);

/** `isFinite` as a node: |x| < ∞. */
export function finite(x: Node): Node {
  if (!isFloat(x.dtype)) return build.equal(x, x);
  return build.lessThan(build.abs(x), Number.POSITIVE_INFINITY);
}

/**
 * `whenTrue` where the condition holds, `whenFalse` elsewhere; all three broadcast. The side that was not taken gets
 * gradient 0, but it is computed: where its slope is infinite, 0 · ∞ gives NaN. So keep its operands inside their
 * domain, as in `where(x.greater(0), log(maximum(x, 1e-6)), 0)`.
 *
 * @param condition bool, or numbers of which those that are not 0 count as true
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * const x = tensor([-1, 2]);
 * await where(x.greater(0), x, 0).data(); // Float32Array [0, 2]
 */
export function where(condition: TensorLike, whenTrue: TensorLike, whenFalse: TensorLike): Tensor {
  const [yes, no] = operandPair('where', whenTrue, whenFalse);
  const test = truth(operandNode('where', condition));
  return tensorFrom('where', build.where(test, yes, no), [condition, whenTrue, whenFalse]);
}

// Exported under the names of the globals without shadowing them here.
export { areFinite as isFinite, areNaN as isNaN };
