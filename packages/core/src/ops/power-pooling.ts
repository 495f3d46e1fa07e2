/**
 * Power-average pooling: the Minkowski norm of each window, between a sum (p = 1) and a maximum (p = ∞).
 */
import { ArgumentError } from '../errors';
import type { Tensor } from '../tensor';
import { inFormat } from './data-format';
import { minkowskiNorm } from './minkowski';
import { floatingNode, tensorFrom } from './operand';
import { type PoolOptions, poolAttributes, poolOf, windowAxes, windowsOf } from './pool-windows';

/**
 * (Σ |x|ᵖ)^(1/p) over each window; padding adds nothing. Where a window holds only zeros the gradient is 0.
 *
 * @param x    [batch, …spatial, channels]; integers become float32
 * @param p    exponent above 0, Infinity included
 * @param size extent of the window, for all spatial axes or each
 * @returns [batch, …positions, channels]
 * @throws {ShapeError} when the window does not fit
 * @throws {ArgumentError} when `p` is not above 0
 * @example
 * await lpPool(tensor([[[3], [4], [6], [8]]]), 2, 2).data(); // Float32Array [5, 10]
 */
export function lpPool(
  x: Tensor,
  p: number,
  size: number | readonly number[],
  options: PoolOptions = {},
): Tensor {
  if (!(p > 0)) throw new ArgumentError('lpPool', `p ${p} is not a number above 0.`);
  return inFormat('lpPool', options.dataFormat ?? 'channelsLast', x, (images) => {
    const node = floatingNode('lpPool', images);
    const pool = poolOf(node, poolAttributes('lpPool', images.shape, size, options));
    return tensorFrom('lpPool', minkowskiNorm(windowsOf(node, pool, 0), windowAxes(node), p), [images]);
  });
}
