/**
 * Operations on the bits of whole numbers, in two's complement. They have no gradient.
 */
import { bytesPerElement, isInteger } from '../dtype';
import { DTypeError } from '../errors';
import * as build from '../graph/build';
import type { BinaryOp, Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { lift1, lift2, type TensorLike } from './operand';
import { liftPair } from './pairs';

const bitwise = (where: string, op: BinaryOp, a: TensorLike, b: TensorLike): Tensor =>
  lift2(where, a, b, (x, y) => build.combine(op, whole(where, x, true), whole(where, y, true), where));

function whole(where: string, x: Node, boolToo = false): Node {
  if (isInteger(x.dtype) || (boolToo && x.dtype === 'bool')) return x;
  throw new DTypeError(
    where,
    `takes whole numbers${boolToo ? ' or bool' : ''}, not ${x.dtype}.`,
    "Convert with x.cast('int32') first.",
  );
}

/**
 * Bits that are set in both. On bool it is `logicalAnd`.
 *
 * @throws {DTypeError} when an operand is floating point
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await bitwiseAnd(tensor([12], { dtype: 'int32' }), 10).data(); // Int32Array [8]
 */
export const bitwiseAnd = (a: TensorLike, b: TensorLike): Tensor => bitwise('bitwiseAnd', 'and', a, b);

/**
 * Bits that are set in at least one. On bool it is `logicalOr`.
 *
 * @throws {DTypeError} when an operand is floating point
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await bitwiseOr(tensor([12], { dtype: 'int32' }), 10).data(); // Int32Array [14]
 */
export const bitwiseOr = (a: TensorLike, b: TensorLike): Tensor => bitwise('bitwiseOr', 'or', a, b);

/**
 * Bits that are set in exactly one. On bool it is `logicalXor`.
 *
 * @throws {DTypeError} when an operand is floating point
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await bitwiseXor(tensor([12], { dtype: 'int32' }), 10).data(); // Int32Array [6]
 */
export const bitwiseXor = (a: TensorLike, b: TensorLike): Tensor => bitwise('bitwiseXor', 'xor', a, b);

/**
 * All bits flipped: -1 - x for int32, 255 - x for uint8, `logicalNot` for bool.
 *
 * @throws {DTypeError} when x is floating point
 * @example
 * await bitwiseNot(tensor([0, 5], { dtype: 'int32' })).data(); // Int32Array [-1, -6]
 */
export const bitwiseNot = (x: TensorLike): Tensor =>
  lift1('bitwiseNot', x, (node) => {
    const { dtype } = whole('bitwiseNot', node, true);
    if (dtype === 'bool') return build.unary('not', node);
    return build.xor(node, build.lowest(dtype) < 0 ? -1 : build.highest(dtype));
  });

/** Moves bits by a count that is brought inside of the dtype's width; `outside` says where it was not. */
function shift(
  where: string,
  x: TensorLike,
  count: TensorLike,
  make: (bits: Node, by: Node, outside: Node, last: number) => Node,
): Tensor {
  return liftPair(where, x, count, (given, places) => {
    const [bits, by] = [whole(where, given), whole(where, places)];
    const last = 8 * bytesPerElement(bits.dtype) - 1;
    return make(bits, by, build.or(build.lessThan(by, 0), build.lessThan(last, by)), last);
  });
}

/**
 * x · 2ⁿ by moving bits to the left; those that leave the dtype are lost. A negative count, or one
 * that is not less than the number of bits, gives 0.
 *
 * @throws {DTypeError} when an operand is floating point or bool
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await leftShift(tensor([1, 3], { dtype: 'int32' }), 2).data(); // Int32Array [4, 12]
 */
export const leftShift = (x: TensorLike, count: TensorLike): Tensor =>
  shift('leftShift', x, count, (bits, by, outside) =>
    build.where(outside, 0, build.combine('shl', bits, build.where(outside, 0, by), 'leftShift')),
  );

/**
 * ⌊x / 2ⁿ⌋ by moving bits to the right; the sign is kept. A negative count, or one that is not
 * less than the number of bits, leaves only the sign: 0 or -1.
 *
 * @throws {DTypeError} when an operand is floating point or bool
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * await rightShift(tensor([12, -3], { dtype: 'int32' }), 1).data(); // Int32Array [6, -2]
 */
export const rightShift = (x: TensorLike, count: TensorLike): Tensor =>
  shift('rightShift', x, count, (bits, by, outside, last) => {
    const shifted = build.combine('shr', bits, build.where(outside, last, by), 'rightShift');
    return build.lowest(bits.dtype) < 0 ? shifted : build.where(outside, 0, shifted);
  });

const shifted = (x: Node, count: number): Node => build.combine('shr', x, count);

/**
 * How many bits are set. The dtype stays.
 *
 * @throws {DTypeError} when x is not of whole numbers of up to 32 bits
 * @example
 * await popcount(tensor([7, -1], { dtype: 'int32' })).data(); // Int32Array [3, 32]
 */
export const popcount = (x: TensorLike): Tensor =>
  lift1('popcount', x, (node) => {
    const { dtype } = whole('popcount', node);
    const bytes = bytesPerElement(dtype);
    if (bytes > 4) throw new DTypeError('popcount', `takes whole numbers of up to 32 bits, not ${dtype}.`);
    const word = dtype === 'uint32' ? build.bitcast(node, 'int32') : build.cast(node, 'int32');
    // Sums of neighbouring bits, then of pairs, then of groups of four; the product adds the four bytes.
    const bits = bytes === 4 ? word : build.and(word, 2 ** (8 * bytes) - 1);
    const pairs = build.sub(bits, build.and(shifted(bits, 1), 0x55555555));
    const fours = build.add(build.and(pairs, 0x33333333), build.and(shifted(pairs, 2), 0x33333333));
    const eights = build.and(build.add(fours, shifted(fours, 4)), 0x0f0f0f0f);
    return build.cast(shifted(build.mul(eights, 0x01010101), 24), dtype);
  });
