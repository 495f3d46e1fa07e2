/**
 * Broadcasting as in NumPy: shapes are aligned at their last axes, and an extent of 1 (or a missing axis) repeats.
 */
import { ShapeError } from '../errors';
import { formatShape, type Shape } from './shape';

/** The shape in which all of `shapes` meet. */
export function broadcastShapes(where: string, ...shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    shape.forEach((extent, i) => {
      const axis = rank - shape.length + i;
      const current = result[axis] ?? 1;
      if (extent !== current && extent !== 1 && current !== 1) {
        throw new ShapeError(
          where,
          `shapes do not broadcast: ${shapes.map(formatShape).join(' and ')}, ${current} ≠ ${extent} ` +
            `at axis ${axis - rank} (from the end).`,
          'Extents must be equal or 1; reshape or expandDims can insert axes of extent 1.',
        );
      }
      if (current === 1) result[axis] = extent;
    });
  }
  return result;
}

/** Whether `from` can be repeated to exactly `to`. */
export function broadcastsTo(from: Shape, to: Shape): boolean {
  const lead = to.length - from.length;
  return lead >= 0 && from.every((extent, i) => extent === 1 || extent === to[lead + i]);
}
