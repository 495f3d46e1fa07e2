/**
 * What image operations take: [batch, height, width, channels], or one image without the batch axis.
 */
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, formatShape } from '../../shape/shape';

export interface Images {
  /** [batch, height, width, channels] */
  readonly node: Node;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Takes the batch axis off again where there was none. */
  restore(result: Node): Node;
}

/** Images of rank 4, or one of rank 3 as a batch of one. */
export function imagesOf(where: string, x: Node): Images {
  const rank = x.shape.length;
  if (rank !== 3 && rank !== 4) {
    throw new ShapeError(
      where,
      `got ${formatShape(x.shape)}.`,
      'Expected [batch, height, width, channels] or [height, width, channels].',
    );
  }
  const node = rank === 4 ? x : build.insertAxes(x, [0]);
  return {
    node,
    batch: extentAt(node.shape, 0),
    height: extentAt(node.shape, 1),
    width: extentAt(node.shape, 2),
    channels: extentAt(node.shape, 3),
    restore: (result) => (rank === 4 ? result : build.reshape(result, result.shape.slice(1))),
  };
}

/** Checks the extents that a result shall have. */
export function requireSize(where: string, size: readonly number[]): readonly number[] {
  const bad = size.find((extent) => !Number.isSafeInteger(extent) || extent < 1);
  if (bad === undefined) return size;
  throw new ArgumentError(
    where,
    `size ${formatShape(size)} holds ${bad}; expected whole numbers of at least 1.`,
  );
}

/** Checks that there is a pixel to read. */
export function requirePixels(where: string, { height, width, node }: Images): void {
  if (height > 0 && width > 0) return;
  throw new ShapeError(where, `${formatShape(node.shape)} has no pixels.`);
}
