/**
 * Walks over row-major arrays with arbitrary strides: what every movement is made of, and how reductions and
 * contractions bring their operands into a plain order.
 */
import type { TypedArray } from '../dtype';
import { type Shape, sizeOf } from '../shape/shape';

/** The entries of `values` at `axes`. */
export function pick(values: readonly number[], axes: readonly number[]): number[] {
  return axes.map((axis) => values[axis] ?? 0);
}

/** The address of every index of `shape` in row-major order: Σ index · stride, plus `start`. */
export function addresses(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  if (result.length === 0) return result;
  result[0] = start;
  let filled = 1;
  // Innermost axis first: what is filled so far is repeated along the next axis out.
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1;
    const stride = strides[axis] ?? 0;
    for (let index = 1; index < extent; index++) {
      const shift = index * stride;
      const base = index * filled;
      for (let i = 0; i < filled; i++) result[base + i] = (result[i] ?? 0) + shift;
    }
    filled *= extent;
  }
  return result;
}

/** Fills `target`, in order, with the elements of `source` at the places `from`. */
export function copyAt(target: TypedArray, source: TypedArray, from: Int32Array): void {
  for (let i = 0; i < from.length; i++) target[i] = source[from[i] ?? 0] ?? 0;
}

/** Writes the elements of `source`, in order, to the places `to` of `target`. */
export function placeAt(target: TypedArray, source: TypedArray, to: Int32Array): void {
  for (let i = 0; i < to.length; i++) target[to[i] ?? 0] = source[i] ?? 0;
}
