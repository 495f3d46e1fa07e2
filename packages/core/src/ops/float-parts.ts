/**
 * The parts of floating-point numbers: sign, mantissa and exponent, and the neighbouring number.
 *
 * Powers of two are made from bits where they are 32 wide, so that scaling by them is exact on every device.
 */
import { isInteger } from '../dtype';
import { ArgumentError, DTypeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { broadcastShapes } from '../shape/broadcast';
import { Tensor } from '../tensor';
import { finite } from './comparison';
import { widened } from './float-functions';
import {
  asFloat,
  commonDevice,
  floatingNode,
  lift1,
  numericNode,
  operandNode,
  type TensorLike,
  tensorFrom,
} from './operand';
import { liftPair } from './pairs';
import { isDouble } from './polynomial';
import { signBitNode } from './sign-bit';

/**
 * Whether a number is negative, -0 included; false for NaN. Bool.
 *
 * @example
 * await signBit(tensor([-1, -0, 2])).array(); // [true, true, false]
 */
export const signBit = (x: TensorLike): Tensor =>
  lift1('signBit', x, (node) => signBitNode(numericNode(node)));

/**
 * |a| with the sign of b, where -0 is negative. Integers and bool become float32.
 *
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await copySign(tensor([1, -2]), tensor([-0, 3])).data(); // Float32Array [-1, 2]
 */
export const copySign = (a: TensorLike, b: TensorLike): Tensor =>
  liftPair('copySign', a, b, (x, y) => {
    const size = build.abs(asFloat(x));
    return build.where(signBitNode(asFloat(y)), build.neg(size), size);
  });

/** 2 to a whole power that the dtype holds as a normal number. */
function powerOfTwo(exponent: Node, like: Node): Node {
  if (like.dtype !== 'float32') return build.unary('exp2', build.cast(exponent, like.dtype));
  return build.bitcast(build.combine('shl', build.add(exponent, 127), 23), 'float32');
}

/** x · 2ⁿ in three factors: 2ⁿ alone may be out of range where the product is not. */
function scaled(x: Node, exponent: Node): Node {
  const bound = isDouble(x) ? 2100 : 300;
  const n = build.minimum(build.maximum(exponent, -bound), bound);
  const first = build.combine('idiv', n, 3);
  const rest = build.sub(n, first);
  const second = build.combine('idiv', rest, 2);
  return [first, second, build.sub(rest, second)].reduce(
    (product, part) => build.mul(product, powerOfTwo(part, x)),
    x,
  );
}

/**
 * x · 2ⁿ, exact unless the result overflows or is too small to have all its digits. The gradient reaches x only.
 *
 * @param x        of any dtype; integers and bool become float32
 * @param exponent whole numbers
 * @throws {DTypeError} when the exponent is a tensor of floating-point numbers
 * @throws {ArgumentError} when the exponent is a plain number with a fraction
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await ldexp(tensor([0.75, 3]), 2).data(); // Float32Array [3, 12]
 */
export function ldexp(x: TensorLike, exponent: TensorLike): Tensor {
  if (typeof exponent === 'number' && !Number.isInteger(exponent)) {
    throw new ArgumentError('ldexp', `the exponent must be a whole number, not ${exponent}.`);
  }
  const mantissa = floatingNode('ldexp', x);
  const given = operandNode('ldexp', exponent);
  if (typeof exponent !== 'number' && !isInteger(given.dtype)) {
    throw new DTypeError(
      'ldexp',
      `exponents are whole numbers, not ${given.dtype}.`,
      "Convert with x.cast('int32'), or multiply by exp2(x).",
    );
  }
  broadcastShapes('ldexp', mantissa.shape, given.shape);
  const node = build.cast(given, 'int32');
  return tensorFrom('ldexp', build.cast(scaled(widened(mantissa), node), mantissa.dtype), [x, exponent]);
}

/** What a number too small for a normal exponent is multiplied with first, as a power of two, and the least normal number. */
const LIFT = 54;
const leastNormal = (x: Node): number => 2 ** (isDouble(x) ? -1022 : -126);

/** The exponent for which x · 2⁻ᵉ lies in [1/2, 1), as int32; 0 for 0, infinities and NaN. */
function exponentNode(x: Node): Node {
  const size = build.abs(x);
  const regular = build.and(finite(x), build.notEqual(x, 0));
  const tiny = build.and(regular, build.lessThan(size, leastNormal(x)));
  const lifted = build.where(regular, build.where(tiny, build.mul(size, 2 ** LIFT), size), 0.5);
  const exponent = build.sub(normalExponent(lifted), build.where(tiny, build.constant(LIFT, 'int32'), 0));
  return build.where(regular, exponent, 0);
}

/** The same for positive numbers of normal size. */
function normalExponent(x: Node): Node {
  if (x.dtype === 'float32') return build.sub(build.combine('shr', build.bitcast(x, 'int32'), 23), 126);
  // The logarithm may be rounded across a whole number: the mantissa tells.
  const guess = build.add(build.cast(build.unary('floor', build.unary('log2', x)), 'int32'), 1);
  const mantissa = scaled(x, build.neg(guess));
  const over = build.cast(build.lessEqual(1, mantissa), 'int32');
  const under = build.cast(build.lessThan(mantissa, 0.5), 'int32');
  return build.sub(build.add(guess, over), under);
}

/**
 * Splits numbers into mantissa · 2^exponent with the mantissa's size in [1/2, 1). 0, infinities and NaN are their own
 * mantissa, with exponent 0. Integers and bool become float32.
 *
 * @returns [mantissa, exponent], the exponent in int32
 * @example
 * const [mantissa, exponent] = frexp(tensor([3, -0.25]));
 * await mantissa.data(); // Float32Array [0.75, -0.5]
 * await exponent.data(); // Int32Array [2, -1]
 */
export function frexp(x: TensorLike): readonly [mantissa: Tensor, exponent: Tensor] {
  const given = floatingNode('frexp', x);
  const node = widened(given);
  const exponent = exponentNode(build.detach(node));
  const device = commonDevice('frexp', [x]);
  return [
    new Tensor(build.cast(scaled(node, build.neg(exponent)), given.dtype), device),
    new Tensor(exponent, device),
  ];
}

/**
 * The float32 number next to `x` in the direction of `towards`; where both are equal, `towards` itself. No gradient.
 *
 * @throws {DTypeError} when the operands meet in another dtype than float32
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await nextAfter(tensor([1]), 2).data(); // Float32Array [1.0000001]
 */
export const nextAfter = (x: TensorLike, towards: TensorLike): Tensor =>
  liftPair('nextAfter', x, towards, (a, b) => {
    const [from, to] = [asFloat(a), asFloat(b)];
    if (from.dtype !== 'float32') {
      throw new DTypeError(
        'nextAfter',
        `takes float32, not ${from.dtype}.`,
        "Convert with x.cast('float32').",
      );
    }
    const up = build.lessThan(from, to);
    // Bits of positive numbers grow with the number, those of negative ones against it.
    const away = build.equal(up, build.lessThan(0, from));
    const step = build.where(away, build.constant(1, 'int32'), -1);
    const moved = build.bitcast(build.add(build.bitcast(from, 'int32'), step), 'float32');
    const least = build.bitcast(build.constant(1, 'int32'), 'float32');
    const leftZero = build.where(up, least, build.neg(least));
    const next = build.where(build.equal(from, 0), leftZero, moved);
    const unordered = build.or(build.notEqual(from, from), build.notEqual(to, to));
    return build.where(unordered, Number.NaN, build.where(build.equal(from, to), to, next));
  });
