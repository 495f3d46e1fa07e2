/**
 * Boxes whose size is known and whose place is not: the start is a tensor. Starts are clamped so that the box lies
 * inside, as XLA does. `sliceUpdate` writes a box at a place that is known.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, range, type Shape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { placed } from './assign';
import { fittedNodes } from './fitted';
import { isInside } from './indexed/positions';
import { indexNode } from './indexing';
import { operandNode, type TensorLike, tensorFrom } from './operand';

/** The start along each axis as an int32 scalar, clamped so that a box of `sizes` fits. */
function startsOf(where: string, start: Tensor, shape: Shape, sizes: Shape): Node[] {
  const node = indexNode(where, start);
  if (node.shape.length !== 1 || node.shape[0] !== shape.length) {
    throw new ShapeError(
      where,
      `a start of ${formatShape(node.shape)} does not fit ${formatShape(shape)}.`,
      `Give a vector of ${shape.length}, one position per axis.`,
    );
  }
  return shape.map((extent, axis) => {
    const own = build.reshape(build.sliceAxis(node, 0, axis, axis + 1), []);
    return build.minimum(build.maximum(own, 0), extent - extentAt(sizes, axis));
  });
}

function requireBox(where: string, sizes: Shape, shape: Shape): void {
  const fits =
    sizes.length === shape.length &&
    sizes.every((n, axis) => Number.isSafeInteger(n) && n >= 0 && n <= extentAt(shape, axis));
  if (fits) return;
  throw new ShapeError(
    where,
    `a box of ${formatShape(sizes)} does not fit into ${formatShape(shape)}.`,
    'Give one extent per axis, none larger than that of the tensor.',
  );
}

/**
 * A box of known size at a computed place.
 *
 * @param start int32 or uint8 vector, one position per axis; clamped so that the box lies inside
 * @param sizes extents of the box
 * @throws {ShapeError} when start or sizes do not fit the rank, or the box is larger than the tensor
 * @throws {DTypeError} when the start is not of whole numbers
 * @example
 * const start = tensor([2], { dtype: 'int32' });
 * await dynamicSlice(tensor([1, 2, 3, 4]), start, [2]).data(); // Float32Array [3, 4]
 */
export function dynamicSlice(x: Tensor, start: Tensor, sizes: readonly number[]): Tensor {
  const node = operandNode('dynamicSlice', x);
  requireBox('dynamicSlice', sizes, node.shape);
  const starts = startsOf('dynamicSlice', start, node.shape, sizes);
  const box = starts.reduce((part, own, axis) => {
    const size = extentAt(sizes, axis);
    return size === node.shape[axis] ? part : build.gather(part, build.add(build.iota(size), own), axis);
  }, node);
  return tensorFrom('dynamicSlice', box, [x, start]);
}

/**
 * The same tensor with a box at a computed place replaced.
 *
 * @param start   int32 or uint8 vector, one position per axis; clamped so that the box lies inside
 * @param updates the new elements; brought to the dtype of `x`
 * @throws {ShapeError} when start or updates do not fit the rank, or the updates are larger than the tensor
 * @throws {DTypeError} when the start is not of whole numbers, or the dtype of `x` cannot hold the updates
 * @example
 * const start = tensor([1], { dtype: 'int32' });
 * await dynamicUpdateSlice(zeros([4]), start, tensor([7, 8])).data(); // Float32Array [0, 7, 8, 0]
 */
export function dynamicUpdateSlice(x: Tensor, start: Tensor, updates: Tensor): Tensor {
  const [node, box] = fittedNodes('dynamicUpdateSlice', x, updates);
  const sizes = box.shape;
  requireBox('dynamicUpdateSlice', sizes, node.shape);
  const starts = startsOf('dynamicUpdateSlice', start, node.shape, sizes);
  const operands: readonly TensorLike[] = [x, start, updates];
  if (sizeOf(sizes) === 0) return tensorFrom('dynamicUpdateSlice', node, operands);
  const rank = node.shape.length;
  // The position inside the box along each axis where the box is smaller.
  const inside = range(rank).flatMap((axis) => {
    const own = starts[axis];
    const [extent, size] = [extentAt(node.shape, axis), extentAt(sizes, axis)];
    return own === undefined || size === extent
      ? []
      : [{ axis, size, position: build.sub(build.iota(extent), own) }];
  });
  const spread = inside.reduce((part, { axis, position }) => build.gather(part, position, axis), box);
  const masks = inside.map(({ axis, size, position }) =>
    build.alongAxis(isInside(position, size), axis, rank),
  );
  const result = masks.length === 0 ? box : build.where(masks.reduce(build.and), spread, node);
  return tensorFrom('dynamicUpdateSlice', result, operands);
}

/**
 * The same tensor with a box at a known place replaced.
 *
 * @param start   first position along each axis; negative ones count from the end
 * @param updates the new elements; brought to the dtype of `x`
 * @throws {ShapeError} when the box does not lie inside
 * @throws {ArgumentError} when a position is not a whole number
 * @throws {DTypeError} when the dtype of `x` cannot hold the updates
 * @example
 * await sliceUpdate(zeros([4]), [1], tensor([7, 8])).data(); // Float32Array [0, 7, 8, 0]
 */
export function sliceUpdate(x: Tensor, start: readonly number[], updates: Tensor): Tensor {
  const [node, box] = fittedNodes('sliceUpdate', x, updates);
  const bad = start.find((n) => !Number.isSafeInteger(n));
  if (bad !== undefined) throw new ArgumentError('sliceUpdate', `position ${bad} is not a whole number.`);
  const fits =
    start.length === node.shape.length &&
    box.shape.length === node.shape.length &&
    start.every((from, axis) => {
      const extent = extentAt(node.shape, axis);
      const lo = from < 0 ? from + extent : from;
      return lo >= 0 && lo + extentAt(box.shape, axis) <= extent;
    });
  if (!fits) {
    throw new ShapeError(
      'sliceUpdate',
      `a box of ${formatShape(box.shape)} at ${formatShape(start)} does not lie inside ${formatShape(node.shape)}.`,
    );
  }
  const boxes = start.map((from, axis) => {
    const extent = extentAt(node.shape, axis);
    return { lo: from < 0 ? from + extent : from, count: extentAt(box.shape, axis), step: 1 };
  });
  const result = sizeOf(box.shape) === 0 ? node : placed(node, box, boxes);
  return tensorFrom('sliceUpdate', result, [x, updates]);
}
