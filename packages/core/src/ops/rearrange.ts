/**
 * Reordering axes and elements under the names that NumPy, PyTorch and Keras give it. Everything here is a view made of
 * transposes, flips, slices and repeats, except `repeat` with a count per element, which picks.
 */
import { ArgumentError, AxisError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxes, normalizeAxis } from '../shape/axis';
import { extentAt, range } from '../shape/shape';
import type { Tensor } from '../tensor';
import { flatten, flip, type PerAxis } from './movement';
import { lift1, type TensorLike } from './operand';

const listOf = (value: PerAxis): readonly number[] => (typeof value === 'number' ? [value] : value);

/** Non-negative axes in the order given; none may be there twice. */
function distinctAxes(where: string, axes: PerAxis, rank: number): number[] {
  normalizeAxes(where, axes, rank);
  return listOf(axes).map((axis) => normalizeAxis(where, axis, rank));
}

/**
 * Moves axes to other places; the rest keep their order.
 *
 * @param source      the axis to move, or several
 * @param destination where each of them is in the result
 * @throws {AxisError} when an axis does not exist or is given twice
 * @throws {ArgumentError} when there are not as many destinations as sources
 * @example
 * moveAxis(zeros([2, 3, 4]), 0, -1).shape; // [3, 4, 2]
 */
export function moveAxis(x: TensorLike, source: PerAxis, destination: PerAxis): Tensor {
  return lift1('moveAxis', x, (node) => {
    const rank = node.shape.length;
    const from = distinctAxes('moveAxis', source, rank);
    const to = distinctAxes('moveAxis', destination, rank);
    if (from.length !== to.length) {
      throw new ArgumentError(
        'moveAxis',
        `${from.length} axes cannot go to ${to.length} places.`,
        'Give one destination for every source.',
      );
    }
    const order = range(rank).filter((axis) => !from.includes(axis));
    const moves = from.map((axis, i) => ({ axis, place: extentAt(to, i) }));
    for (const { axis, place } of moves.sort((a, b) => a.place - b.place)) order.splice(place, 0, axis);
    return build.permute(node, order);
  });
}

/** Exchanges two axes. */
function swapped(node: Node, a: number, b: number): Node {
  const order = range(node.shape.length);
  order[a] = b;
  order[b] = a;
  return build.permute(node, order);
}

/**
 * Exchanges two axes.
 *
 * @throws {AxisError} when an axis does not exist
 * @example
 * swapAxes(zeros([2, 3, 4]), 0, 2).shape; // [4, 3, 2]
 */
export const swapAxes = (x: TensorLike, axis1: number, axis2: number): Tensor =>
  lift1('swapAxes', x, (node) => {
    const rank = node.shape.length;
    return swapped(node, normalizeAxis('swapAxes', axis1, rank), normalizeAxis('swapAxes', axis2, rank));
  });

/**
 * All elements along one axis, in row-major order: another name of `flatten`, as in NumPy.
 *
 * @example
 * ravel(zeros([2, 3])).shape; // [6]
 */
export const ravel = (x: TensorLike): Tensor => flatten(x);

/**
 * Reverses the order along axes: another name of `flip`, as in TensorFlow.
 *
 * @param axis which; all when left out
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await reverse(tensor([1, 2, 3])).data(); // Float32Array [3, 2, 1]
 */
export const reverse = (x: TensorLike, axis?: PerAxis): Tensor => flip(x, axis);

/**
 * Turns rows around, bottom to top: `flip` along axis 0.
 *
 * @throws {AxisError} when `x` is a scalar
 * @example
 * await flipUpDown(tensor([[1, 2], [3, 4]])).array(); // [[3, 4], [1, 2]]
 */
export const flipUpDown = (x: TensorLike): Tensor =>
  lift1('flipUpDown', x, (node) => build.flip(node, [normalizeAxis('flipUpDown', 0, node.shape.length)]));

/**
 * Turns columns around, right to left: `flip` along axis 1, as NumPy's fliplr. In a batch of images [batch, height,
 * width, channels] the axis to flip is 2: `flip(images, 2)`.
 *
 * @throws {AxisError} when `x` has fewer than two axes
 * @example
 * await flipLeftRight(tensor([[1, 2], [3, 4]])).array(); // [[2, 1], [4, 3]]
 */
export const flipLeftRight = (x: TensorLike): Tensor =>
  lift1('flipLeftRight', x, (node) =>
    build.flip(node, [normalizeAxis('flipLeftRight', 1, node.shape.length)]),
  );

/** Elements leave at one end and come back at the other. */
function rolled(node: Node, shift: number, axis: number): Node {
  const extent = extentAt(node.shape, axis);
  const by = extent === 0 ? 0 : ((shift % extent) + extent) % extent;
  if (by === 0) return node;
  const [head, tail] = [
    build.sliceAxis(node, axis, extent - by, extent),
    build.sliceAxis(node, axis, 0, extent - by),
  ];
  return build.concat([head, tail], axis);
}

