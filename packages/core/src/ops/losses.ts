/**
 * Losses, element by element unless said otherwise: predictions first, targets second, reduced by the caller. Integers
 * and bool become float32; shapes broadcast.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import type { Tensor } from '../tensor';
import { sigmoidNode } from './activations';
import { log1pNode } from './elementary';
import { elementwiseComposite } from './elementwise-composite';
import { liftFunction2 } from './float-functions';
import { xlogyNode } from './logarithms';
import { numberNode, type TensorLike } from './operand';
import { powerNode } from './power';
import { logSigmoidNode } from './smooth-activations';

/** A loss of what is between prediction and target. */
const ofDifference = (
  where: string,
  predictions: TensorLike,
  targets: TensorLike,
  make: (difference: Node) => Node,
): Tensor => liftFunction2(where, predictions, targets, (p, t) => make(build.sub(p, t)));

function requirePositive(where: string, name: string, value: number): void {
  if (!(value > 0)) throw new ArgumentError(where, `${name} must be positive, not ${value}.`);
}

/** Mean over the last axis; a scalar is its own mean. */
const meanOverLast = (x: Node): Node => (x.shape.length === 0 ? x : build.mean(x, [x.shape.length - 1]));

/**
 * Mean over the last axis of (prediction - target)².
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await meanSquaredError(tensor([[1, 2]]), tensor([[1, 4]])).data(); // Float32Array [2]
 */
export const meanSquaredError = (predictions: TensorLike, targets: TensorLike): Tensor =>
  ofDifference('meanSquaredError', predictions, targets, (d) => meanOverLast(build.mul(d, d)));

/**
 * Mean over the last axis of |prediction - target|.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await meanAbsoluteError(tensor([[1, 2]]), tensor([[1, 4]])).data(); // Float32Array [1]
 */
export const meanAbsoluteError = (predictions: TensorLike, targets: TensorLike): Tensor =>
  ofDifference('meanAbsoluteError', predictions, targets, (d) => meanOverLast(build.abs(d)));

/** e² / 2 up to delta, and the tangent beyond. */
function huber(error: Node, delta: Node): Node {
  const size = build.abs(error);
  const quadratic = build.mul(build.mul(error, error), 0.5);
  const linear = build.mul(delta, build.sub(size, build.mul(delta, 0.5)));
  return build.where(build.lessEqual(size, delta), quadratic, linear);
}

/**
 * e² / 2 where the error e is at most `delta`, delta · (|e| - delta / 2) beyond.
 *
 * @param delta where the loss turns from quadratic to linear, positive; default 1
 * @throws {ArgumentError} when delta is not positive
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await huberLoss(tensor([0.5, 3]), tensor([0, 0])).data(); // Float32Array [0.125, 2.5]
 */
export function huberLoss(predictions: TensorLike, targets: TensorLike, delta = 1): Tensor {
  requirePositive('huberLoss', 'delta', delta);
  return ofDifference('huberLoss', predictions, targets, (d) => huber(d, numberNode(delta, d.dtype)));
}

/**
 * e² / (2 beta) where the error e is at most `beta`, |e| - beta / 2 beyond: huberLoss divided by beta.
 *
 * @param beta where the loss turns from quadratic to linear, positive; default 1
 * @throws {ArgumentError} when beta is not positive
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await smoothL1Loss(tensor([0.5, 3]), tensor([0, 0])).data(); // Float32Array [0.125, 2.5]
 */
export function smoothL1Loss(predictions: TensorLike, targets: TensorLike, beta = 1): Tensor {
  requirePositive('smoothL1Loss', 'beta', beta);
  return ofDifference('smoothL1Loss', predictions, targets, (d) => {
    const width = numberNode(beta, d.dtype);
    return build.div(huber(d, width), width);
  });
}

// log cosh x = log(1 + 2 sinh²(x / 2)) keeps the digits of small x; |x| + log(1 + e^(-2|x|)) - log 2 never overflows.
const logCoshDefinition = /* @__PURE__ */ elementwiseComposite('logCosh', {
  decompose: (x) => {
    const size = build.abs(x);
    const near = build.lessThan(size, 1);
    const inner = build.exp(build.mul(build.where(near, size, 0), 0.5));
    // sinh(u) = tanh(u / 2) (1 + cosh u), with u = x / 2
    const cosh = build.mul(build.add(inner, build.unary('recip', inner)), 0.5);
    const sinh = build.mul(build.tanh(build.mul(build.where(near, size, 0), 0.25)), build.add(cosh, 1));
    const small = log1pNode(build.mul(build.mul(sinh, sinh), 2));
    const large = build.sub(build.add(size, log1pNode(build.exp(build.mul(size, -2)))), Math.LN2);
    return build.where(near, small, large);
  },
  derivative: (x) => build.tanh(x),
});

/**
 * log(cosh(prediction - target)): e² / 2 for small errors, |e| - log 2 for large ones.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await logCoshLoss(tensor([1, 100]), tensor([0, 0])).data(); // Float32Array [0.4338, 99.3069]
 */
export const logCoshLoss = (predictions: TensorLike, targets: TensorLike): Tensor =>
  ofDifference('logCoshLoss', predictions, targets, (d) => build.applyComposite(logCoshDefinition, [d], {}));

/** max(1 - prediction · target, 0), with gradient 0 where the margin is kept. */
function hinge(predictions: Node, targets: Node): Node {
  const margin = build.sub(1, build.mul(predictions, targets));
  return build.where(build.lessEqual(margin, 0), 0, margin);
}

