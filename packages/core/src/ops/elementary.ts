/**
 * Elementary functions, element by element. Integers and bool become float32 first.
 * Values follow IEEE 754: outside of its domain a function gives NaN, at a pole an infinity; nothing throws.
 */
import { isFloat } from '../dtype';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node, UnaryOp } from '../graph/node';
import type { Tensor } from '../tensor';
import { elementwiseComposite } from './elementwise-composite';
import { lift1, liftFloat, numericNode, type TensorLike } from './operand';

const floating = (where: string, op: UnaryOp, x: TensorLike): Tensor =>
  liftFloat(where, x, (node) => build.unary(op, node));

/** Rounding leaves integers as they are. */
const rounding = (where: string, op: UnaryOp, x: TensorLike): Tensor =>
  lift1(where, x, (node) => {
    const number = numericNode(node);
    return isFloat(number.dtype) ? build.unary(op, number) : number;
  });

/**
 * eˣ.
 *
 * @example
 * await exp(tensor([0, 1])).data(); // Float32Array [1, 2.7183]
 */
export const exp = (x: TensorLike): Tensor => floating('exp', 'exp', x);

/**
 * Natural logarithm: -Infinity at 0, NaN below.
 *
 * @example
 * await log(tensor([1, Math.E])).data(); // Float32Array [0, 1]
 */
export const log = (x: TensorLike): Tensor => floating('log', 'log', x);

/**
 * Square root; NaN below 0.
 *
 * @example
 * await sqrt(tensor([4, 9])).data(); // Float32Array [2, 3]
 */
export const sqrt = (x: TensorLike): Tensor => floating('sqrt', 'sqrt', x);

/**
 * 1 / √x.
 *
 * @example
 * await rsqrt(tensor([4])).data(); // Float32Array [0.5]
 */
export const rsqrt = (x: TensorLike): Tensor => floating('rsqrt', 'rsqrt', x);

/**
 * Sine of radians.
 *
 * @example
 * await sin(tensor([0, Math.PI / 2])).data(); // Float32Array [0, 1]
 */
export const sin = (x: TensorLike): Tensor => floating('sin', 'sin', x);

/**
 * Cosine of radians.
 *
 * @example
 * await cos(tensor([0, Math.PI])).data(); // Float32Array [1, -1]
 */
export const cos = (x: TensorLike): Tensor => floating('cos', 'cos', x);

/**
 * Hyperbolic tangent, in (-1, 1).
 *
 * @example
 * await tanh(tensor([0, 1])).data(); // Float32Array [0, 0.7616]
 */
export const tanh = (x: TensorLike): Tensor => floating('tanh', 'tanh', x);

/**
 * Gauss error function, 2/√π · ∫₀ˣ e^(-t²) dt.
 *
 * @example
 * await erf(tensor([0, 1])).data(); // Float32Array [0, 0.8427]
 */
export const erf = (x: TensorLike): Tensor => floating('erf', 'erf', x);

/**
 * Largest whole number not above x; gradient 0.
 *
 * @example
 * await floor(tensor([-1.5, 1.5])).data(); // Float32Array [-2, 1]
 */
export const floor = (x: TensorLike): Tensor => rounding('floor', 'floor', x);

/**
 * Smallest whole number not below x; gradient 0.
 *
 * @example
 * await ceil(tensor([-1.5, 1.5])).data(); // Float32Array [-1, 2]
 */
export const ceil = (x: TensorLike): Tensor => rounding('ceil', 'ceil', x);

/**
 * Nearest whole number, halves to the even one (as NumPy and PyTorch round); gradient 0.
 *
 * @example
 * await round(tensor([0.5, 1.5, 2.4])).data(); // Float32Array [0, 2, 2]
 */
export const round = (x: TensorLike): Tensor => rounding('round', 'round', x);

/**
 * log(1 + x) that keeps its digits near 0. With u = 1 + x rounded, log(u) · x / (u - 1) undoes the rounding error of u
 * (Kahan; Goldberg 1991, theorem 4).
 */
const log1pDefinition: CompositeDefinition = /* @__PURE__ */ elementwiseComposite('log1p', {
  decompose: (x) => {
    const u = build.add(x, 1);
    const corrected = build.mul(build.log(u), build.div(x, build.sub(u, 1)));
    const large = build.where(build.equal(u, x), build.log(u), corrected);
    return build.where(build.equal(u, 1), x, large);
  },
  derivative: (x) => build.unary('recip', build.add(x, 1)),
});

/** eˣ - 1 that keeps its digits near 0: tanh(x / 2) · (eˣ + 1) has no cancellation and the right limits. */
const expm1Definition: CompositeDefinition = /* @__PURE__ */ elementwiseComposite('expm1', {
  decompose: (x) => build.mul(build.tanh(build.mul(x, 0.5)), build.add(build.exp(x), 1)),
  derivative: (x) => build.exp(x),
});

/** log(1 + x) as a node, for functions built on it. */
export const log1pNode = (x: Node): Node => build.applyComposite(log1pDefinition, [x], {});

/** eˣ - 1 as a node, for functions built on it. */
export const expm1Node = (x: Node): Node => build.applyComposite(expm1Definition, [x], {});

/**
 * log(1 + x), accurate near 0.
 *
 * @example
 * await log1p(tensor([1e-6])).data(); // Float32Array [1e-6]
 */
export const log1p = (x: TensorLike): Tensor => liftFloat('log1p', x, log1pNode);

/**
 * eˣ - 1, accurate near 0.
 *
 * @example
 * await expm1(tensor([1e-6])).data(); // Float32Array [1e-6]
 */
export const expm1 = (x: TensorLike): Tensor => liftFloat('expm1', x, expm1Node);
