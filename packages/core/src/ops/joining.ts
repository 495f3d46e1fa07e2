/**
 * Joining and cutting along the first axes under NumPy's names, and the ranks that these need.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { split } from './movement';
import { lift1, operandNodes, type TensorLike, tensorFrom } from './operand';

const flat = (node: Node): Node => (node.shape.length === 0 ? build.reshape(node, [1]) : node);

/** A vector becomes one row. */
const asRows = (node: Node): Node => {
  const some = flat(node);
  return some.shape.length === 1 ? build.insertAxes(some, [0]) : some;
};

/** A vector of n becomes [1, n, 1], a matrix gets a last axis. */
const asDeep = (node: Node): Node => {
  const rows = asRows(node);
  return rows.shape.length === 2 ? build.insertAxes(rows, [2]) : rows;
};

/** A vector becomes one column. */
const asColumns = (node: Node): Node => {
  const some = flat(node);
  return some.shape.length === 1 ? build.insertAxes(some, [1]) : some;
};

/**
 * A scalar as a vector of one element; anything else as it is.
 *
 * @example
 * atLeast1d(scalar(3)).shape; // [1]
 */
export const atLeast1d = (x: TensorLike): Tensor => lift1('atLeast1d', x, flat);

/**
 * A scalar as [1, 1] and a vector as one row [1, n]; anything else as it is.
 *
 * @example
 * atLeast2d(zeros([3])).shape; // [1, 3]
 */
export const atLeast2d = (x: TensorLike): Tensor => lift1('atLeast2d', x, asRows);

/**
 * A scalar as [1, 1, 1], a vector as [1, n, 1] and a matrix as [m, n, 1]; anything else as it is.
 *
 * @example
 * atLeast3d(zeros([3])).shape; // [1, 3, 1]
 * atLeast3d(zeros([2, 3])).shape; // [2, 3, 1]
 */
export const atLeast3d = (x: TensorLike): Tensor => lift1('atLeast3d', x, asDeep);

function joined(
  where: string,
  tensors: readonly Tensor[],
  shaped: (node: Node) => Node,
  axisOf: (rank: number) => number,
): Tensor {
  const nodes = operandNodes(where, tensors).map(shaped);
  const axis = axisOf(nodes[0]?.shape.length ?? 0);
  return tensorFrom(where, build.concat(nodes, axis, where), tensors);
}

/**
 * Joins side by side: vectors end to end, anything else along axis 1.
 *
 * @throws {ShapeError} when other extents differ
 * @throws {ArgumentError} when there are no tensors
 * @example
 * await hstack([tensor([1]), tensor([2, 3])]).data(); // Float32Array [1, 2, 3]
 * hstack([zeros([2, 3]), zeros([2, 1])]).shape; // [2, 4]
 */
export const hstack = (tensors: readonly Tensor[]): Tensor =>
  joined('hstack', tensors, flat, (rank) => (rank === 1 ? 0 : 1));

/**
 * Joins on top of each other along axis 0; vectors are rows.
 *
 * @throws {ShapeError} when other extents differ
 * @throws {ArgumentError} when there are no tensors
 * @example
 * await vstack([tensor([1, 2]), tensor([3, 4])]).array(); // [[1, 2], [3, 4]]
 */
export const vstack = (tensors: readonly Tensor[]): Tensor => joined('vstack', tensors, asRows, () => 0);

/**
 * Joins along axis 2, after vectors became [1, n, 1] and matrices [m, n, 1].
 *
 * @throws {ShapeError} when other extents differ
 * @throws {ArgumentError} when there are no tensors
 * @example
 * dstack([zeros([2, 3]), zeros([2, 3])]).shape; // [2, 3, 2]
 */
export const dstack = (tensors: readonly Tensor[]): Tensor => joined('dstack', tensors, asDeep, () => 2);

/**
 * Joins columns to a matrix: vectors are columns, matrices are joined along axis 1.
 *
 * @throws {ShapeError} when other extents differ
 * @throws {ArgumentError} when there are no tensors
 * @example
 * await columnStack([tensor([1, 2]), tensor([3, 4])]).array(); // [[1, 3], [2, 4]]
 */
export const columnStack = (tensors: readonly Tensor[]): Tensor =>
  joined('columnStack', tensors, asColumns, () => 1);

