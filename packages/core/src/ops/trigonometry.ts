/**
 * Trigonometry beyond sine and cosine, element by element. Integers and bool become float32. Outside of its domain a
 * function gives NaN.
 *
 * The inverse functions all end in one arc tangent of a small argument. Their formulas avoid differences of nearly equal
 * numbers, so that the relative error stays at a few units in the last place, in float32 and in float64.
 */
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { elementwiseComposite } from './elementwise-composite';
import { applyPair, liftFunction, liftFunction2, pairComposite } from './float-functions';
import { cosPi, sinPi } from './half-turns';
import type { TensorLike } from './operand';
import { isDouble, polynomial } from './polynomial';
import { hypotNode } from './roots';
import { signBitNode, signedAs } from './sign-bit';

/** π/2 in three parts; products of the first two with whole numbers below 2¹³ are exact in float32. */
const QUARTER_TURN = [1.5703125, 0.0004837512969970703, 7.549789954891882e-8] as const;
/** Beyond this the parts no longer help, and neither does float32. */
const REDUCIBLE = 12_000;

/** The quotient of sine and cosine of what is left after whole quarter turns; odd ones swap and negate. */
function reducedTangent(x: Node): Node {
  const near = build.lessThan(build.abs(x), REDUCIBLE);
  const angle = build.where(near, x, 0);
  const turns = build.unary('round', build.mul(angle, 2 / Math.PI));
  let rest = angle;
  for (const part of QUARTER_TURN) rest = build.sub(rest, build.mul(turns, part));
  const [sine, cosine] = [build.unary('sin', rest), build.unary('cos', rest)];
  const odd = build.notEqual(build.mul(build.unary('floor', build.mul(turns, 0.5)), 2), turns);
  const quotient = build.div(build.where(odd, build.neg(cosine), sine), build.where(odd, sine, cosine));
  return build.where(near, quotient, plainTangent(x));
}

const plainTangent = (x: Node): Node => build.div(build.unary('sin', x), build.unary('cos', x));

// Near a pole the cosine is small and must have all its digits, which float32 only has after exact reduction.
const tanDefinition = /* @__PURE__ */ elementwiseComposite('tan', {
  decompose: (x) => (isDouble(x) ? plainTangent(x) : reducedTangent(x)),
  derivative: (_, y) => build.add(build.mul(y, y), 1),
});

/** tan(π/12): below, the series is short; above, π/6 is taken off by the addition theorem. */
const SERIES_BOUND = 0.2679491924311227;

/** 1 - x²/3 + x⁴/5 - …, from the highest power down, for arguments up to tan(π/12). */
const arcTangentSeries = (terms: number): number[] =>
  Array.from({ length: terms }, (_, i) => ((terms - 1 - i) % 2 === 0 ? 1 : -1) / (2 * (terms - 1 - i) + 1));

const atanDefinition = /* @__PURE__ */ elementwiseComposite('atan', {
  decompose: (x) => {
    const size = build.abs(x);
    const steep = build.lessThan(1, size);
    const slope = build.where(steep, build.unary('recip', size), size);
    const wide = build.lessThan(SERIES_BOUND, slope);
    const turned = build.div(build.sub(build.mul(slope, Math.sqrt(3)), 1), build.add(slope, Math.sqrt(3)));
    const small = build.where(wide, turned, slope);
    const series = build.mul(
      small,
      polynomial(build.mul(small, small), arcTangentSeries(isDouble(x) ? 14 : 7)),
    );
    const angle = build.where(wide, build.add(series, Math.PI / 6), series);
    return signedAs(build.where(steep, build.sub(Math.PI / 2, angle), angle), x);
  },
  derivative: (x) => build.unary('recip', build.add(build.mul(x, x), 1)),
});

/** Arc tangent as a node. */
const atanNode = (x: Node): Node => build.applyComposite(atanDefinition, [x], {});

/** 1 - x² without cancellation near ±1. */
const oneMinusSquare = (x: Node): Node => build.mul(build.sub(1, x), build.add(x, 1));

// The half-angle formulas: tan(asin(x) / 2) = x / (1 + √(1 - x²)), tan(acos(x) / 2) = √((1 - x) / (1 + x)).
const asinDefinition = /* @__PURE__ */ elementwiseComposite('asin', {
  decompose: (x) => build.mul(atanNode(build.div(x, build.add(build.sqrt(oneMinusSquare(x)), 1))), 2),
  derivative: (x) => build.unary('rsqrt', oneMinusSquare(x)),
});

const acosDefinition = /* @__PURE__ */ elementwiseComposite('acos', {
  decompose: (x) => build.mul(atanNode(build.sqrt(build.div(build.sub(1, x), build.add(x, 1)))), 2),
  derivative: (x) => build.neg(build.unary('rsqrt', oneMinusSquare(x))),
});

