/**
 * The logarithm of the gamma function and its derivatives, element by element. Integers and bool become float32.
 *
 * Large arguments: the asymptotic series (Abramowitz & Stegun 6.1.41, 6.3.18, 6.4.12). Small ones are shifted upwards by
 * the recurrence Γ(x + 1) = x Γ(x); those below 1/2 are reflected.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { elementwiseComposite } from './elementwise-composite';
import { liftFunction } from './float-functions';
import { beyondWhole, sinPi } from './half-turns';
import type { TensorLike } from './operand';
import { isDouble, polynomial } from './polynomial';

/** Bernoulli numbers B₂, B₄, …, of which all three asymptotic series are made. */
const bernoulli = (): number[] => [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
];

/** From here on the asymptotic series is exact to all digits with as many terms as are given here. */
const asymptotic = (x: Node): { readonly from: number; readonly terms: number } =>
  isDouble(x) ? { from: 8, terms: 9 } : { from: 4, terms: 5 };

/** Σ B₂ₙ · factor(n) / z²ⁿ⁻¹ · z: a polynomial in 1/z² whose lowest term is n = 1. */
function bernoulliSeries(z: Node, factor: (n: number) => number): Node {
  const inverse = build.unary('recip', z);
  const coefficients = bernoulli()
    .slice(0, asymptotic(z).terms)
    .map((b, i) => b * factor(i + 1));
  return polynomial(build.mul(inverse, inverse), coefficients.reverse());
}

/** log Γ(2 + z) / z on [-1/2, 1/2], interpolated in Chebyshev points; in 2z, from the highest power down. */
const NEAR_TWO_SINGLE = [
  4.39968124e-6, -2.05087872e-5, 9.00614237e-5, -0.000460401365, 0.00257265493, -0.0168383164, 0.161233515,
  0.422784343,
];
const NEAR_TWO_DOUBLE = [
  3.6584165694948055e-11, -1.5593960738906336e-10, 5.214176723416912e-10, -2.251138506813735e-9,
  1.0024197552231904e-8, -4.3919444335634516e-8, 1.9424777862727617e-7, -8.716763742281719e-7,
  0.000003981794489236943, -0.000018636785485745968, 0.00009032844766904919, -0.00046159693858714875,
  0.0025726010534810207, -0.01683807526333317, 0.16123351671205655, 0.4227843350984674,
];

/** log Γ for 1/2 ≤ x ≤ from: shifted into [3/2, 5/2], around the zero at 2, by a product whose logarithm is added. */
function smallLogGamma(x: Node, from: number): Node {
  const below = build.lessThan(x, 1.5);
  // What the shifted argument is beyond 2, straight from x: near 1 no digit is lost.
  let z = build.where(below, build.sub(x, 1), build.sub(x, 2));
  let product = build.where(below, x, 1);
  for (let k = 1; k + 1.5 < from; k++) {
    const above = build.lessThan(k + 1.5, x);
    z = build.where(above, build.sub(x, k + 2), z);
    product = build.where(above, build.mul(product, build.sub(x, k)), product);
  }
  const core = build.mul(z, polynomial(build.mul(z, 2), isDouble(x) ? NEAR_TWO_DOUBLE : NEAR_TWO_SINGLE));
  const logarithm = build.log(product);
  return build.add(core, build.where(below, build.neg(logarithm), logarithm));
}

/** (x - 1/2)(log x - 1) + (log 2π - 1) / 2 + Σ B₂ₙ / (2n (2n - 1) x²ⁿ⁻¹). */
function largeLogGamma(x: Node): Node {
  const main = build.mul(build.sub(x, 0.5), build.sub(build.log(x), 1));
  const series = build.div(
    bernoulliSeries(x, (n) => 1 / (2 * n * (2 * n - 1))),
    x,
  );
  return build.add(main, build.add(series, (Math.log(2 * Math.PI) - 1) / 2));
}

function positiveLogGamma(x: Node): Node {
  const { from } = asymptotic(x);
  const small = smallLogGamma(build.minimum(x, from), from);
  return build.where(build.lessThan(x, from), small, largeLogGamma(build.maximum(x, from)));
}

const lgammaDefinition = /* @__PURE__ */ elementwiseComposite('lgamma', {
  // Γ(x) Γ(1 - x) = π / sin(πx)
  decompose: (x) => {
    const reflected = build.lessThan(x, 0.5);
    const value = positiveLogGamma(build.where(reflected, build.sub(1, x), x));
    const sine = build.abs(sinPi(x));
    const mirrored = build.sub(build.log(build.div(Math.PI, sine)), value);
    const infinite = build.equal(x, Number.NEGATIVE_INFINITY);
    return build.where(infinite, Number.POSITIVE_INFINITY, build.where(reflected, mirrored, value));
  },
  derivative: (x) => digammaNode(x),
});

