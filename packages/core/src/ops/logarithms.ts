/**
 * Exponentials and logarithms of other bases, and sums and products inside of logarithms, element by element.
 * Integers and bool become float32.
 */
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { sigmoidNode } from './activations';
import { log1pNode } from './elementary';
import { applyPair, liftFunction, liftFunction2, pairComposite } from './float-functions';
import type { TensorLike } from './operand';

/**
 * 2ˣ.
 *
 * @example
 * await exp2(tensor([3, -1])).data(); // Float32Array [8, 0.5]
 */
export const exp2 = (x: TensorLike): Tensor => liftFunction('exp2', x, (node) => build.unary('exp2', node));

/**
 * Logarithm of base 2: -Infinity at 0, NaN below.
 *
 * @example
 * await log2(tensor([8, 0.5])).data(); // Float32Array [3, -1]
 */
export const log2 = (x: TensorLike): Tensor => liftFunction('log2', x, (node) => build.unary('log2', node));

/**
 * Logarithm of base 10: -Infinity at 0, NaN below.
 *
 * @example
 * await log10(tensor([100, 0.1])).data(); // Float32Array [2, -1]
 */
export const log10 = (x: TensorLike): Tensor =>
  liftFunction('log10', x, (node) => build.mul(build.log(node), Math.LOG10E));

/** a - b, which is 0 also where both are the same infinity. */
const difference = (a: Node, b: Node): Node => build.where(build.equal(a, b), 0, build.sub(a, b));

// The greater one is taken out of the logarithm, so that no exponential is of anything above 0.
const logAddExpDefinition: CompositeDefinition = /* @__PURE__ */ pairComposite('logAddExp', {
  decompose: (a, b) =>
    build.add(build.maximum(a, b), log1pNode(build.exp(build.neg(build.abs(difference(a, b)))))),
  derivatives: (a, b) => [sigmoidNode(difference(a, b)), sigmoidNode(difference(b, a))],
});

const logAddExp2Definition: CompositeDefinition = /* @__PURE__ */ pairComposite('logAddExp2', {
  decompose: (a, b) => {
    const ratio = build.unary('exp2', build.neg(build.abs(difference(a, b))));
    return build.add(build.maximum(a, b), build.mul(log1pNode(ratio), Math.LOG2E));
  },
  derivatives: (a, b) => {
    const distance = build.mul(difference(a, b), Math.LN2);
    return [sigmoidNode(distance), sigmoidNode(build.neg(distance))];
  },
});

/**
 * log(eᵃ + eᵇ) without overflow: the sum of two probabilities that are given by their logarithms.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await logAddExp(tensor([1000, 0]), tensor([1000, -Infinity])).data(); // Float32Array [1000.6931, 0]
 */
export const logAddExp = (a: TensorLike, b: TensorLike): Tensor =>
  liftFunction2('logAddExp', a, b, (x, y) => applyPair(logAddExpDefinition, x, y));

/**
 * log₂(2ᵃ + 2ᵇ) without overflow.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await logAddExp2(tensor([1000]), tensor([1000])).data(); // Float32Array [1001]
 */
export const logAddExp2 = (a: TensorLike, b: TensorLike): Tensor =>
  liftFunction2('logAddExp2', a, b, (x, y) => applyPair(logAddExp2Definition, x, y));

/** Where x is 0 and y is a number: there x times any logarithm of y counts as 0. */
const vanishes = (x: Node, y: Node): Node => build.and(build.equal(x, 0), build.equal(y, y));

const xlogyDefinition: CompositeDefinition = /* @__PURE__ */ pairComposite('xlogy', {
  decompose: (x, y) => build.where(vanishes(x, y), 0, build.mul(x, build.log(y))),
  derivatives: (x, y) => [
    build.where(build.and(build.equal(x, 0), build.lessEqual(y, 0)), 0, build.log(y)),
    build.where(vanishes(x, y), 0, build.div(x, y)),
  ],
});

const xlog1pyDefinition: CompositeDefinition = /* @__PURE__ */ pairComposite('xlog1py', {
  decompose: (x, y) => build.where(vanishes(x, y), 0, build.mul(x, log1pNode(y))),
  derivatives: (x, y) => [
    build.where(build.and(build.equal(x, 0), build.lessEqual(y, -1)), 0, log1pNode(y)),
    build.where(vanishes(x, y), 0, build.div(x, build.add(y, 1))),
  ],
});

/** x · log y as a node, 0 where x is. */
export const xlogyNode = (x: Node, y: Node): Node => applyPair(xlogyDefinition, x, y);

/**
 * x · log(y), which is 0 wherever x is 0 (unless y is NaN), as in SciPy: the term of an entropy.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await xlogy(tensor([0, 2]), tensor([0, Math.E])).data(); // Float32Array [0, 2]
 */
export const xlogy = (x: TensorLike, y: TensorLike): Tensor => liftFunction2('xlogy', x, y, xlogyNode);

/**
 * x · log(1 + y), which is 0 wherever x is 0 (unless y is NaN), accurate for small y.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await xlog1py(tensor([0, 2]), tensor([-1, 1e-6])).data(); // Float32Array [0, 0.000002]
 */
export const xlog1py = (x: TensorLike, y: TensorLike): Tensor =>
  liftFunction2('xlog1py', x, y, (a, b) => applyPair(xlog1pyDefinition, a, b));