/**
 * Shifts elements towards higher positions; what leaves at the end comes back at the start.
 *
 * @param shift how far, per axis or the same for all; negative ones shift towards lower positions
 * @param axis  along which axis, or several; when left out, the flattened elements are shifted
 * @throws {AxisError} when an axis does not exist
 * @throws {ArgumentError} when a shift is not a whole number, or there is not one for each axis
 * @example
 * await roll(tensor([1, 2, 3, 4]), 1).data(); // Float32Array [4, 1, 2, 3]
 * await roll(tensor([[1, 2], [3, 4]]), 1, 0).array(); // [[3, 4], [1, 2]]
 */
export function roll(x: TensorLike, shift: PerAxis, axis?: PerAxis): Tensor {
  const shifts = listOf(shift);
  const bad = shifts.find((n) => !Number.isSafeInteger(n));
  if (bad !== undefined) throw new ArgumentError('roll', `shift ${bad} is not a whole number.`);
  return lift1('roll', x, (node) => {
    if (axis === undefined) {
      const flat = build.reshape(node, [node.shape.reduce((a, b) => a * b, 1)]);
      return build.reshape(
        shifts.reduce((moved, by) => rolled(moved, by, 0), flat),
        node.shape,
      );
    }
    const axes = listOf(axis).map((each) => normalizeAxis('roll', each, node.shape.length));
    if (typeof shift !== 'number' && shifts.length !== axes.length) {
      throw new ArgumentError(
        'roll',
        `${shifts.length} shifts were given for ${axes.length} axes.`,
        'Give one shift for all axes, or one for each.',
      );
    }
    return axes.reduce((moved, along, i) => rolled(moved, shifts[i] ?? shifts[0] ?? 0, along), node);
  });
}

/**
 * Turns by 90 degrees in the plane of two axes, from the first towards the second.
 *
 * @param k    how many quarter turns; negative ones turn the other way
 * @param axes the plane; default the first two axes
 * @throws {AxisError} when the axes do not exist or are the same
 * @throws {ArgumentError} when `k` is not a whole number
 * @example
 * await rot90(tensor([[1, 2], [3, 4]])).array(); // [[2, 4], [1, 3]]
 */
export function rot90(x: TensorLike, k = 1, axes: readonly [number, number] = [0, 1]): Tensor {
  if (!Number.isSafeInteger(k)) throw new ArgumentError('rot90', `k ${k} is not a whole number.`);
  return lift1('rot90', x, (node) => {
    const rank = node.shape.length;
    const [from, to] = axes.map((axis) => normalizeAxis('rot90', axis, rank));
    if (from === undefined || to === undefined || from === to) {
      throw new AxisError(
        'rot90',
        `axes [${axes.join(', ')}] do not span a plane.`,
        'Give two different axes.',
      );
    }
    const turns = ((k % 4) + 4) % 4;
    if (turns === 0) return node;
    if (turns === 2)
      return build.flip(
        node,
        [from, to].sort((a, b) => a - b),
      );
    return turns === 1
      ? swapped(build.flip(node, [to]), from, to)
      : build.flip(swapped(node, from, to), [to]);
  });
}

/**
 * Repeats every element: [a, b] twice is [a, a, b, b]. `tile` repeats the whole instead.
 *
 * @param repeats how often; one number for all elements along the axis, or one for each
 * @param axis    along which axis; when left out, `x` is flattened first
 * @throws {AxisError} when the axis does not exist
 * @throws {ArgumentError} when a count is not a whole number of at least 0, or there is not one for each element
 * @example
 * await repeat(tensor([1, 2]), 2).data(); // Float32Array [1, 1, 2, 2]
 * await repeat(tensor([1, 2]), [1, 3]).data(); // Float32Array [1, 2, 2, 2]
 */
export function repeat(x: TensorLike, repeats: PerAxis, axis?: number): Tensor {
  const bad = listOf(repeats).find((n) => !Number.isSafeInteger(n) || n < 0);
  if (bad !== undefined) {
    throw new ArgumentError('repeat', `count ${bad} is not a whole number of at least 0.`);
  }
  const whole = axis === undefined ? flatten(x) : x;
  return lift1('repeat', whole, (node) => {
    const along = normalizeAxis('repeat', axis ?? 0, node.shape.length);
    return typeof repeats === 'number'
      ? repeatedEvenly(node, repeats, along)
      : repeatedEach(node, repeats, along);
  });
}

/** [n] becomes [n, 1], repeats to [n, count] and joins to [n · count]. */
function repeatedEvenly(node: Node, count: number, axis: number): Node {
  const apart = build.insertAxes(node, [axis + 1]);
  const copies = apart.shape.map((extent, i) => (i === axis + 1 ? count : extent));
  const shape = node.shape.map((extent, i) => (i === axis ? extent * count : extent));
  return build.reshape(build.expand(apart, copies), shape);
}

function repeatedEach(node: Node, counts: readonly number[], axis: number): Node {
  const extent = extentAt(node.shape, axis);
  const [first] = counts;
  if (counts.length === 1 && first !== undefined) return repeatedEvenly(node, first, axis);
  if (counts.length !== extent) {
    throw new ArgumentError(
      'repeat',
      `${counts.length} counts were given for ${extent} elements along axis ${axis}.`,
      'Give one count for all elements, or one for each.',
    );
  }
  const picked = Int32Array.from(counts.flatMap((count, position) => range(count).map(() => position)));
  return build.gather(node, build.data(picked, [picked.length], 'int32'), axis);
}