/** What both derivatives share: the argument reflected and shifted, and the steps of the shift. */
function prepared(x: Node): {
  readonly reflected: Node;
  readonly shifted: Node;
  /** x, x + 1, … up to the shifted argument, where the argument was shifted (`isShifted`). */
  readonly steps: readonly Node[];
  readonly isShifted: Node;
  /** π times the distance from the nearest whole number, and π/4 where nothing is reflected. */
  readonly angle: Node;
} {
  const { from } = asymptotic(x);
  const reflected = build.lessThan(x, 0.5);
  const positive = build.where(reflected, build.sub(1, x), x);
  const isShifted = build.lessThan(positive, from);
  const start = build.minimum(positive, from);
  return {
    reflected,
    shifted: build.where(isShifted, build.add(positive, from), positive),
    steps: Array.from({ length: from }, (_, k) => (k === 0 ? start : build.add(start, k))),
    isShifted,
    angle: build.mul(build.where(reflected, beyondWhole(x), 0.25), Math.PI),
  };
}

const total = (terms: readonly Node[], first: Node): Node =>
  terms.reduce((sum, term) => build.add(sum, term), first);

const digammaDefinition = /* @__PURE__ */ elementwiseComposite('digamma', {
  // ψ(x) = log x - 1/2x - Σ B₂ₙ / (2n x²ⁿ), ψ(x) = ψ(x + 1) - 1/x, ψ(x) = ψ(1 - x) - π / tan(πx)
  decompose: (x) => {
    const { reflected, shifted, steps, isShifted, angle } = prepared(x);
    const inverse = build.unary('recip', shifted);
    const series = build.mul(
      bernoulliSeries(shifted, (n) => 1 / (2 * n)),
      build.mul(inverse, inverse),
    );
    const large = build.sub(build.log(shifted), build.add(build.mul(inverse, 0.5), series));
    const [first = inverse, ...rest] = steps.map((step) => build.unary('recip', step));
    const value = build.sub(large, build.where(isShifted, total(rest, first), 0));
    const cotangent = build.div(build.unary('cos', angle), build.unary('sin', angle));
    const mirrored = build.sub(value, build.mul(cotangent, Math.PI));
    const pole = build.and(reflected, build.equal(beyondWhole(x), 0));
    const atPole = build.where(build.equal(x, 0), build.neg(build.unary('recip', x)), Number.NaN);
    return build.where(pole, atPole, build.where(reflected, mirrored, value));
  },
  derivative: (x) => trigammaNode(x),
});

/** ψ'(x) = 1/x + 1/2x² + Σ B₂ₙ / x²ⁿ⁺¹, ψ'(x) = ψ'(x + 1) + 1/x², ψ'(x) = π² / sin²(πx) - ψ'(1 - x). */
function trigammaNode(x: Node): Node {
  const { reflected, shifted, steps, isShifted, angle } = prepared(x);
  const inverse = build.unary('recip', shifted);
  const square = build.mul(inverse, inverse);
  const series = build.mul(
    bernoulliSeries(shifted, () => 1),
    build.mul(square, inverse),
  );
  const large = build.add(inverse, build.add(build.mul(square, 0.5), series));
  const [first = square, ...rest] = steps.map((step) => {
    const term = build.unary('recip', step);
    return build.mul(term, term);
  });
  const value = build.add(large, build.where(isShifted, total(rest, first), 0));
  const ratio = build.div(Math.PI, build.unary('sin', angle));
  return build.where(reflected, build.sub(build.mul(ratio, ratio), value), value);
}

/** ψ as a node. */
const digammaNode = (x: Node): Node => build.applyComposite(digammaDefinition, [x], {});

/**
 * log |Γ(x)|: Infinity at 0, at negative whole numbers and at both infinities. Its derivative is `digamma`.
 *
 * @example
 * await lgamma(tensor([1, 5])).data(); // Float32Array [0, 3.1781]
 */
export const lgamma = (x: TensorLike): Tensor =>
  liftFunction('lgamma', x, (node) => build.applyComposite(lgammaDefinition, [node], {}));

/**
 * ψ(x), the derivative of log Γ(x): -Infinity at 0 (Infinity at -0), NaN at negative whole numbers. Its derivative is
 * `trigamma`.
 *
 * @example
 * await digamma(tensor([1, 2])).data(); // Float32Array [-0.5772, 0.4228]
 */
export const digamma = (x: TensorLike): Tensor => liftFunction('digamma', x, digammaNode);

/**
 * ψ'(x), the second derivative of log Γ(x): Infinity at 0 and at negative whole numbers.
 *
 * @example
 * await trigamma(tensor([1])).data(); // Float32Array [1.6449]
 */
export const trigamma = (x: TensorLike): Tensor => liftFunction('trigamma', x, trigammaNode);
