/**
 * Takes one sample out of a batch on the host.
 */
import { ArgumentError, type HostArray, ShapeError } from '@hadal/core';

/**
 * Sample `index` of a batch, without the batch axis.
 *
 * @param batch shape [n, …]
 * @param index from 0 to n - 1
 * @throws {ShapeError} when `batch` has no axis
 * @throws {ArgumentError} when `index` is outside
 * @example
 * sampleOf({ data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'float32' }, 1).data; // Float32Array [3, 4]
 */
export function sampleOf(batch: HostArray, index: number): HostArray {
  const [count, ...shape] = batch.shape;
  if (count === undefined)
    throw new ShapeError('sampleOf', 'a scalar was given; expected a batch of shape [n, …].');
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new ArgumentError(
      'sampleOf',
      `index ${index} is outside the batch; expected an integer from 0 to ${count - 1}.`,
    );
  }
  const size = batch.data.length / count;
  return { data: batch.data.slice(index * size, (index + 1) * size), shape, dtype: batch.dtype };
}
