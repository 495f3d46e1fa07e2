/**
 * Gradients of element-wise operations.
 *
 * y = f(x) sends the cotangent g = dL/dy back as g · f'(x). Where f' can be had from y, the rule reads y: then x need
 * not be kept. Operations that are not listed (comparisons, logic, rounding, integers) have no gradient.
 */
import {
  and,
  combine,
  div,
  equal,
  exp,
  lessEqual,
  lessThan,
  log,
  mul,
  neg,
  sub,
  unary,
  where,
} from '../../graph/build';
import type { BinaryOp, Node, UnaryOp } from '../../graph/node';

/** From the cotangent g, the operand x and the output y to the gradient of x. */
type UnaryRule = (g: Node, x: Node, y: Node) => Node;

/** From the cotangent g, the operands a and b and the output y to the gradients of a and b. */
type BinaryRule = (g: Node, a: Node, b: Node, y: Node) => readonly [Node, Node];

const square = (x: Node): Node => mul(x, x);

export const unaryRules: Readonly<Partial<Record<UnaryOp, UnaryRule>>> = {
  neg: (g) => neg(g),
  abs: (g, x) => mul(g, unary('sign', x)),
  recip: (g, _, y) => neg(mul(g, square(y))),
  sqrt: (g, _, y) => div(mul(g, 0.5), y),
  rsqrt: (g, x, y) => mul(mul(g, -0.5), div(y, x)),
  exp: (g, _, y) => mul(g, y),
  exp2: (g, _, y) => mul(mul(g, Math.LN2), y),
  log: (g, x) => div(g, x),
  log2: (g, x) => div(mul(g, Math.LOG2E), x),
  sin: (g, x) => mul(g, unary('cos', x)),
  cos: (g, x) => neg(mul(g, unary('sin', x))),
  tanh: (g, _, y) => mul(g, sub(1, square(y))),
  erf: (g, x) => mul(mul(g, 2 / Math.sqrt(Math.PI)), exp(neg(square(x)))),
};

export const binaryRules: Readonly<Partial<Record<BinaryOp, BinaryRule>>> = {
  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  mul: (g, a, b) => [mul(g, b), mul(g, a)],
  div: (g, _, b, y) => [div(g, b), neg(div(mul(g, y), b))],
  max: (g, a, b) => extreme(g, lessThan(b, a), equal(a, b)),
  min: (g, a, b) => extreme(g, lessThan(a, b), equal(a, b)),
  pow: (g, a, b, y) => [mul(g, powerByBase(a, b)), mul(g, powerByExponent(a, b, y))],
};

/** The operand that was taken gets the cotangent; equal ones get half of it each. */
function extreme(g: Node, firstTaken: Node, tie: Node): readonly [Node, Node] {
  const half = mul(g, 0.5);
  return [where(tie, half, where(firstTaken, g, 0)), where(tie, half, where(firstTaken, 0, g))];
}

/** d(aᵇ)/da = b · aᵇ⁻¹, which is 0 where b is. */
const powerByBase = (a: Node, b: Node): Node => where(equal(b, 0), 0, mul(b, combine('pow', a, sub(b, 1))));

/** d(aᵇ)/db = aᵇ · log a, which tends to 0 where a is 0 and b is not negative. */
function powerByExponent(a: Node, b: Node, y: Node): Node {
  const vanishes = and(equal(a, 0), lessEqual(0, b));
  return where(vanishes, 0, mul(y, log(where(vanishes, 1, a))));
}

/** g where the condition holds for the first value, 0 there for the second. */
export const whereRule = (g: Node, condition: Node): readonly [Node, Node] => [
  where(condition, g, 0),
  where(condition, 0, g),
];
