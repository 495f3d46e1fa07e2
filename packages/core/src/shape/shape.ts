/**
 * Shapes: row-major lists of extents, how many elements they hold, and how they are written in messages.
 */
import { ShapeError } from '../errors';

/** Extents of a tensor, outermost axis first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements of a shape; 1 for a scalar, 0 when any extent is 0. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1);

/** A shape as people write it: `[2, 3]`. */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);

/** Extent of `axis`, which must be in range. */
export function extentAt(shape: Shape, axis: number): number {
  const extent = shape[axis];
  if (extent === undefined) throw new ShapeError('shape', `${formatShape(shape)} has no axis ${axis}.`);
  return extent;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= extent;
  }
  return strides;
}

/** Checks that every extent is a whole number of at least 0. */
export function requireShape(where: string, shape: Shape): Shape {
  const bad = shape.findIndex((extent) => !Number.isSafeInteger(extent) || extent < 0);
  if (bad >= 0) {
    throw new ShapeError(
      where,
      `extent ${shape[bad]} of axis ${bad} in ${formatShape(shape)} is not a whole number of at least 0.`,
    );
  }
  return shape;
}

/** `count` integers from `start` upwards. */
export const range = (count: number, start = 0): number[] =>
  Array.from({ length: count }, (_, i) => start + i);
