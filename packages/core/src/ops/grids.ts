/**
 * Shapes that meet, and grids of positions. Results are broadcast views, so that a grid costs no memory until a kernel
 * needs one.
 */
import type { Device } from '../device/device';
import type { DType } from '../dtype';
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import * as shapes from '../shape/broadcast';
import { formatShape, requireShape, type Shape } from '../shape/shape';
import { Tensor } from '../tensor';
import type { CreationOptions } from './creation';
import { commonDevice, operandNode, tensorFrom } from './operand';

/**
 * The shape in which all of the given shapes meet by the rules of broadcasting.
 *
 * @throws {ShapeError} when they do not meet
 * @example
 * broadcastShapes([3, 1], [4]); // [3, 4]
 */
export const broadcastShapes = (...given: readonly Shape[]): Shape =>
  shapes.broadcastShapes('broadcastShapes', ...given);

/**
 * Repeats tensors to the shape in which all of them meet; each keeps its dtype.
 *
 * @throws {ShapeError} when the shapes do not meet
 * @example
 * broadcastArrays([zeros([3, 1]), zeros([4])]).map((x) => x.shape); // [[3, 4], [3, 4]]
 */
export function broadcastArrays(tensors: readonly Tensor[]): Tensor[] {
  const shape = shapes.broadcastShapes('broadcastArrays', ...tensors.map((x) => x.shape));
  return tensors.map((x) =>
    tensorFrom('broadcastArrays', build.broadcastTo(operandNode('broadcastArrays', x), shape), [x]),
  );
}

export interface MeshgridOptions {
  /** 'xy' (default): the first tensor runs along columns, axis 1. 'ij': tensor i runs along axis i. */
  readonly indexing?: 'xy' | 'ij';
  /** Whether results keep extent 1 where they do not vary, ready to broadcast. Default false. */
  readonly sparse?: boolean;
}

/**
 * Coordinates of a grid: result i holds at every point of the grid the coordinate from vector i.
 *
 * @param vectors coordinates along each axis; scalars count as one coordinate
 * @returns one tensor for each vector, each of its dtype
 * @throws {ShapeError} when one has more than one axis
 * @throws {ArgumentError} when `indexing` is neither 'xy' nor 'ij'
 * @example
 * const [x, y] = meshgrid([tensor([1, 2, 3]), tensor([10, 20])]);
 * await x.array(); // [[1, 2, 3], [1, 2, 3]]
 * await y.array(); // [[10, 10, 10], [20, 20, 20]]
 */
export function meshgrid(vectors: readonly Tensor[], options: MeshgridOptions = {}): Tensor[] {
  const { indexing = 'xy', sparse = false } = options;
  if (indexing !== 'xy' && indexing !== 'ij') {
    throw new ArgumentError('meshgrid', `indexing '${String(indexing)}' is unknown; expected 'xy' or 'ij'.`);
  }
  const deep = vectors.find((x) => x.rank > 1);
  if (deep !== undefined) {
    throw new ShapeError('meshgrid', `takes vectors, got ${formatShape(deep.shape)}.`, 'Flatten it first.');
  }
  const rank = vectors.length;
  const isSwapped = indexing === 'xy' && rank > 1;
  const axes = vectors.map((x, i) =>
    build.alongAxis(operandNode('meshgrid', x), isSwapped && i < 2 ? 1 - i : i, rank),
  );
  const shape = shapes.broadcastShapes('meshgrid', ...axes.map((node) => node.shape));
  commonDevice('meshgrid', vectors);
  return axes.map((node, i) =>
    tensorFrom('meshgrid', sparse ? node : build.expand(node, shape), vectors.slice(i, i + 1)),
  );
}

/** The position along each axis at every place of `shape`, as int32 views of that shape. */
const positions = (shape: Shape): Node[] =>
  shape.map((extent, axis) => build.expand(build.alongAxis(build.iota(extent), axis, shape.length), shape));

export interface IndicesOptions {
  /** Element type. Default int32. */
  readonly dtype?: DType;
  /** Where to compute (default the device that was set). */
  readonly device?: Device;
}

/**
 * The position of every place of a shape: row i of the result holds the positions along axis i.
 *
 * @returns [rank, ...shape], int32 unless said otherwise
 * @throws {ShapeError} when the shape has no axis, or an extent is not a whole number of at least 0
 * @example
 * await indices([2, 2]).array(); // [[[0, 0], [1, 1]], [[0, 1], [0, 1]]]
 */
export function indices(shape: Shape, { dtype = 'int32', device }: IndicesOptions = {}): Tensor {
  requireShape('indices', shape);
  if (shape.length === 0)
    throw new ShapeError('indices', 'the shape [] has no axes to give positions along.');
  const rows = positions(shape).map((node) => build.insertAxes(node, [0]));
  return new Tensor(build.cast(build.concat(rows, 0), dtype), device);
}

/**
 * A tensor whose elements are computed from their positions.
 *
 * @param make gets the positions along each axis as int32 tensors of the whole shape (other dtypes with
 *             `options.dtype`), and returns what broadcasts to the shape
 * @returns a tensor of the dtype that `make` returns
 * @throws {ShapeError} when the result does not broadcast to the shape
 * @example
 * await fromFunction([2, 3], (row, column) => row.mul(10).add(column)).array(); // [[0, 1, 2], [10, 11, 12]]
 */
export function fromFunction(
  shape: Shape,
  make: (...positions: Tensor[]) => Tensor,
  { dtype = 'int32', device }: CreationOptions = {},
): Tensor {
  requireShape('fromFunction', shape);
  const made = make(...positions(shape).map((node) => new Tensor(build.cast(node, dtype), device)));
  if (!shapes.broadcastsTo(made.shape, shape)) {
    throw new ShapeError(
      'fromFunction',
      `the function returned ${formatShape(made.shape)}, which does not broadcast to ${formatShape(shape)}.`,
    );
  }
  return tensorFrom('fromFunction', build.broadcastTo(operandNode('fromFunction', made), shape), [made]);
}
