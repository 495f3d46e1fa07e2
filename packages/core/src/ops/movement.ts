/**
 * Moving elements about without changing them. These are views: nothing is copied unless a kernel needs it.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxes, normalizeAxis } from '../shape/axis';
import { extentAt, formatShape, range, type Shape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { lift1, operandNodes, type TensorLike, tensorFrom } from './operand';

/**
 * The same elements in row-major order under another shape.
 *
 * @param shape the new extents; one of them may be -1 and is computed
 * @throws {ShapeError} when the number of elements differs
 * @example
 * reshape(zeros([2, 6]), [3, -1]).shape; // [3, 4]
 */
export const reshape = (x: TensorLike, shape: Shape): Tensor =>
  lift1('reshape', x, (node) => build.reshape(node, resolveShape(node.shape, shape)));

function resolveShape(from: Shape, to: Shape): Shape {
  const unknown = to.indexOf(-1);
  if (unknown < 0) return to;
  const known = sizeOf(to.filter((_, axis) => axis !== unknown));
  const extent = sizeOf(from) / known;
  if (!Number.isSafeInteger(extent) || extent < 0) {
    throw new ShapeError(
      'reshape',
      `${formatShape(from)} holds ${sizeOf(from)} elements, which no whole number in place of -1 makes of ${formatShape(to)}.`,
    );
  }
  return to.map((n, axis) => (axis === unknown ? extent : n));
}

/**
 * Joins all axes from `startAxis` on into one.
 *
 * @param startAxis first axis to join; default 0, which gives rank 1
 * @throws {AxisError} when the axis does not exist
 * @example
 * flatten(zeros([32, 7, 7, 64]), 1).shape; // [32, 3136]
 */
export function flatten(x: TensorLike, startAxis = 0): Tensor {
  return lift1('flatten', x, (node) => {
    const from = node.shape.length === 0 ? 0 : normalizeAxis('flatten', startAxis, node.shape.length);
    return build.reshape(node, [...node.shape.slice(0, from), sizeOf(node.shape.slice(from))]);
  });
}

/**
 * Reorders axes: axis i of the result is axis order[i] of the operand.
 *
 * @param order a permutation of the axes; reversed when left out
 * @throws {AxisError} when `order` is not a permutation
 * @example
 * transpose(zeros([2, 3])).shape; // [3, 2]
 * transpose(zeros([2, 3, 4]), [0, 2, 1]).shape; // [2, 4, 3]
 */
export const transpose = (x: TensorLike, order?: readonly number[]): Tensor =>
  lift1('transpose', x, (node) => build.permute(node, order ?? range(node.shape.length).reverse()));

/** Another name of `transpose`, with the order given. */
export const permute = (x: TensorLike, order: readonly number[]): Tensor => transpose(x, order);

/**
 * Inserts axes of extent 1.
 *
 * @param axis where the new axes are in the result; one or several, negative ones count from the end
 * @throws {AxisError} when an axis is outside the result or given twice
 * @example
 * expandDims(zeros([2, 3]), -1).shape; // [2, 3, 1]
 */
export function expandDims(x: TensorLike, axis: number | readonly number[]): Tensor {
  return lift1('expandDims', x, (node) => {
    const added = typeof axis === 'number' ? 1 : axis.length;
    return build.insertAxes(node, normalizeAxes('expandDims', axis, node.shape.length + added));
  });
}

/**
 * Removes axes of extent 1.
 *
 * @param axis which; all of extent 1 when left out
 * @throws {AxisError} when an axis does not exist
 * @throws {ShapeError} when a named axis has another extent than 1
 * @example
 * squeeze(zeros([1, 3, 1])).shape; // [3]
 */
export function squeeze(x: TensorLike, axis?: number | readonly number[]): Tensor {
  return lift1('squeeze', x, (node) => {
    if (axis === undefined)
      return build.reshape(
        node,
        node.shape.filter((extent) => extent !== 1),
      );
    const axes = normalizeAxes('squeeze', axis, node.shape.length);
    for (const each of axes) {
      if (node.shape[each] !== 1) {
        throw new ShapeError(
          'squeeze',
          `axis ${each} of ${formatShape(node.shape)} has extent ${node.shape[each]}, only extent 1 can be removed.`,
        );
      }
    }
    return build.reshape(
      node,
      node.shape.filter((_, i) => !axes.includes(i)),
    );
  });
}

/**
 * Repeats to `shape` by the rules of broadcasting.
 *
 * @throws {ShapeError} when the shape cannot be reached by adding leading axes and repeating extents of 1
 * @example
 * await broadcastTo(tensor([1, 2]), [2, 2]).array(); // [[1, 2], [1, 2]]
 */
