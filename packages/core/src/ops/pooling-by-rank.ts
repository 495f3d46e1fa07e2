/**
 * Pooling of sequences and volumes: pooling of any number of axes with the rank checked.
 */
import type { Tensor } from '../tensor';
import type { PoolOptions } from './pool-windows';
import { type AvgPoolOptions, avgPooled, maxPooled, requireImageRank } from './pooling';

/**
 * Max pooling of sequences.
 *
 * @param x    [batch, steps, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size extent of the window
 * @returns [batch, positions, channels]
 * @throws {ShapeError} when `x` is not of rank 3 or the window does not fit
 * @example
 * await maxPool1d(tensor([[[1], [3], [2], [5]]]), 2).data(); // Float32Array [3, 5]
 */
export const maxPool1d = (x: Tensor, size: number | readonly number[], options: PoolOptions = {}): Tensor =>
  maxPooled('maxPool1d', requireImageRank('maxPool1d', x, 1), size, options);

/**
 * Max pooling of volumes.
 *
 * @param x    [batch, depth, height, width, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size extent of the window, or [depth, height, width]
 * @returns [batch, planes, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 5 or the window does not fit
 * @example
 * maxPool3d(zeros([2, 8, 16, 16, 3]), [1, 2, 2]).shape; // [2, 8, 8, 8, 3]
 */
export const maxPool3d = (x: Tensor, size: number | readonly number[], options: PoolOptions = {}): Tensor =>
  maxPooled('maxPool3d', requireImageRank('maxPool3d', x, 3), size, options);

/**
 * Average pooling of sequences.
 *
 * @param x    [batch, steps, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size extent of the window
 * @returns [batch, positions, channels]
 * @throws {ShapeError} when `x` is not of rank 3 or the window does not fit
 * @example
 * await avgPool1d(tensor([[[1], [3], [2], [6]]]), 2).data(); // Float32Array [2, 4]
 */
export const avgPool1d = (
  x: Tensor,
  size: number | readonly number[],
  options: AvgPoolOptions = {},
): Tensor => avgPooled('avgPool1d', requireImageRank('avgPool1d', x, 1), size, options);

/**
 * Average pooling of volumes.
 *
 * @param x    [batch, depth, height, width, channels], or channels second with `dataFormat: 'channelsFirst'`
 * @param size extent of the window, or [depth, height, width]
 * @returns [batch, planes, rows, columns, channels]
 * @throws {ShapeError} when `x` is not of rank 5 or the window does not fit
 * @example
 * avgPool3d(zeros([2, 8, 16, 16, 3]), 2).shape; // [2, 4, 8, 8, 3]
 */
export const avgPool3d = (
  x: Tensor,
  size: number | readonly number[],
  options: AvgPoolOptions = {},
): Tensor => avgPooled('avgPool3d', requireImageRank('avgPool3d', x, 3), size, options);
