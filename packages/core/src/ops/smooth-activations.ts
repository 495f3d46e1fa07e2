/**
 * Smooth activations, element by element. Integers and bool become float32. Each is arranged so that no exponential
 * overflows and infinities give the limit.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { sigmoidNode } from './activations';
import { log1pNode } from './elementary';
import { elementwiseComposite } from './elementwise-composite';
import { liftFunction } from './float-functions';
import { floatingNode, numberNode, type TensorLike, tensorFrom } from './operand';
import { hypotNode } from './roots';

// log(1 / (1 + e^(-x))) = min(x, 0) - log(1 + e^(-|x|))
const logSigmoidDefinition = /* @__PURE__ */ elementwiseComposite('logSigmoid', {
  decompose: (x) => build.sub(build.minimum(x, 0), log1pNode(build.exp(build.neg(build.abs(x))))),
  derivative: (x) => sigmoidNode(build.neg(x)),
});

/** log(sigmoid(x)) as a node. */
export const logSigmoidNode = (x: Node): Node => build.applyComposite(logSigmoidDefinition, [x], {});

/**
 * log(sigmoid(x)), which stays finite where sigmoid(x) rounds to 0.
 *
 * @example
 * await logSigmoid(tensor([0, -1000])).data(); // Float32Array [-0.6931, -1000]
 */
export const logSigmoid = (x: TensorLike): Tensor => liftFunction('logSigmoid', x, logSigmoidNode);

// With the derivative written over x the quotient ∞ / ∞ does not come up again.
const softsignDefinition = /* @__PURE__ */ elementwiseComposite('softsign', {
  decompose: (x) => {
    const infinite = build.equal(build.abs(x), Number.POSITIVE_INFINITY);
    const inner = build.where(infinite, 0, x);
    const value = build.div(inner, build.add(build.abs(inner), 1));
    return build.where(infinite, build.unary('sign', x), value);
  },
  derivative: (x) => {
    const factor = build.unary('recip', build.add(build.abs(x), 1));
    return build.mul(factor, factor);
  },
});

/**
 * x / (1 + |x|), in [-1, 1].
 *
 * @example
 * await softsign(tensor([-1, 3])).data(); // Float32Array [-0.5, 0.75]
 */
export const softsign = (x: TensorLike): Tensor =>
  liftFunction('softsign', x, (node) => build.applyComposite(softsignDefinition, [node], {}));

/**
 * x - tanh(x).
 *
 * @example
 * await tanhShrink(tensor([1])).data(); // Float32Array [0.2384]
 */
export const tanhShrink = (x: TensorLike): Tensor =>
  liftFunction('tanhShrink', x, (node) => build.sub(node, build.tanh(node)));

/**
 * x · tanh(softplus(x)) (Misra 2019); 0 at -Infinity.
 *
 * @example
 * await mish(tensor([1])).data(); // Float32Array [0.8651]
 */
export const mish = (x: TensorLike): Tensor =>
  liftFunction('mish', x, (given) => {
    const off = build.equal(given, Number.NEGATIVE_INFINITY);
    const node = build.where(off, 0, given);
    // tanh(log(1 + e^x)) = (e² + 2e) / (e² + 2e + 2) with e = e^x; numerator and denominator over e² for positive x.
    const positive = build.lessThan(0, node);
    const e = build.exp(build.where(positive, build.neg(node), node));
    const square = build.mul(e, e);
    const twice = build.add(e, e);
    const numerator = build.where(positive, build.add(twice, 1), build.add(square, twice));
    const rest = build.where(positive, build.add(square, square), 2);
    return build.where(off, 0, build.mul(node, build.div(numerator, build.add(numerator, rest))));
  });

/**
 * (x + √(x² + b)) / 2, a softplus without exponentials.
 *
 * @param b how round the corner is, positive; default 4
 * @throws {ArgumentError} when b is not positive
 * @example
 * await squareplus(tensor([0, 3])).data(); // Float32Array [1, 3.3028]
 */
export function squareplus(x: TensorLike, b = 4): Tensor {
  if (!(b > 0)) throw new ArgumentError('squareplus', `b must be positive, not ${b}.`);
  return liftFunction('squareplus', x, (node) => {
    const root = hypotNode(node, numberNode(Math.sqrt(b), node.dtype));
    const negative = build.lessThan(node, 0);
    // For negative x the sum cancels; multiplied by the difference it is b.
    const below = build.div(numberNode(b, node.dtype), build.sub(root, build.where(negative, node, 0)));
    return build.mul(build.where(negative, below, build.add(node, root)), 0.5);
  });
}

/**
 * Gated linear unit: the first half along `axis` times the sigmoid of the second (Dauphin et al. 2017).
 *
 * @param axis its extent is halved; default -1
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when its extent is odd
 * @example
 * await glu(tensor([1, 2, 0, 0])).data(); // Float32Array [0.5, 1]
 */
export function glu(x: TensorLike, axis = -1): Tensor {
  const node = floatingNode('glu', x);
  const along = normalizeAxis('glu', axis, node.shape.length);
  const extent = extentAt(node.shape, along);
  if (extent % 2 !== 0) {
    throw new ShapeError(
      'glu',
      `axis ${along} of ${formatShape(node.shape)} has the odd extent ${extent}.`,
      'One half is gated by the other, so the extent must be even.',
    );
  }
  const value = build.sliceAxis(node, along, 0, extent / 2);
  const gate = build.sliceAxis(node, along, extent / 2, extent);
  return tensorFrom('glu', build.mul(value, sigmoidNode(gate)), [x]);
}
