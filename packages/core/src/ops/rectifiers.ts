/**
 * Activations made of straight pieces, and the exponential ones that complete them. Integers and bool become float32
 * unless said otherwise; NaN stays NaN. At a kink the gradient is that of one side, as the description says.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { expm1Node } from './elementary';
import { liftFunction, liftFunction2 } from './float-functions';
import { lift1, numberNode, numericNode, type TensorLike } from './operand';

/** x between the bounds with gradient 1 strictly inside, and the bounds themselves elsewhere. */
const between = (x: Node, low: Node | number, high: Node | number): Node =>
  build.where(build.lessEqual(x, low), low, build.where(build.lessEqual(high, x), high, x));

/**
 * min(max(x, 0), 6), with gradient 1 inside (0, 6) and 0 elsewhere. Integers stay integers.
 *
 * @example
 * await relu6(tensor([-1, 3, 8])).data(); // Float32Array [0, 3, 6]
 */
export const relu6 = (x: TensorLike): Tensor => lift1('relu6', x, (node) => between(numericNode(node), 0, 6));

/**
 * x limited to [low, high], with gradient 1 strictly inside and 0 elsewhere.
 *
 * @param low  default -1
 * @param high default 1
 * @throws {ArgumentError} when low is not below high
 * @example
 * await hardTanh(tensor([-2, 0.5, 3])).data(); // Float32Array [-1, 0.5, 1]
 */
export function hardTanh(x: TensorLike, low = -1, high = 1): Tensor {
  if (!(low < high)) {
    throw new ArgumentError('hardTanh', `the lower bound ${low} must be below the upper bound ${high}.`);
  }
  return liftFunction('hardTanh', x, (node) =>
    between(node, numberNode(low, node.dtype), numberNode(high, node.dtype)),
  );
}

/** relu6(x + 3) / 6, from 0 at -3 to 1 at 3. */
const hardSigmoidNode = (x: Node): Node => build.mul(between(build.add(x, 3), 0, 6), 1 / 6);

/**
 * relu6(x + 3) / 6: a sigmoid of straight pieces, 0 up to -3 and 1 from 3 on.
 *
 * @example
 * await hardSigmoid(tensor([-3, 0, 3])).data(); // Float32Array [0, 0.5, 1]
 */
export const hardSigmoid = (x: TensorLike): Tensor => liftFunction('hardSigmoid', x, hardSigmoidNode);

/**
 * x · hardSigmoid(x), also called hardSilu; 0 at -Infinity.
 *
 * @example
 * await hardSwish(tensor([-4, 1, 4])).data(); // Float32Array [0, 0.6667, 4]
 */
export const hardSwish = (x: TensorLike): Tensor =>
  liftFunction('hardSwish', x, (node) => {
    // The gate is 0 there, and 0 · ∞ would be NaN.
    const off = build.lessEqual(node, -3);
    return build.where(off, 0, build.mul(build.where(off, 0, node), hardSigmoidNode(node)));
  });

/**
 * 0 where |x| ≤ bound, x elsewhere.
 *
 * @param bound default 0.5
 * @throws {ArgumentError} when the bound is negative
 * @example
 * await hardShrink(tensor([-1, 0.2, 1])).data(); // Float32Array [-1, 0, 1]
 */
export function hardShrink(x: TensorLike, bound = 0.5): Tensor {
  requireBound('hardShrink', bound);
  return liftFunction('hardShrink', x, (node) =>
    build.where(build.lessEqual(build.abs(node), numberNode(bound, node.dtype)), 0, node),
  );
}

/**
 * x moved towards 0 by `bound`, and 0 where |x| ≤ bound: the proximal operator of the L1 norm.
 *
 * @param bound default 0.5
 * @throws {ArgumentError} when the bound is negative
 * @example
 * await softShrink(tensor([-1, 0.2, 1])).data(); // Float32Array [-0.5, 0, 0.5]
 */
export function softShrink(x: TensorLike, bound = 0.5): Tensor {
  requireBound('softShrink', bound);
  return liftFunction('softShrink', x, (node) => {
    const [low, high] = [numberNode(-bound, node.dtype), numberNode(bound, node.dtype)];
    const lower = build.where(build.lessThan(node, low), low, node);
    return build.sub(node, build.where(build.lessThan(high, node), high, lower));
  });
}

function requireBound(where: string, bound: number): void {
  if (!(bound >= 0)) throw new ArgumentError(where, `the bound must be at least 0, not ${bound}.`);
}

/**
 * x where x > 0, alpha · x elsewhere, with a slope that is a tensor and usually trained.
 *
 * @param alpha broadcasts against x: one slope, or one for each channel
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await prelu(tensor([[-1, -1], [2, 2]]), tensor([0.1, 0.5])).array(); // [[-0.1, -0.5], [2, 2]]
 */
export const prelu = (x: TensorLike, alpha: TensorLike): Tensor =>
  liftFunction2('prelu', x, alpha, (node, slope) => {
    const scaled = build.mul(slope, node);
    return build.where(build.lessThan(0, node), node, scaled);
  });

/** x where x > 0, scale · (e^(x / width) - 1) elsewhere. */
function exponentialBelow(x: Node, width: Node | undefined, scale: Node | number): Node {
  const positive = build.lessThan(0, x);
  // The branch not taken gets 0, so that its exponential (and gradient) cannot overflow.
  const negative = build.where(positive, 0, x);
  const below = expm1Node(width === undefined ? negative : build.div(negative, width));
  return build.where(positive, x, build.mul(scale, below));
}

/** The constants of Klambauer et al., "Self-Normalizing Neural Networks" (2017), for which mean 0 and variance 1 stay. */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/**
 * 1.0507 · x where x > 0, 1.7581 · (eˣ - 1) elsewhere: the exponential unit that normalizes itself.
 *
 * @example
 * await selu(tensor([-1, 2])).data(); // Float32Array [-1.1113, 2.1014]
 */
export const selu = (x: TensorLike): Tensor =>
  liftFunction('selu', x, (node) => build.mul(exponentialBelow(node, undefined, SELU_ALPHA), SELU_SCALE));

/**
 * x where x > 0, alpha · (e^(x / alpha) - 1) elsewhere: an elu whose slope is 1 at 0 for every alpha.
 *
 * @param alpha what is approached at minus infinity, negated; default 1
 * @throws {ArgumentError} when alpha is 0 or not a number
 * @example
 * await celu(tensor([-1, 2]), 2).data(); // Float32Array [-0.7869, 2]
 */
export function celu(x: TensorLike, alpha = 1): Tensor {
  if (!(Math.abs(alpha) > 0)) throw new ArgumentError('celu', `alpha must not be ${alpha}.`);
  return liftFunction('celu', x, (node) => {
    const width = numberNode(alpha, node.dtype);
    return exponentialBelow(node, width, width);
  });
}

export { hardSwish as hardSilu };
