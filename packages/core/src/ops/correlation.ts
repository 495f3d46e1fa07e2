/**
 * Convolution and cross-correlation of two sequences, as in signal processing: one sequence slides over the other.
 */
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { lift2, type TensorLike, widenedNode } from './operand';

/**
 * Which positions are kept, for sequences of n and m elements: 'full' all n + m - 1 where they overlap, 'same' the
 * max(n, m) in the middle, 'valid' the max(n, m) - min(n, m) + 1 where one lies inside the other.
 */
export type SequenceMode = 'full' | 'same' | 'valid';

function requireSequences(where: string, a: Node, v: Node): void {
  for (const { shape } of [a, v]) {
    if (shape.length !== 1 || shape[0] === 0) {
      throw new ShapeError(
        where,
        `got ${formatShape(a.shape)} and ${formatShape(v.shape)}.`,
        'Expected two sequences of rank 1 with at least one element each.',
      );
    }
  }
}

/** Σ a[k + i] · v[i] at the positions k of the mode; `a` is at least as long as `v`. */
function slide(a: Node, v: Node, mode: SequenceMode): Node {
  const [n, m] = [extentAt(a.shape, 0), extentAt(v.shape, 0)];
  const before = mode === 'full' ? m - 1 : mode === 'same' ? Math.floor(m / 2) : 0;
  const positions = mode === 'full' ? n + m - 1 : mode === 'same' ? n : n - m + 1;
  const result = build.conv(build.reshape(a, [1, n, 1]), build.reshape(v, [m, 1, 1]), {
    stride: [1],
    padding: [[before, positions + m - 1 - n - before]],
    inputDilation: [1],
    kernelDilation: [1],
    groups: 1,
  });
  return build.reshape(result, [positions]);
}

const reversed = (x: Node): Node => build.flip(x, [0]);
const isShorter = (a: Node, v: Node): boolean => extentAt(a.shape, 0) < extentAt(v.shape, 0);

/**
 * Cross-correlation of two sequences, Σ a[k + i] · v[i] for every shift k.
 *
 * @param a    [n]; integers are multiplied in int32
 * @param v    [m]
 * @param mode which shifts are kept; default 'valid'
 * @throws {ShapeError} when the operands are not two sequences with elements
 * @example
 * await correlate(tensor([1, 2, 3]), tensor([0, 1, 0.5])).data(); // Float32Array [3.5]
 * await correlate(tensor([1, 2, 3]), tensor([0, 1, 0.5]), 'same').data(); // Float32Array [2, 3.5, 3]
 */
export const correlate = (a: TensorLike, v: TensorLike, mode: SequenceMode = 'valid'): Tensor =>
  lift2('correlate', a, v, (left, right) => {
    requireSequences('correlate', left, right);
    const [x, y] = [widenedNode(left), widenedNode(right)];
    return isShorter(x, y) ? reversed(slide(y, x, mode)) : slide(x, y, mode);
  });

/**
 * Convolution of two sequences, Σ a[k - i] · v[i] for every k: the coefficients of the product of two polynomials.
 *
 * @param a    [n]; integers are multiplied in int32
 * @param v    [m]
 * @param mode which positions are kept; default 'full'
 * @throws {ShapeError} when the operands are not two sequences with elements
 * @example
 * await convolve(tensor([1, 2, 3]), tensor([0, 1, 0.5])).data(); // Float32Array [0, 1, 2.5, 4, 1.5]
 */
export const convolve = (a: TensorLike, v: TensorLike, mode: SequenceMode = 'full'): Tensor =>
  lift2('convolve', a, v, (left, right) => {
    requireSequences('convolve', left, right);
    const [x, y] = [widenedNode(left), widenedNode(right)];
    return isShorter(x, y) ? slide(y, reversed(x), mode) : slide(x, reversed(y), mode);
  });
