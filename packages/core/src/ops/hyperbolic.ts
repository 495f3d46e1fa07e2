/**
 * Hyperbolic functions and their inverses, element by element. Integers and bool become float32. They overflow only
 * where the result does, and keep their digits near 0.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { log1pNode } from './elementary';
import { elementwiseComposite } from './elementwise-composite';
import { liftFunction } from './float-functions';
import type { TensorLike } from './operand';
import { isDouble } from './polynomial';
import { hypotNode } from './roots';
import { signedAs } from './sign-bit';

// With h = e^(|x| / 2): h overflows at twice the argument at which h² does.
const coshDefinition = /* @__PURE__ */ elementwiseComposite('cosh', {
  decompose: (x) => {
    const h = build.exp(build.mul(build.abs(x), 0.5));
    const halfInverse = build.div(0.5, h);
    return build.add(build.mul(build.mul(h, 0.5), h), build.div(halfInverse, h));
  },
  derivative: (x) => sinhNode(x),
});

// tanh(x / 2) = sinh x / (1 + cosh x): a product without cancellation.
const sinhDefinition = /* @__PURE__ */ elementwiseComposite('sinh', {
  decompose: (x) => build.mul(build.tanh(build.mul(x, 0.5)), build.add(coshNode(x), 1)),
  derivative: (x) => coshNode(x),
});

const coshNode = (x: Node): Node => build.applyComposite(coshDefinition, [x], {});
const sinhNode = (x: Node): Node => build.applyComposite(sinhDefinition, [x], {});

/** From here on √(x² ± 1) is x to all digits, and log(x + √(x² ± 1)) is log x + log 2. */
const largeFrom = (x: Node): number => (isDouble(x) ? 2 ** 28 : 2 ** 13);

const asinhDefinition = /* @__PURE__ */ elementwiseComposite('asinh', {
  decompose: (x) => {
    const size = build.abs(x);
    const bound = largeFrom(x);
    const u = build.minimum(size, bound);
    const square = build.mul(u, u);
    const tail = build.div(square, build.add(build.sqrt(build.add(square, 1)), 1));
    const large = build.add(build.log(size), Math.LN2);
    return signedAs(build.where(build.lessThan(bound, size), large, log1pNode(build.add(u, tail))), x);
  },
  derivative: (x) => build.unary('recip', hypotNode(x, build.constant(1, x.dtype))),
});

const acoshDefinition = /* @__PURE__ */ elementwiseComposite('acosh', {
  decompose: (x) => {
    const bound = largeFrom(x);
    const t = build.sub(build.minimum(x, bound), 1);
    const small = log1pNode(build.add(t, build.sqrt(build.mul(t, build.add(t, 2)))));
    const large = build.add(build.log(x), Math.LN2);
    const value = build.where(build.lessThan(bound, x), large, small);
    return build.where(build.lessThan(x, 1), Number.NaN, value);
  },
  derivative: (x) => build.mul(build.unary('rsqrt', build.sub(x, 1)), build.unary('rsqrt', build.add(x, 1))),
});

const atanhDefinition = /* @__PURE__ */ elementwiseComposite('atanh', {
  decompose: (x) => {
    const size = build.abs(x);
    const ratio = build.div(build.add(size, size), build.sub(1, size));
    return signedAs(build.mul(log1pNode(ratio), 0.5), x);
  },
  derivative: (x) => build.unary('recip', build.mul(build.sub(1, x), build.add(x, 1))),
});

/**
 * Hyperbolic sine.
 *
 * @example
 * await sinh(tensor([0, 1])).data(); // Float32Array [0, 1.1752]
 */
export const sinh = (x: TensorLike): Tensor => liftFunction('sinh', x, sinhNode);

/**
 * Hyperbolic cosine.
 *
 * @example
 * await cosh(tensor([0, 1])).data(); // Float32Array [1, 1.5431]
 */
export const cosh = (x: TensorLike): Tensor => liftFunction('cosh', x, coshNode);

/**
 * Inverse hyperbolic sine.
 *
 * @example
 * await asinh(tensor([0, 1])).data(); // Float32Array [0, 0.8814]
 */
export const asinh = (x: TensorLike): Tensor =>
  liftFunction('asinh', x, (node) => build.applyComposite(asinhDefinition, [node], {}));

/**
 * Inverse hyperbolic cosine; NaN below 1.
 *
 * @example
 * await acosh(tensor([1, 2])).data(); // Float32Array [0, 1.317]
 */
export const acosh = (x: TensorLike): Tensor =>
  liftFunction('acosh', x, (node) => build.applyComposite(acoshDefinition, [node], {}));

/**
 * Inverse hyperbolic tangent: infinite at ±1, NaN beyond.
 *
 * @example
 * await atanh(tensor([0, 0.5])).data(); // Float32Array [0, 0.5493]
 */
export const atanh = (x: TensorLike): Tensor =>
  liftFunction('atanh', x, (node) => build.applyComposite(atanhDefinition, [node], {}));
