/**
 * Whole and fractional parts, and the remainder that goes with them.
 */
import { isFloat } from '../dtype';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { liftFunction } from './float-functions';
import { lift1, lift2, numericNode, type TensorLike } from './operand';

const truncated = (x: Node): Node =>
  build.where(build.lessThan(x, 0), build.unary('ceil', x), build.unary('floor', x));

/**
 * The whole number next to x towards 0; gradient 0. Integers stay as they are.
 *
 * @example
 * await trunc(tensor([-1.5, 1.5])).data(); // Float32Array [-1, 1]
 */
export const trunc = (x: TensorLike): Tensor =>
  lift1('trunc', x, (node) => {
    const number = numericNode(node);
    return isFloat(number.dtype) ? truncated(number) : number;
  });

/**
 * x - trunc(x), with the sign of x; NaN for infinities. Integers and bool become float32.
 *
 * @example
 * await frac(tensor([-1.5, 1.25])).data(); // Float32Array [-0.5, 0.25]
 */
export const frac = (x: TensorLike): Tensor =>
  liftFunction('frac', x, (node) => build.sub(node, truncated(node)));

/**
 * a - b · trunc(a / b): the remainder with the sign of `a`, as in C; `mod` has the sign of `b`. It is computed by that
 * formula, so it loses as many digits as the quotient has. An integer modulo 0 gives 0, a float NaN.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await fmod(tensor([-7, 7]), 3).data(); // Float32Array [-1, 1]
 */
export const fmod = (a: TensorLike, b: TensorLike): Tensor =>
  lift2('fmod', a, b, (x, y) => {
    const [dividend, divisor] = [numericNode(x), numericNode(y)];
    return isFloat(dividend.dtype) ? floatRemainder(dividend, divisor) : wholeRemainder(dividend, divisor);
  });

function floatRemainder(a: Node, b: Node): Node {
  const whole = truncated(build.combine('div', a, b, 'fmod'));
  // 0 · ∞ is NaN, but nothing has to be taken off where the quotient is 0.
  const none = build.equal(whole, 0);
  return build.sub(a, build.where(none, 0, build.mul(build.where(none, 0, b), whole)));
}

/** The remainder with the divisor's sign, less the divisor where the dividend's sign is another. */
function wholeRemainder(a: Node, b: Node): Node {
  const remainder = build.combine('mod', a, b, 'fmod');
  const differs = build.xor(build.lessThan(a, 0), build.lessThan(b, 0));
  const crossed = build.and(build.notEqual(remainder, 0), differs);
  return build.where(crossed, build.sub(remainder, b), remainder);
}

export { mod as remainder } from './arithmetic';
