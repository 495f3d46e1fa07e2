/**
 * Cube root and hypotenuse, element by element. Integers and bool become float32.
 */
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { elementwiseComposite } from './elementwise-composite';
import { applyPair, liftFunction, liftFunction2, pairComposite } from './float-functions';
import type { TensorLike } from './operand';

// 2^(log₂|x| / 3) has lost digits of the exponent; one step of Newton's method for y³ = |x| brings them back.
const cbrtDefinition = /* @__PURE__ */ elementwiseComposite('cbrt', {
  decompose: (x) => {
    const fixed = build.or(build.equal(x, 0), build.equal(build.abs(x), Number.POSITIVE_INFINITY));
    const size = build.where(fixed, 1, build.abs(x));
    const guess = build.unary('exp2', build.mul(build.unary('log2', size), 1 / 3));
    const excess = build.sub(guess, build.div(build.div(size, guess), guess));
    const root = build.sub(guess, build.mul(excess, 1 / 3));
    return build.where(fixed, x, build.mul(root, build.unary('sign', x)));
  },
  derivative: (_, y) => build.div(1 / 3, build.mul(y, y)),
});

/** The greater leg is taken out of the root, so that no square overflows or vanishes. */
const hypotDefinition: CompositeDefinition = /* @__PURE__ */ pairComposite('hypot', {
  decompose: (a, b) => {
    const [longer, shorter] = [
      build.maximum(build.abs(a), build.abs(b)),
      build.minimum(build.abs(a), build.abs(b)),
    ];
    const ratio = build.div(shorter, build.where(build.equal(longer, 0), 1, longer));
    const length = build.mul(longer, build.sqrt(build.add(build.mul(ratio, ratio), 1)));
    return build.where(build.or(isInfinite(a), isInfinite(b)), Number.POSITIVE_INFINITY, length);
  },
  derivatives: (a, b, y) => {
    const length = build.where(build.equal(y, 0), 1, y);
    return [build.div(a, length), build.div(b, length)];
  },
});

const isInfinite = (x: Node): Node => build.equal(build.abs(x), Number.POSITIVE_INFINITY);

/** √(a² + b²) as a node, for functions built on it. */
export const hypotNode = (a: Node, b: Node): Node => applyPair(hypotDefinition, a, b);

/**
 * Cube root, also of negative numbers.
 *
 * @example
 * await cbrt(tensor([27, -8])).data(); // Float32Array [3, -2]
 */
export const cbrt = (x: TensorLike): Tensor =>
  liftFunction('cbrt', x, (node) => build.applyComposite(cbrtDefinition, [node], {}));

/**
 * √(a² + b²) without overflow; infinite where either is, even beside NaN. The gradient at (0, 0) is 0.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await hypot(tensor([3e30]), tensor([4e30])).data(); // Float32Array [5e30]
 */
export const hypot = (a: TensorLike, b: TensorLike): Tensor => liftFunction2('hypot', a, b, hypotNode);