const atan2Definition: CompositeDefinition = /* @__PURE__ */ pairComposite('atan2', {
  decompose: (y, x) => {
    const [rise, run] = [build.abs(y), build.abs(x)];
    const [longer, shorter] = [build.maximum(rise, run), build.minimum(rise, run)];
    // Two zeros count as 0 / 1, two infinities as 1: what IEEE 754 asks for.
    const diagonal = build.where(build.equal(longer, 0), 0, 1);
    const slope = build.where(build.equal(longer, shorter), diagonal, build.div(shorter, longer));
    const low = atanNode(slope);
    const quadrant = build.where(build.lessThan(run, rise), build.sub(Math.PI / 2, low), low);
    const half = build.where(signBitNode(x), build.sub(Math.PI, quadrant), quadrant);
    return signedAs(half, y);
  },
  derivatives: (y, x) => {
    const distance = hypotNode(x, y);
    const length = build.where(build.equal(distance, 0), 1, distance);
    return [build.div(build.div(x, length), length), build.neg(build.div(build.div(y, length), length))];
  },
});

/** Below this the derivative of sinc is a series: its quotient would divide a difference of equal numbers by x. */
const SINC_SERIES_BOUND = 0.5;

/** Coefficients of d/dx Σ (-1)ⁿ (πx)²ⁿ / (2n + 1)! over x, in x², from the highest power down. */
function sincSlopeSeries(terms: number): number[] {
  const coefficients: number[] = [];
  let term = 1;
  for (let n = 1; n <= terms; n++) {
    term *= -(Math.PI * Math.PI) / (2 * n * (2 * n + 1));
    coefficients.unshift(2 * n * term);
  }
  return coefficients;
}

function sincSlope(x: Node, y: Node): Node {
  const near = build.lessThan(build.abs(x), SINC_SERIES_BOUND);
  const inner = build.where(near, x, 0);
  const series = build.mul(inner, polynomial(build.mul(inner, inner), sincSlopeSeries(isDouble(x) ? 12 : 6)));
  return build.where(near, series, build.div(build.sub(cosPi(x), y), build.where(near, 1, x)));
}

const sincDefinition = /* @__PURE__ */ elementwiseComposite('sinc', {
  decompose: (x) => {
    const center = build.equal(x, 0);
    return build.where(center, 1, build.div(sinPi(x), build.mul(build.where(center, 1, x), Math.PI)));
  },
  derivative: sincSlope,
});

/**
 * Tangent of radians. In float32 its digits hold up to some thousands of turns.
 *
 * @example
 * await tan(tensor([0, Math.PI / 4])).data(); // Float32Array [0, 1]
 */
export const tan = (x: TensorLike): Tensor =>
  liftFunction('tan', x, (node) => build.applyComposite(tanDefinition, [node], {}));

/**
 * Arc sine in [-π/2, π/2]; NaN outside of [-1, 1].
 *
 * @example
 * await asin(tensor([0, 1])).data(); // Float32Array [0, 1.5708]
 */
export const asin = (x: TensorLike): Tensor =>
  liftFunction('asin', x, (node) => build.applyComposite(asinDefinition, [node], {}));

/**
 * Arc cosine in [0, π]; NaN outside of [-1, 1].
 *
 * @example
 * await acos(tensor([1, 0])).data(); // Float32Array [0, 1.5708]
 */
export const acos = (x: TensorLike): Tensor =>
  liftFunction('acos', x, (node) => build.applyComposite(acosDefinition, [node], {}));

/**
 * Arc tangent in [-π/2, π/2].
 *
 * @example
 * await atan(tensor([1, Infinity])).data(); // Float32Array [0.7854, 1.5708]
 */
export const atan = (x: TensorLike): Tensor => liftFunction('atan', x, atanNode);

/**
 * The angle of the point (x, y) in [-π, π]. Zeros of both signs and infinities follow IEEE 754, so that
 * atan2(0, -0) = π and atan2(-0, -0) = -π. The gradient at (0, 0) is 0.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await atan2(tensor([1, -1]), tensor([0, -1])).data(); // Float32Array [1.5708, -2.3562]
 */
export const atan2 = (y: TensorLike, x: TensorLike): Tensor =>
  liftFunction2('atan2', y, x, (a, b) => applyPair(atan2Definition, a, b));

/**
 * sin(πx) / (πx), and 1 at 0, as in NumPy; exactly 0 at other whole numbers, NaN at infinities.
 *
 * @example
 * await sinc(tensor([0, 0.5, 1])).data(); // Float32Array [1, 0.6366, 0]
 */
export const sinc = (x: TensorLike): Tensor =>
  liftFunction('sinc', x, (node) => build.applyComposite(sincDefinition, [node], {}));

/**
 * Degrees to radians.
 *
 * @example
 * await deg2rad(tensor([180])).data(); // Float32Array [3.1416]
 */
export const deg2rad = (x: TensorLike): Tensor =>
  liftFunction('deg2rad', x, (node) => build.mul(node, Math.PI / 180));

/**
 * Radians to degrees.
 *
 * @example
 * await rad2deg(tensor([Math.PI])).data(); // Float32Array [180]
 */
export const rad2deg = (x: TensorLike): Tensor =>
  liftFunction('rad2deg', x, (node) => build.mul(node, 180 / Math.PI));
