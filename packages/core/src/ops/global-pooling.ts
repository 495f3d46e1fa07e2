/**
 * Pooling over whole images: what is left is one value for each channel.
 */
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { formatShape, range } from '../shape/shape';
import type { Tensor } from '../tensor';
import { type DataFormat, isChannelsFirst } from './data-format';
import { floatingNode, numericNode, operandNode, tensorFrom } from './operand';

export interface GlobalPoolOptions {
  /** Keeps the spatial axes with extent 1. Default false. */
  readonly keepDims?: boolean;
  /** Where the input has its channels. Default 'channelsLast'. */
  readonly dataFormat?: DataFormat;
}

function overSpace(
  where: string,
  x: Tensor,
  node: Node,
  { keepDims = false, dataFormat = 'channelsLast' }: GlobalPoolOptions,
  reduce: (x: Node, axes: readonly number[]) => Node,
): Tensor {
  if (x.rank < 3) {
    throw new ShapeError(
      where,
      `got ${formatShape(x.shape)}.`,
      'Expected a batch axis, at least one spatial axis and channels.',
    );
  }
  const axes = range(x.rank - 2, isChannelsFirst(where, dataFormat) ? 2 : 1);
  const reduced = reduce(node, axes);
  return tensorFrom(where, keepDims ? build.reshape(reduced, build.keptShape(node, axes)) : reduced, [x]);
}

/**
 * Greatest element of each channel; equal ones share the gradient evenly.
 *
 * @param x [batch, …spatial, channels]
 * @returns [batch, channels]
 * @throws {ShapeError} when there is no spatial axis
 * @example
 * await globalMaxPool(tensor([[[1, 5], [3, 2]]])).array(); // [[3, 5]]
 */
export const globalMaxPool = (x: Tensor, options: GlobalPoolOptions = {}): Tensor =>
  overSpace('globalMaxPool', x, numericNode(operandNode('globalMaxPool', x)), options, (node, axes) =>
    build.reduce('max', node, axes),
  );

/**
 * Mean of each channel; integers become float32.
 *
 * @param x [batch, …spatial, channels]
 * @returns [batch, channels]
 * @throws {ShapeError} when there is no spatial axis
 * @example
 * await globalAvgPool(tensor([[[1, 5], [3, 3]]])).array(); // [[2, 4]]
 */
export const globalAvgPool = (x: Tensor, options: GlobalPoolOptions = {}): Tensor =>
  overSpace('globalAvgPool', x, floatingNode('globalAvgPool', x), options, build.mean);
