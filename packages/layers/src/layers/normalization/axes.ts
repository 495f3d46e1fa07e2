/** The axes of normalizations, and the extents of weights along them. */
import { AxisError } from '@hadal/core';
import { type LayerShape, requireExtent } from '../../layer/shape';

/** One axis or several; negative ones count from the end. */
export type Axes = number | readonly number[];

const listOf = (axes: Axes): readonly number[] => (typeof axes === 'number' ? [axes] : axes);

/** Axes counted from the front, in ascending order. */
export function resolveAxes(where: string, axes: Axes, rank: number): readonly number[] {
  const found = listOf(axes).map((axis) => (axis < 0 ? axis + rank : axis));
  const fits = found.every((axis) => Number.isInteger(axis) && axis > 0 && axis < rank);
  if (fits && new Set(found).size === found.length) return [...found].sort((a, b) => a - b);
  throw new AxisError(
    where,
    `axis ${listOf(axes).join(', ')} does not fit inputs of ${rank} axes.`,
    'Give different axes after that of the batch, which is 0; negative ones count from the end.',
  );
}

/** The extents of the input along axes, which must be known. */
export const extentsAlong = (where: string, inputShape: LayerShape, axes: Axes): readonly number[] =>
  resolveAxes(where, axes, inputShape.length).map((axis) =>
    requireExtent(where, inputShape, axis, `axis ${axis}`),
  );