/**
 * Takes an axis apart: the inverse of `stack`.
 *
 * @param axis the axis that disappears; default 0
 * @throws {AxisError} when the axis does not exist
 * @example
 * unstack(zeros([3, 2])).map((row) => row.shape); // [[2], [2], [2]]
 */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  const along = normalizeAxis('unstack', axis, x.rank);
  const shape = x.shape.filter((_, i) => i !== along);
  return Array.from({ length: extentAt(x.shape, along) }, (_, position) =>
    lift1('unstack', x, (node) => build.reshape(build.sliceAxis(node, along, position, position + 1), shape)),
  );
}

/** A number of parts, or the positions before which to cut. */
export type Sections = number | readonly number[];

/**
 * Cuts along an axis into parts that need not be equal, as NumPy's array_split.
 *
 * @param sections the number of parts, the first of which are longer by one where they cannot be equal; or the positions
 *                 before which to cut, where negative ones count from the end (`split` takes extents instead)
 * @param axis     the axis to cut; default 0
 * @throws {ArgumentError} when the number of parts is not a whole number of at least 1, or a position not a whole number
 * @throws {AxisError} when the axis does not exist
 * @example
 * arraySplit(zeros([7]), 3).map((part) => part.shape); // [[3], [2], [2]]
 * arraySplit(zeros([7]), [2, 5]).map((part) => part.shape); // [[2], [3], [2]]
 */
export const arraySplit = (x: Tensor, sections: Sections, axis = 0): Tensor[] =>
  cut('arraySplit', x, sections, normalizeAxis('arraySplit', axis, x.rank));

function cut(where: string, x: Tensor, sections: Sections, axis: number): Tensor[] {
  const extent = extentAt(x.shape, axis);
  const bounds = typeof sections === 'number' ? evenBounds(where, sections, extent) : sections;
  const bad = bounds.find((n) => !Number.isSafeInteger(n));
  if (bad !== undefined) throw new ArgumentError(where, `position ${bad} is not a whole number.`);
  const places = bounds.map((n) => (n < 0 ? Math.max(0, n + extent) : Math.min(n, extent)));
  return [...places, extent].map((end, i) => {
    const start = i === 0 ? 0 : extentAt(places, i - 1);
    return lift1(where, x, (node) => build.sliceAxis(node, axis, start, Math.max(start, end)));
  });
}

function evenBounds(where: string, parts: number, extent: number): number[] {
  if (!Number.isSafeInteger(parts) || parts < 1) {
    throw new ArgumentError(where, `${parts} parts were asked for; give a whole number of at least 1.`);
  }
  const [least, longer] = [Math.floor(extent / parts), extent % parts];
  return Array.from({ length: parts - 1 }, (_, i) => (i + 1) * least + Math.min(i + 1, longer));
}

/** `split` where a number of parts was given, which must be equal; `arraySplit` at positions. */
function cutNamed(where: string, x: Tensor, sections: Sections, axis: number): Tensor[] {
  const along = normalizeAxis(where, axis, x.rank);
  return typeof sections === 'number' ? split(x, sections, along) : cut(where, x, sections, along);
}

/**
 * Cuts side by side: along axis 1, a vector along axis 0.
 *
 * @param sections the number of equal parts, or the positions before which to cut
 * @throws {ShapeError} when the parts cannot be equal
 * @throws {AxisError} when `x` is a scalar
 * @example
 * hsplit(zeros([2, 6]), 3).map((part) => part.shape); // [[2, 2], [2, 2], [2, 2]]
 */
export const hsplit = (x: Tensor, sections: Sections): Tensor[] =>
  cutNamed('hsplit', x, sections, x.rank > 1 ? 1 : 0);

/**
 * Cuts from top to bottom: along axis 0 of at least two.
 *
 * @param sections the number of equal parts, or the positions before which to cut
 * @throws {ShapeError} when the parts cannot be equal or `x` has fewer than two axes
 * @example
 * vsplit(zeros([4, 3]), [1]).map((part) => part.shape); // [[1, 3], [3, 3]]
 */
export function vsplit(x: Tensor, sections: Sections): Tensor[] {
  if (x.rank < 2) {
    throw new ShapeError('vsplit', `needs at least two axes, got ${formatShape(x.shape)}.`, 'Use split.');
  }
  return cutNamed('vsplit', x, sections, 0);
}

/**
 * Cuts along axis 2.
 *
 * @param sections the number of equal parts, or the positions before which to cut
 * @throws {ShapeError} when the parts cannot be equal
 * @throws {AxisError} when `x` has fewer than three axes
 * @example
 * dsplit(zeros([2, 3, 4]), 2).map((part) => part.shape); // [[2, 3, 2], [2, 3, 2]]
 */
export const dsplit = (x: Tensor, sections: Sections): Tensor[] => cutNamed('dsplit', x, sections, 2);
