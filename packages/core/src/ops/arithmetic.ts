/**
 * Arithmetic, element by element, with broadcasting and promotion (bool < uint8 < int32 < float32 < float64).
 * Integers wrap around; bool counts as 0 and 1. Shapes that do not broadcast throw a ShapeError.
 */
import { isFloat } from '../dtype';
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { BinaryOp, Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { asFloat, floatingNode, lift1, lift2, liftFloat, numericNode, type TensorLike } from './operand';
import { powerNode } from './power';

const numeric = (where: string, op: BinaryOp, a: TensorLike, b: TensorLike): Tensor =>
  lift2(where, a, b, (x, y) => build.combine(op, numericNode(x), numericNode(y), where));

/**
 * a + b.
 *
 * @example
 * await add(tensor([1, 2]), 10).data(); // Float32Array [11, 12]
 */
export const add = (a: TensorLike, b: TensorLike): Tensor => numeric('add', 'add', a, b);

/**
 * a - b.
 *
 * @example
 * await sub(5, tensor([1, 2])).data(); // Float32Array [4, 3]
 */
export const sub = (a: TensorLike, b: TensorLike): Tensor => numeric('sub', 'sub', a, b);

/**
 * a · b, element by element; `matmul` is the matrix product.
 *
 * @example
 * await mul(tensor([1, 2]), tensor([[1], [10]])).array(); // [[1, 2], [10, 20]]
 */
export const mul = (a: TensorLike, b: TensorLike): Tensor => numeric('mul', 'mul', a, b);

/**
 * a / b. Integers are divided as float32; `floorDiv` stays with integers.
 *
 * @example
 * await div(tensor([1, 2], { dtype: 'int32' }), 4).data(); // Float32Array [0.25, 0.5]
 */
export const div = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('div', a, b, (x, y) => build.combine('div', asFloat(x), asFloat(y), 'div'));

/**
 * ⌊a / b⌋, rounding towards minus infinity. An integer divided by 0 gives 0.
 *
 * @example
 * await floorDiv(tensor([-7, 7]), 2).data(); // Float32Array [-4, 3]
 */
export const floorDiv = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('floorDiv', a, b, (x, y) => floorDivide(numericNode(x), numericNode(y)));

/**
 * a - b · ⌊a / b⌋: the remainder with the sign of `b`. An integer modulo 0 gives 0.
 *
 * @example
 * await mod(tensor([-7, 7]), 3).data(); // Float32Array [2, 1]
 */
export const mod = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('mod', a, b, (x, y) => remainder(numericNode(x), numericNode(y)));

/**
 * a to the power of b. A plain-number exponent is part of the kernel's code: small whole ones become multiplications.
 * Integers stay integers when the exponent is a plain whole number of at least 0, else they become float32.
 *
 * @example
 * await pow(tensor([1, 2, 3]), 2).data(); // Float32Array [1, 4, 9]
 */
export function pow(a: TensorLike, b: TensorLike): Tensor {
  if (typeof b !== 'number') {
    return lift2('pow', a, b, (x, y) => build.combine('pow', asFloat(x), asFloat(y), 'pow'));
  }
  return lift1('pow', a, (given) => {
    const x = numericNode(given);
    if (isFloat(x.dtype)) return powerNode(x, b);
    return Number.isInteger(b) && b >= 0 ? wholePower(x, b) : powerNode(asFloat(x), b);
  });
}

/**
 * The greater of a and b; NaN when either is NaN. Where both are equal each gets half of the gradient.
 *
 * @example
 * await maximum(tensor([-1, 2]), 0).data(); // Float32Array [0, 2]
 */
export const maximum = (a: TensorLike, b: TensorLike): Tensor => numeric('maximum', 'max', a, b);

/**
 * The lesser of a and b; NaN when either is NaN. Where both are equal each gets half of the gradient.
 *
 * @example
 * await minimum(tensor([-1, 2]), 0).data(); // Float32Array [-1, 0]
 */
export const minimum = (a: TensorLike, b: TensorLike): Tensor => numeric('minimum', 'min', a, b);

/**
 * -x.
 *
 * @example
 * await neg(tensor([1, -2])).data(); // Float32Array [-1, 2]
 */
export const neg = (x: TensorLike): Tensor => lift1('neg', x, (node) => build.neg(numericNode(node)));

/**
 * |x|; its gradient at 0 is 0.
 *
 * @example
 * await abs(tensor([1, -2])).data(); // Float32Array [1, 2]
 */
export const abs = (x: TensorLike): Tensor => lift1('abs', x, (node) => build.abs(numericNode(node)));

/**
 * -1, 0 or 1; NaN for NaN.
 *
 * @example
 * await sign(tensor([-3, 0, 2])).data(); // Float32Array [-1, 0, 1]
 */
export const sign = (x: TensorLike): Tensor =>
  lift1('sign', x, (node) => build.unary('sign', numericNode(node)));

/**
 * x².
 *
 * @example
 * await square(tensor([3, -2])).data(); // Float32Array [9, 4]
 */
export const square = (x: TensorLike): Tensor =>
  lift1('square', x, (node) => powerNode(numericNode(node), 2));

/**
 * 1 / x, as floating point.
 *
 * @example
 * await reciprocal(tensor([4])).data(); // Float32Array [0.25]
 */
export const reciprocal = (x: TensorLike): Tensor =>
  liftFloat('reciprocal', x, (node) => build.unary('recip', node));

/**
 * x limited to [low, high]; NaN stays NaN. The gradient passes where x lies inside, bounds included.
 *
 * @throws {ArgumentError} when low > high
 * @example
 * await clip(tensor([-2, 0.5, 3]), 0, 1).data(); // Float32Array [0, 0.5, 1]
 */
export function clip(x: TensorLike, low: number, high: number): Tensor {
  if (!(low <= high))
    throw new ArgumentError('clip', `the lower bound ${low} is over the upper bound ${high}.`);
  const whole = Number.isInteger(low) && Number.isInteger(high);
  return lift1('clip', x, (given) => {
    const node = whole ? numericNode(given) : floatingNode('clip', x);
    const from = Math.max(low, build.lowest(node.dtype));
    const to = Math.min(high, build.highest(node.dtype));
    const above = build.where(build.lessThan(node, from), from, node);
    return build.where(build.lessThan(to, node), to, above);
  });
}

function floorDivide(a: Node, b: Node, where = 'floorDiv'): Node {
  if (!isFloat(a.dtype)) return build.combine('idiv', a, b, where);
  return build.unary('floor', build.combine('div', a, b, where));
}

function remainder(a: Node, b: Node): Node {
  if (!isFloat(a.dtype)) return build.combine('mod', a, b, 'mod');
  return build.sub(a, build.mul(b, floorDivide(a, b, 'mod')));
}

/** Repeated squaring, so that integers stay exact (modulo 2³²). */
function wholePower(x: Node, exponent: number): Node {
  if (exponent <= 3) return powerNode(x, exponent);
  const half = wholePower(x, Math.floor(exponent / 2));
  const even = build.mul(half, half);
  return exponent % 2 === 0 ? even : build.mul(even, x);
}