export const broadcastTo = (x: TensorLike, shape: Shape): Tensor =>
  lift1('broadcastTo', x, (node) => build.broadcastTo(node, shape));

/** One number for the first axis, or one for each of the leading axes. */
export type PerAxis = number | readonly number[];

const listOf = (value: PerAxis | undefined): readonly number[] =>
  value === undefined ? [] : typeof value === 'number' ? [value] : value;

/**
 * A box of elements: from `start` up to but not including `limit`, every `step`-th. Axes that the lists do not reach
 * stay whole. Negative positions count from the end and positions outside are clamped, as in `Array.prototype.slice`.
 *
 * @param start first position, for the first axis or per axis
 * @param limit position after the last; the end when left out
 * @param step  distance between positions, at least 1; `flip` turns axes around
 * @throws {ArgumentError} when a step is below 1 or there are more entries than axes
 * @example
 * const x = arange(10);
 * await slice(x, 2, 8, 2).data(); // Float32Array [2, 4, 6]
 * slice(zeros([4, 5, 6]), [1, 0], [3, -1]).shape; // [2, 4, 6]
 */
export function slice(x: TensorLike, start: PerAxis, limit?: PerAxis, step?: PerAxis): Tensor {
  return lift1('slice', x, (node) => {
    const [starts, limits, steps] = [listOf(start), listOf(limit), listOf(step)];
    const rank = node.shape.length;
    if (Math.max(starts.length, limits.length, steps.length) > rank) {
      throw new ArgumentError('slice', `more positions than axes were given for ${formatShape(node.shape)}.`);
    }
    const bad = [...starts, ...limits.filter((n) => n !== Number.POSITIVE_INFINITY)].find(
      (n) => !Number.isInteger(n),
    );
    if (bad !== undefined) throw new ArgumentError('slice', `position ${bad} is not a whole number.`);
    const badStep = steps.find((n) => !Number.isInteger(n) || n < 1);
    if (badStep !== undefined) {
      throw new ArgumentError(
        'slice',
        `step ${badStep} is not a whole number of at least 1.`,
        'flip(x, axis) reverses an axis.',
      );
    }
    const from = node.shape.map((extent, axis) => clampPosition(starts[axis] ?? 0, extent));
    const to = node.shape.map((extent, axis) =>
      Math.max(extentAt(from, axis), clampPosition(limits[axis] ?? extent, extent)),
    );
    return build.slice(node, { start: from, limit: to, step: node.shape.map((_, axis) => steps[axis] ?? 1) });
  });
}

const clampPosition = (position: number, extent: number): number =>
  position < 0 ? Math.max(0, extent + position) : Math.min(position, extent);

/**
 * Reverses the order of elements along axes.
 *
 * @param axis which; all when left out
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await flip(tensor([1, 2, 3])).data(); // Float32Array [3, 2, 1]
 */
export const flip = (x: TensorLike, axis?: number | readonly number[]): Tensor =>
  lift1('flip', x, (node) => build.flip(node, normalizeAxes('flip', axis, node.shape.length)));

/** The same on every side, [before, after] for every axis, or one such pair per axis. */
export type PadWidths = number | readonly [number, number] | readonly (readonly [number, number])[];

const isPair = (widths: Exclude<PadWidths, number>): widths is readonly [number, number] =>
  typeof widths[0] === 'number';

/** One [before, after] pair for each of `rank` axes. */
export function padPairs(where: string, widths: PadWidths, rank: number): (readonly [number, number])[] {
  if (typeof widths === 'number') return range(rank).map(() => [widths, widths]);
  if (isPair(widths)) return range(rank).map(() => widths);
  if (widths.length !== rank) {
    throw new ArgumentError(where, `${widths.length} pairs of padding were given for ${rank} axes.`);
  }
  return [...widths];
}

/**
 * Surrounds with a constant. `padWith` surrounds with the tensor's own elements: mirrored, repeated or wrapped around.
 *
 * @param widths elements to add: everywhere, [before, after], or one pair per axis
 * @param value  what to fill with; default 0
 * @throws {ArgumentError} when widths are negative or do not fit the rank
 * @example
 * await pad(tensor([1, 2]), [1, 2]).data(); // Float32Array [0, 1, 2, 0, 0]
 */
export function pad(x: TensorLike, widths: PadWidths, value = 0): Tensor {
  return lift1('pad', x, (node) => {
    const pairs = padPairs('pad', widths, node.shape.length);
    return build.pad(node, build.constant(value, node.dtype), {
      lo: pairs.map(([lo]) => lo),
      hi: pairs.map(([, hi]) => hi),
      interior: pairs.map(() => 0),
    });
  });
}

