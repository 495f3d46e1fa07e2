/**
 * Activations that are exactly 0 where others are only small. Integers and bool become float32.
 */
import * as build from '../graph/build';
import { normalizeAxis } from '../shape/axis';
import type { Tensor } from '../tensor';
import { liftFunction } from './float-functions';
import { floatingNode, type TensorLike, tensorFrom } from './operand';

/**
 * 0 up to -1, (x + 1)² / 4 up to 1, then x: a softplus that is 0 below -1.
 *
 * @example
 * await sparsePlus(tensor([-2, 0, 3])).data(); // Float32Array [0, 0.25, 3]
 */
export const sparsePlus = (x: TensorLike): Tensor =>
  liftFunction('sparsePlus', x, (node) => {
    const large = build.lessEqual(1, node);
    // Outside of its range the parabola is fed 0, so that it cannot overflow.
    const shifted = build.add(build.where(build.lessThan(1, build.abs(node)), 0, node), 1);
    const parabola = build.mul(build.mul(shifted, shifted), 0.25);
    return build.where(build.lessEqual(node, -1), 0, build.where(large, node, parabola));
  });

/**
 * 0 up to -1, (x + 1) / 2 up to 1, then 1: the derivative of `sparsePlus`.
 *
 * @example
 * await sparseSigmoid(tensor([-2, 0, 3])).data(); // Float32Array [0, 0.5, 1]
 */
export const sparseSigmoid = (x: TensorLike): Tensor =>
  liftFunction('sparseSigmoid', x, (node) => {
    const line = build.mul(build.add(node, 1), 0.5);
    return build.where(build.lessEqual(node, -1), 0, build.where(build.lessEqual(1, node), 1, line));
  });

/**
 * The probabilities nearest to the logits in Euclidean distance, many of which are exactly 0 (Martins & Astudillo 2016):
 * max(x - τ, 0) with the τ for which they sum to 1. Its gradient is that of the support, which is all that changes.
 *
 * Each element is compared with all others along the axis instead of sorting: time n², no sorting network.
 *
 * @param x    logits of any shape
 * @param axis the axis that sums to 1 afterwards; default -1
 * @throws {AxisError} when the axis does not exist
 * @example
 * await sparsemax(tensor([1, 0.5, -1])).data(); // Float32Array [0.75, 0.25, 0]
 */
export function sparsemax(x: TensorLike, axis = -1): Tensor {
  const given = floatingNode('sparsemax', x);
  const along = normalizeAxis('sparsemax', axis, given.shape.length);
  // A shift of all logits changes nothing; the sums below are most accurate around the maximum.
  const z = build.sub(given, build.detach(build.maxKeeping(given, [along])));
  const fixed = build.detach(z);
  // For each element: how many are at least as great, and the sum of those. It is in the support while
  // 1 + count · z > sum.
  const [row, column] = [build.insertAxes(fixed, [along + 1]), build.insertAxes(fixed, [along])];
  const reaches = build.lessEqual(row, column);
  const count = build.sum(build.cast(reaches, given.dtype), [along + 1]);
  const sum = build.sum(build.where(reaches, column, 0), [along + 1]);
  const supported = build.lessThan(sum, build.add(build.mul(count, fixed), 1));
  const size = build.sumKeeping(build.cast(supported, given.dtype), [along]);
  const total = build.sumKeeping(build.where(supported, z, 0), [along]);
  const threshold = build.div(build.sub(total, 1), size);
  return tensorFrom('sparsemax', build.where(supported, build.sub(z, threshold), 0), [x]);
}
