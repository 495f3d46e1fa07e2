/**
 * Activation functions, element by element. Integers and bool become float32.
 */
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { expm1Node, log1pNode } from './elementary';
import { elementwiseComposite } from './elementwise-composite';
import { soleInput } from './inputs';
import { lift1, liftFloat, numberNode, numericNode, type TensorLike } from './operand';
import { powerNode } from './power';

// The gradient is written over the output: nothing else has to be kept for it. It is 0 at 0.
const reluDefinition: CompositeDefinition = {
  name: 'relu',
  infer: (inputs) => soleInput('relu', inputs),
  decompose: (inputs) => build.maximum(soleInput('relu', inputs), 0),
  vjp: ({ output: y, cotangent: g }) => [build.where(build.lessThan(0, y), g, 0)],
};

// Differentiating the quotient would give ∞ · 0 for large negative numbers; y · (1 - y) has no such trouble.
const sigmoidDefinition = /* @__PURE__ */ elementwiseComposite('sigmoid', {
  decompose: (x) => build.unary('recip', build.add(build.exp(build.neg(x)), 1)),
  derivative: (_, y) => build.mul(y, build.sub(1, y)),
});

// log(1 + e^x) = max(x, 0) + log(1 + e^(-|x|)): the exponential never overflows.
const softplusDefinition = /* @__PURE__ */ elementwiseComposite('softplus', {
  decompose: (x) => build.add(build.maximum(x, 0), log1pNode(build.exp(build.neg(build.abs(x))))),
  derivative: (x) => sigmoidNode(x),
});

/** Logistic function as a node. */
export const sigmoidNode = (x: Node): Node => build.applyComposite(sigmoidDefinition, [x], {});

/**
 * max(x, 0). Its gradient is 1 where x > 0 and 0 elsewhere, 0 included. NaN stays NaN. Integers stay integers.
 *
 * @example
 * await relu(tensor([-1, 2])).data(); // Float32Array [0, 2]
 */
export const relu = (x: TensorLike): Tensor =>
  lift1('relu', x, (node) => build.applyComposite(reluDefinition, [numericNode(node)], {}));

/**
 * Logistic function 1 / (1 + e^(-x)).
 *
 * @example
 * await sigmoid(tensor([0])).data(); // Float32Array [0.5]
 */
export const sigmoid = (x: TensorLike): Tensor => liftFloat('sigmoid', x, sigmoidNode);

/**
 * log(1 + eˣ), a smooth relu.
 *
 * @example
 * await softplus(tensor([0])).data(); // Float32Array [0.6931]
 */
export const softplus = (x: TensorLike): Tensor =>
  liftFloat('softplus', x, (node) => build.applyComposite(softplusDefinition, [node], {}));

/**
 * x · sigmoid(x), also called swish.
 *
 * @example
 * await silu(tensor([1])).data(); // Float32Array [0.7311]
 */
export const silu = (x: TensorLike): Tensor =>
  liftFloat('silu', x, (node) => build.mul(node, sigmoidNode(node)));

export interface GeluOptions {
  /** Uses the tanh approximation of Hendrycks & Gimpel (2016) instead of erf. Default false. */
  readonly approximate?: boolean;
}

/**
 * x · Φ(x), Φ being the distribution function of the standard normal distribution.
 *
 * @example
 * await gelu(tensor([1])).data(); // Float32Array [0.8413]
 */
export const gelu = (x: TensorLike, { approximate = false }: GeluOptions = {}): Tensor =>
  liftFloat('gelu', x, (node) => {
    if (!approximate) {
      const phi = build.add(build.unary('erf', build.mul(node, Math.SQRT1_2)), 1);
      return build.mul(build.mul(node, 0.5), phi);
    }
    const cubic = build.add(node, build.mul(powerNode(node, 3), 0.044715));
    const phi = build.add(build.tanh(build.mul(cubic, Math.sqrt(2 / Math.PI))), 1);
    return build.mul(build.mul(node, 0.5), phi);
  });

/**
 * x where x > 0, alpha · (eˣ - 1) elsewhere.
 *
 * @param alpha what is approached at minus infinity, negated; default 1
 * @example
 * await elu(tensor([-1, 2])).data(); // Float32Array [-0.6321, 2]
 */
export const elu = (x: TensorLike, alpha = 1): Tensor =>
  liftFloat('elu', x, (node) => {
    const positive = build.lessThan(0, node);
    // The branch not taken gets 0, so that its exponential (and gradient) cannot overflow.
    const below = expm1Node(build.where(positive, 0, node));
    return build.where(positive, node, build.mul(numberNode(alpha, node.dtype), below));
  });

/**
 * x where x > 0, slope · x elsewhere.
 *
 * @param slope slope for negative numbers; default 0.2, as in Keras
 * @example
 * await leakyRelu(tensor([-1, 2])).data(); // Float32Array [-0.2, 2]
 */
export const leakyRelu = (x: TensorLike, slope = 0.2): Tensor =>
  liftFloat('leakyRelu', x, (node) =>
    build.where(build.lessThan(0, node), node, build.mul(numberNode(slope, node.dtype), node)),
  );