/**
 * Repeats the whole tensor.
 *
 * @param repeats how often, per axis (aligned at the last axis) or along the last axis
 * @throws {ArgumentError} when a count is not a whole number of at least 0
 * @example
 * await tile(tensor([1, 2]), 2).data(); // Float32Array [1, 2, 1, 2]
 */
export function tile(x: TensorLike, repeats: PerAxis): Tensor {
  const counts = listOf(repeats);
  const bad = counts.find((n) => !Number.isInteger(n) || n < 0);
  if (bad !== undefined) throw new ArgumentError('tile', `count ${bad} is not a whole number of at least 0.`);
  return lift1('tile', x, (node) => {
    const rank = Math.max(node.shape.length, counts.length);
    const shape = [...new Array<number>(rank - node.shape.length).fill(1), ...node.shape];
    const times = [...new Array<number>(rank - counts.length).fill(1), ...counts];
    // [n] becomes [1, n], repeats to [count, n] and joins to [count · n].
    const apart = build.reshape(
      node,
      shape.flatMap((extent) => [1, extent]),
    );
    const repeated = build.expand(
      apart,
      shape.flatMap((extent, axis) => [extentAt(times, axis), extent]),
    );
    return build.reshape(
      repeated,
      shape.map((extent, axis) => extent * extentAt(times, axis)),
    );
  });
}

/**
 * Joins tensors along an axis; dtypes are promoted.
 *
 * @param axis the axis that grows; default 0
 * @throws {ShapeError} when other extents differ
 * @example
 * await concat([tensor([1]), tensor([2, 3])]).data(); // Float32Array [1, 2, 3]
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const nodes = operandNodes('concat', tensors);
  const rank = nodes[0]?.shape.length ?? 0;
  if (nodes.length > 0 && rank === 0) {
    throw new ShapeError('concat', 'scalars have no axis to be joined along.', 'Use stack([a, b]).');
  }
  const along = nodes.length === 0 ? 0 : normalizeAxis('concat', axis, rank);
  return tensorFrom('concat', build.concat(nodes, along), tensors);
}

/**
 * Joins tensors of one shape along a new axis.
 *
 * @param axis where the new axis is in the result; default 0
 * @throws {ShapeError} when the shapes differ
 * @example
 * await stack([tensor([1, 2]), tensor([3, 4])], 1).array(); // [[1, 3], [2, 4]]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const nodes = operandNodes('stack', tensors);
  const [first] = nodes;
  if (first === undefined) throw new ArgumentError('stack', 'no tensors were given; at least one is needed.');
  const other = nodes.find((node) => formatShape(node.shape) !== formatShape(first.shape));
  if (other !== undefined) {
    throw new ShapeError(
      'stack',
      `shapes differ: ${formatShape(first.shape)} and ${formatShape(other.shape)}.`,
    );
  }
  const along = normalizeAxis('stack', axis, first.shape.length + 1);
  const parts = nodes.map((node) => build.insertAxes(node, [along]));
  return tensorFrom('stack', build.concat(parts, along), tensors);
}

/**
 * Cuts along an axis: the inverse of `concat`.
 *
 * @param sections the number of equal parts, or the extent of each part
 * @param axis     the axis to cut; default 0
 * @throws {ShapeError} when the parts do not add up to the extent
 * @example
 * split(zeros([6, 2]), 3).map((part) => part.shape); // [[2, 2], [2, 2], [2, 2]]
 * split(zeros([6]), [1, 5]).map((part) => part.shape); // [[1], [5]]
 */
export function split(x: Tensor, sections: number | readonly number[], axis = 0): Tensor[] {
  const along = normalizeAxis('split', axis, x.rank);
  const extent = extentAt(x.shape, along);
  if (typeof sections === 'number' && !(Number.isInteger(sections) && sections > 0)) {
    throw new ArgumentError(
      'split',
      `${sections} sections were asked for; give a whole number of at least 1.`,
    );
  }
  const sizes = typeof sections === 'number' ? new Array<number>(sections).fill(extent / sections) : sections;
  if (
    sizes.some((size) => !Number.isInteger(size) || size < 0) ||
    sizes.reduce((a, b) => a + b, 0) !== extent
  ) {
    throw new ShapeError(
      'split',
      `axis ${along} of ${formatShape(x.shape)} has extent ${extent}, which ` +
        (typeof sections === 'number'
          ? `${sections} does not divide.`
          : `${formatShape(sections)} does not add up to.`),
    );
  }
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    return lift1('split', x, (node: Node) => build.sliceAxis(node, along, from, from + size));
  });
}
