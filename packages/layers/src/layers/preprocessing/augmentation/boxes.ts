/** Boxes at random places of images. */
import type { Generator, Tensor } from '@hadal/core';
import { arange, logicalAnd } from '@hadal/core';
import { sizeOf } from '../image-layer';
import { drawn, oneEach } from './factor';

/** A box in each image. */
export interface Boxes {
  /** [batch, height, width, 1] of bool: whether a pixel lies in the box. */
  readonly inside: Tensor;
  /** [batch, 1, 1, 1]: the share of the image that the box is. */
  readonly area: Tensor;
}

/**
 * @param shares for height and width the share of them that the box takes, each [batch, 1, 1, 1]
 */
export function drawnBoxes(
  images: Tensor,
  [tall, wide]: readonly [Tensor, Tensor],
  generator: Generator | undefined,
): Boxes {
  const [height, width] = sizeOf(images);
  const across = within(images, width, [1, 1, width, 1], wide, generator);
  const down = within(images, height, [1, height, 1, 1], tall, generator);
  return { inside: logicalAnd(across, down), area: tall.mul(wide) };
}

/** Whether positions on an axis lie in an interval at a random place. */
function within(
  images: Tensor,
  extent: number,
  shape: readonly number[],
  share: Tensor,
  generator: Generator | undefined,
): Tensor {
  const length = share.mul(extent);
  const start = drawn(oneEach(images), [0, 1], images, generator).mul(length.neg().add(extent));
  const position = arange(extent).cast(images.dtype).reshape(shape);
  return logicalAnd(position.greaterEqual(start), position.less(start.add(length)));
}
