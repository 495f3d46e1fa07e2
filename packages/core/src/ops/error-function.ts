/**
 * The complementary and the inverse error function, element by element. Integers and bool become float32.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { erfInvNode as singleErfInv } from '../random/erf-inv';
import type { Tensor } from '../tensor';
import { elementwiseComposite } from './elementwise-composite';
import { liftFunction } from './float-functions';
import type { TensorLike } from './operand';
import { isDouble, polynomial } from './polynomial';

/**
 * erfc(x) · e^(x²) / t with t = 4 / (4 + x), a smooth function of t that was interpolated in Chebyshev points between
 * t = 1 (x = 0) and the t of the x from which erfc is 0 in this precision. Coefficients in u = (t - center) · scale,
 * from the highest power down.
 */
interface Tail {
  readonly center: number;
  readonly scale: number;
  readonly coefficients: readonly number[];
  /** From here on the exponential is 0. */
  readonly vanishesAt: number;
}

/** Relative error below 7e-8. */
const SINGLE: Tail = {
  // 9 / 14 and 16 / 7, written out: bundlers keep what they would have to compute.
  center: 0.6428571428571429,
  scale: 2.8,
  coefficients: [
    -2.14653916e-5, 5.88212594e-5, 0.000937630169, 0.00475832298, 0.0166462629, 0.045376183, 0.10053343,
    0.184722106, 0.283657406, 0.363331317,
  ],
  vanishesAt: 10.5,
};

/** Relative error below 2e-16. */
const DOUBLE: Tail = {
  center: 0.5625,
  scale: 2.2857142857142856,
  coefficients: [
    -1.1430916603024059e-10, -4.741418267438988e-10, 1.5307223981822373e-9, 7.616493216269571e-9,
    -1.179818832223935e-8, -9.253605958391451e-8, 2.401855529829886e-8, 0.0000010519825143801612,
    0.0000016149455915413967, -9.00728710682884e-6, -0.00004540631817424423, -0.00003290858478690762,
    0.0005198412101327149, 0.0031925482928462194, 0.011461066792160655, 0.030854432599150123,
    0.06732561736154088, 0.123380905964639, 0.19346236466229255, 0.262065854569595, 0.3078220955665328,
  ],
  vanishesAt: 28,
};

/** erfc(x) for x ≥ 0, with all its digits however small it is. */
function positiveErfc(x: Node): Node {
  const { center, scale, coefficients, vanishesAt } = isDouble(x) ? DOUBLE : SINGLE;
  const size = build.minimum(x, vanishesAt);
  // e^(-x²) would magnify the rounding of x²: the square of x in sixteenths is exact, and what is left is small.
  const coarse = build.mul(build.unary('round', build.mul(size, 16)), 1 / 16);
  const rest = build.mul(build.sub(size, coarse), build.add(size, coarse));
  const decay = build.mul(build.exp(build.neg(build.mul(coarse, coarse))), build.exp(build.neg(rest)));
  const t = build.div(4, build.add(size, 4));
  const u = build.mul(build.sub(t, center), scale);
  return build.mul(build.mul(decay, t), polynomial(u, coefficients));
}

const erfcDefinition = /* @__PURE__ */ elementwiseComposite('erfc', {
  decompose: (x) => {
    const tail = positiveErfc(build.abs(x));
    return build.where(build.lessThan(x, 0), build.sub(2, tail), tail);
  },
  derivative: (x) => build.mul(build.exp(build.neg(build.mul(x, x))), -2 / Math.sqrt(Math.PI)),
});

/** erf⁻¹ in the tails, for s = √(-log(1 - x²)) from √5 on, in (s - center) · scale; relative error below 2e-6. */
const INVERSE_TAIL = [
  0.00338528509, -0.00564946456, 0.000785015308, 0.000797369165, 0.00348455238, -0.00566608851, 0.00324422825,
  1.95104793, 4.00944467,
];
const INVERSE_TAIL_CENTER = 4.168033988749895;
const INVERSE_TAIL_SCALE = 0.5176074497050495;

/** A first guess of erf⁻¹(x) for x in [0, 1), to six digits. */
function inverseGuess(x: Node, complement: Node): Node {
  const w = build.neg(build.log(build.mul(complement, build.add(x, 1))));
  const far = build.lessThan(5, w);
  const s = build.sqrt(build.maximum(w, 5));
  const tail = polynomial(build.mul(build.sub(s, INVERSE_TAIL_CENTER), INVERSE_TAIL_SCALE), INVERSE_TAIL);
  return build.where(far, build.mul(tail, x), singleErfInv(build.where(far, 0, x)));
}

/**
 * One step of Halley's method for erf(y) = x, which triples the digits. In the tails the equation is erfc(y) = 1 - x,
 * whose right side is exact.
 */
function doubleErfInv(x: Node): Node {
  const size = build.abs(x);
  const complement = build.sub(1, size);
  const y = inverseGuess(size, complement);
  const excess = build.where(
    build.lessThan(size, 0.5),
    build.sub(build.unary('erf', y), size),
    build.sub(complement, positiveErfc(y)),
  );
  const newton = build.mul(build.mul(excess, build.exp(build.mul(y, y))), Math.sqrt(Math.PI) / 2);
  const improved = build.sub(y, build.div(newton, build.add(build.mul(y, newton), 1)));
  return build.where(build.lessThan(x, 0), build.neg(improved), improved);
}

/** erf⁻¹(x) for x in (-1, 1), to the precision of its dtype. */
export const innerErfInvNode = (x: Node): Node => (isDouble(x) ? doubleErfInv(x) : singleErfInv(x));

const erfInvDefinition = /* @__PURE__ */ elementwiseComposite('erfInv', {
  decompose: (x) => {
    const edge = build.equal(build.abs(x), 1);
    const inner = build.where(edge, 0, x);
    return build.where(edge, build.mul(x, Number.POSITIVE_INFINITY), innerErfInvNode(inner));
  },
  derivative: (_, y) => build.mul(build.exp(build.mul(y, y)), Math.sqrt(Math.PI) / 2),
});

/**
 * Complementary error function 1 - erf(x), which keeps its digits where it is small.
 *
 * @example
 * await erfc(tensor([0, 4])).data(); // Float32Array [1, 1.5417e-8]
 */
export const erfc = (x: TensorLike): Tensor =>
  liftFunction('erfc', x, (node) => build.applyComposite(erfcDefinition, [node], {}));

/**
 * Inverse of the error function: ±Infinity at ±1, NaN beyond.
 *
 * @example
 * await erfInv(tensor([0, 0.5])).data(); // Float32Array [0, 0.4769]
 */
export const erfInv = (x: TensorLike): Tensor =>
  liftFunction('erfInv', x, (node) => build.applyComposite(erfInvDefinition, [node], {}));
