/** Shapes as layers see them: the first axis is the batch and unknown, other axes may be. */
import { ShapeError } from '@hadal/core';

/** Extents with the batch first; `null` is an extent that is not fixed. */
export type LayerShape = readonly (number | null)[];

/** Whether a value is one shape, and not an arrangement of several. */
export const isShape = (value: unknown): value is LayerShape =>
  Array.isArray(value) && value.every((extent) => extent === null || typeof extent === 'number');

/** `[null, 28, 28, 1]` as `[batch, 28, 28, 1]`. */
export function formatLayerShape(shape: LayerShape): string {
  return `[${shape.map((extent, axis) => extent ?? (axis === 0 ? 'batch' : 'any')).join(', ')}]`;
}

/** Whether a shape with fixed extents fits one that leaves some open. */
export function fitsShape(actual: LayerShape, expected: LayerShape): boolean {
  return (
    actual.length === expected.length &&
    actual.every((extent, axis) => expected[axis] === null || extent === null || extent === expected[axis])
  );
}

/** Checks the rank of a layer's input. */
export function requireRank(where: string, shape: LayerShape, rank: number, meaning: string): void {
  if (shape.length === rank) return;
  throw new ShapeError(
    where,
    `the input has shape ${formatLayerShape(shape)}, expected ${rank} axes: ${meaning}.`,
    shape.length === rank - 1 && rank === 4
      ? 'Grey images need a channel axis too: x.expandDims(-1), or reshape them to [batch, height, width, 1].'
      : `Reshape the input to ${rank} axes.`,
  );
}

/** The extent of an axis that must be known to make weights. */
export function requireExtent(where: string, shape: LayerShape, axis: number, meaning: string): number {
  const extent = shape.at(axis);
  if (typeof extent === 'number') return extent;
  throw new ShapeError(
    where,
    `${meaning} of the input shape ${formatLayerShape(shape)} must be known to make the weights.`,
    'Give it in inputShape, or call the model with data first.',
  );
}

/** The number of elements of a shape; null when an extent is open. */
export function knownSize(shape: LayerShape): number | null {
  return shape.reduce<number | null>(
    (product, extent) => (product === null || extent === null ? null : product * extent),
    1,
  );
}
