/**
 * Resampling as graph nodes: along one axis with taps known beforehand, and at computed points.
 */
import type { DType } from '../../dtype';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, range, sizeOf, stridesOf } from '../../shape/shape';
import { clamped, isInside } from '../indexed/positions';
import type { FillMode, Taps } from './taps';

/** Repeats every element of an axis: a view. */
export function repeatAxis(x: Node, axis: number, times: number): Node {
  const apart = build.insertAxes(x, [axis + 1]);
  const repeated = build.expand(
    apart,
    apart.shape.map((extent, i) => (i === axis + 1 ? times : extent)),
  );
  return build.reshape(
    repeated,
    x.shape.map((extent, i) => (i === axis ? extent * times : extent)),
  );
}

/** Host numbers as a constant of a floating-point dtype. */
const weightsNode = (values: Float64Array, shape: readonly number[], dtype: DType): Node =>
  dtype === 'float64'
    ? build.data(values, shape, dtype)
    : build.cast(build.data(Float32Array.from(values), shape, 'float32'), dtype);

/** Σ over taps of weight · element, for every position of the result along `axis`. */
export function resampleAxis(x: Node, axis: number, { size, count, indices, weights }: Taps): Node {
  if (count === 1) {
    const extent = extentAt(x.shape, axis);
    const times = size / extent;
    const repeats = Number.isInteger(times) && indices.every((index, i) => index === Math.floor(i / times));
    if (repeats) return repeatAxis(x, axis, times);
    return build.gather(x, build.data(indices, [size], 'int32'), axis);
  }
  const read = build.gather(x, build.data(indices, [size, count], 'int32'), axis);
  const aside = new Array<number>(x.shape.length - axis - 1).fill(1);
  return build.sum(build.mul(read, weightsNode(weights, [size, count, ...aside], x.dtype)), [axis + 1]);
}

/** What is sampled at computed points: [positions…, channels] as rows, positions in row-major order. */
export interface Field {
  /** [rows, channels] */
  readonly rows: Node;
  readonly extents: readonly number[];
  /** The first row of the image that each point reads from, int32, shaped as the points; left out where it is 0. */
  readonly base?: Node;
  readonly mode: FillMode;
  /** A scalar of the dtype of the rows. */
  readonly fill: Node;
}

/** The position inside an axis that stands for `index`. */
function insideIndex(index: Node, extent: number, mode: FillMode): Node {
  switch (mode) {
    case 'constant':
    case 'nearest':
      return clamped(index, extent);
    case 'wrap':
      return build.combine('mod', index, extent);
    case 'reflect': {
      const folded = build.combine('mod', index, 2 * extent);
      return build.minimum(folded, build.sub(2 * extent - 1, folded));
    }
    case 'mirror': {
      const period = Math.max(1, 2 * extent - 2);
      const folded = build.combine('mod', index, period);
      return build.minimum(folded, build.sub(period, folded));
    }
  }
}

/** The values at whole-numbered points, one index per axis: [...points, channels]. */
function valuesAt({ rows, extents, base, mode, fill }: Field, indices: readonly Node[]): Node {
  const strides = stridesOf(extents);
  const places = indices.map((index, axis) =>
    build.mul(insideIndex(index, extentAt(extents, axis), mode), extentAt(strides, axis)),
  );
  const row = places.reduce(build.add);
  const read = build.gather(rows, base === undefined ? row : build.add(row, base), 0);
  if (mode !== 'constant') return read;
  const inside = indices.map((index, axis) => isInside(index, extentAt(extents, axis))).reduce(build.and);
  return build.where(build.insertAxes(inside, [inside.shape.length]), read, fill);
}

/**
 * The field at points with a floating-point coordinate per axis, all of one shape: the nearest element (order 0, halves
 * go up) or linear interpolation between the 2ⁿ around (order 1).
 */
export function sampleField(field: Field, coordinates: readonly Node[], order: 0 | 1): Node {
  const whole = (x: Node): Node => build.cast(build.unary('floor', x), 'int32');
  if (order === 0) {
    return valuesAt(
      field,
      coordinates.map((coordinate) => whole(build.add(coordinate, 0.5))),
    );
  }
  const below = coordinates.map(whole);
  const fractions = coordinates.map((coordinate) => build.sub(coordinate, build.unary('floor', coordinate)));
  const corners = range(2 ** coordinates.length).map((corner) => {
    const isUpper = (axis: number): boolean => ((corner >> axis) & 1) === 1;
    const indices = below.map((index, axis) => (isUpper(axis) ? build.add(index, 1) : index));
    const weight = fractions
      .map((fraction, axis) => (isUpper(axis) ? fraction : build.sub(1, fraction)))
      .reduce(build.mul);
    return build.mul(valuesAt(field, indices), build.insertAxes(weight, [weight.shape.length]));
  });
  return corners.reduce(build.add);
}

/** [batch, …positions, channels] as [rows, channels]. */
export const rowsOf = (x: Node): Node => {
  const channels = extentAt(x.shape, x.shape.length - 1);
  return build.reshape(x, [sizeOf(x.shape.slice(0, -1)), channels]);
};