/**
 * max(1 - prediction · target, 0) for targets -1 and 1.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await hingeLoss(tensor([0.5, -2]), tensor([1, -1])).data(); // Float32Array [0.5, 0]
 */
export const hingeLoss = (predictions: TensorLike, targets: TensorLike): Tensor =>
  liftFunction2('hingeLoss', predictions, targets, (p, t) => hinge(p, t));

/**
 * The square of `hingeLoss`.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await squaredHingeLoss(tensor([0.5, -2]), tensor([1, -1])).data(); // Float32Array [0.25, 0]
 */
export const squaredHingeLoss = (predictions: TensorLike, targets: TensorLike): Tensor =>
  liftFunction2('squaredHingeLoss', predictions, targets, (p, t) => {
    const loss = hinge(p, t);
    return build.mul(loss, loss);
  });

export interface PoissonLossOptions {
  /** Whether predictions are logarithms of rates: the loss is then e^prediction - target · prediction. Default false. */
  readonly logInput?: boolean;
}

/**
 * prediction - target · log(prediction): the negative log-likelihood of counts, without the part that has no gradient.
 *
 * @param predictions rates, positive; or their logarithms with `logInput`
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await poissonLoss(tensor([1, 2]), tensor([3, 0])).data(); // Float32Array [1, 2]
 */
export const poissonLoss = (
  predictions: TensorLike,
  targets: TensorLike,
  { logInput = false }: PoissonLossOptions = {},
): Tensor =>
  liftFunction2('poissonLoss', predictions, targets, (p, t) =>
    logInput ? build.sub(build.exp(p), build.mul(t, p)) : build.sub(p, xlogyNode(t, p)),
  );

/**
 * Kullback-Leibler divergence Σ p · log(p / q) along `axis`; terms with p = 0 are 0, and have gradient 0.
 *
 * @param p    the distribution that is true, not negative
 * @param q    the distribution that approximates it
 * @param axis the axis along which both are distributions; default -1
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await klDivergence(tensor([0.5, 0.5]), tensor([0.25, 0.75])).item(); // 0.1438
 */
export const klDivergence = (p: TensorLike, q: TensorLike, axis = -1): Tensor =>
  liftFunction2('klDivergence', p, q, (first, second) => {
    const absent = build.equal(first, 0);
    const [given, model] = [build.where(absent, 1, first), build.where(absent, 1, second)];
    const terms = build.mul(given, build.sub(build.log(given), build.log(model)));
    const kept = build.where(absent, 0, terms);
    return build.sum(kept, [normalizeAxis('klDivergence', axis, kept.shape.length)]);
  });

/** Products of norms are at least this, so that a vector of zeros is similar to nothing. */
const LEAST_NORM_PRODUCT = 1e-8;

/**
 * Cosine of the angle between a and b along `axis`: Σ a · b / (‖a‖ ‖b‖), where the product of the norms counts as at
 * least 1e-8. A vector of zeros gives 0, with gradient 0.
 *
 * @param axis the axis of the vectors; default -1
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await cosineSimilarity(tensor([1, 0]), tensor([1, 1])).item(); // 0.7071
 */
export const cosineSimilarity = (a: TensorLike, b: TensorLike, axis = -1): Tensor =>
  liftFunction2('cosineSimilarity', a, b, (x, y) => {
    const products = build.mul(x, y);
    const axes = [normalizeAxis('cosineSimilarity', axis, products.shape.length)];
    const norm = (v: Node): Node => {
      const squares = build.sum(build.broadcastTo(build.mul(v, v), products.shape), axes);
      const absent = build.equal(squares, 0);
      return build.where(absent, 0, build.sqrt(build.where(absent, 1, squares)));
    };
    const length = build.mul(norm(x), norm(y));
    const least = build.lessThan(length, LEAST_NORM_PRODUCT);
    return build.div(build.sum(products, axes), build.where(least, LEAST_NORM_PRODUCT, length));
  });

export interface FocalOptions {
  /** Weight of positive targets; negative ones weigh 1 - alpha. Default 0.25. */
  readonly alpha?: number;
  /** How much well-classified examples count less; 0 gives weighted cross-entropy. Default 2. */
  readonly gamma?: number;
}

/**
 * Focal loss (Lin et al. 2017): the cross-entropy between sigmoid(logits) and targets times
 * (1 - p)^gamma, p being the probability given to what is true.
 *
 * @param targets in [0, 1]
 * @throws {ArgumentError} when gamma is negative
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await sigmoidFocalCrossEntropy(tensor([0]), tensor([1])).data(); // Float32Array [0.0433]
 */
export function sigmoidFocalCrossEntropy(
  logits: TensorLike,
  targets: TensorLike,
  { alpha = 0.25, gamma = 2 }: FocalOptions = {},
): Tensor {
  const name = 'sigmoidFocalCrossEntropy';
  if (!(gamma >= 0)) throw new ArgumentError(name, `gamma must be at least 0, not ${gamma}.`);
  return liftFunction2(name, logits, targets, (x, t) => {
    const other = build.sub(1, t);
    const negative = build.neg(x);
    const entropy = build.neg(
      build.add(build.mul(t, logSigmoidNode(x)), build.mul(other, logSigmoidNode(negative))),
    );
    // 1 - p without cancellation: the probability given to what is false.
    const missed = build.add(build.mul(sigmoidNode(x), other), build.mul(sigmoidNode(negative), t));
    const weight = numberNode(alpha, x.dtype);
    const balance = build.add(build.mul(t, weight), build.mul(other, build.sub(1, weight)));
    return build.mul(build.mul(balance, powerNode(missed, gamma)), entropy);
  });
}
