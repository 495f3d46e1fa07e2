/**
 * Order statistics: median, quantiles and mode, read off sorted rows. Gradients go to the elements that were read.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxes } from '../shape/axis';
import { extentAt } from '../shape/shape';
import type { Tensor } from '../tensor';
import { oneHotMask } from './indexing';
import { isNumber } from './nan-reductions';
import { floatingNode, numberNode, operandNode, type TensorLike, tensorFrom } from './operand';
import { isAxes, type ReduceOptions, type Reduction, reduceOver } from './reduction-axes';
import { cumMaxNode, shifted } from './scan';
import { argsortNode } from './sorting/argsort';
import { permutedNode } from './sorting/permuted';

/**
 * What a quantile is that falls between two elements: a point on the line between them, the lower or higher one, the
 * nearest one (of two equally near ones that at the even position), or their mean.
 */
export type QuantileInterpolation = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';

export interface QuantileOptions extends ReduceOptions {
  /** What stands for a quantile between two elements. Default 'linear'. */
  readonly interpolation?: QuantileInterpolation;
}

/** Rows of the reduced elements in order, as the last axis. */
function sortedRows(x: Node, axes: readonly number[]): Node {
  const kept = x.shape.filter((_, axis) => !axes.includes(axis));
  const rows = build.reshape(build.moveToEnd(x, axes), [...kept, build.reducedSize(x, axes)]);
  const last = kept.length;
  return permutedNode(rows, argsortNode(rows, last, false), last);
}

const lastAxis = (rows: Node): number => rows.shape.length - 1;
const lengthOf = (rows: Node): number => extentAt(rows.shape, lastAxis(rows));

/** The element of each sorted row at one position. */
function elementAt(rows: Node, position: number): Node {
  const column = build.sliceAxis(rows, lastAxis(rows), position, position + 1);
  return build.reshape(column, rows.shape.slice(0, -1));
}

/** A position between elements, from 0 to the number of elements less 1, on the host. */
function positionsFor(
  exact: number,
  interpolation: QuantileInterpolation,
): readonly [number, number, number] {
  const [low, high] = [Math.floor(exact), Math.ceil(exact)];
  switch (interpolation) {
    case 'linear':
      return [low, high, exact - low];
    case 'lower':
      return [low, low, 0];
    case 'higher':
      return [high, high, 0];
    case 'nearest': {
      const isTie = exact - low === 0.5;
      const nearest = isTie ? low + (low % 2) : Math.round(exact);
      return [nearest, nearest, 0];
    }
    case 'midpoint':
      return [low, high, low === high ? 0 : 0.5];
  }
}

/** The quantile of each sorted row; NaN where the row has a NaN, which then is its last element. */
function quantileOf(rows: Node, q: number, interpolation: QuantileInterpolation): Node {
  const extent = lengthOf(rows);
  if (extent === 0) return build.broadcastTo(build.constant(Number.NaN, rows.dtype), rows.shape.slice(0, -1));
  const [low, high, share] = positionsFor(q * (extent - 1), interpolation);
  const below = elementAt(rows, low);
  const value =
    share === 0
      ? below
      : build.add(
          build.mul(below, build.slot(1 - share, rows.dtype)),
          build.mul(elementAt(rows, high), build.slot(share, rows.dtype)),
        );
  return build.where(isNumber(elementAt(rows, extent - 1)), value, Number.NaN);
}

/** The quantile of the numbers of each sorted row, which come before NaN; NaN where there are none. */
function nanQuantileOf(rows: Node, q: number, interpolation: QuantileInterpolation): Node {
  const axis = lastAxis(rows);
  const count = build.sum(build.cast(isNumber(rows), 'int32'), [axis]);
  const exact = build.mul(build.cast(build.sub(count, 1), 'float32'), numberNode(q, 'float32'));
  const floor = build.unary('floor', exact);
  const ceil = build.unary('ceil', exact);
  // Where the position is depends on the row: all others are masked out.
  const elementOf = (position: Node): Node => {
    const isHere = oneHotMask(build.cast(position, 'int32'), lengthOf(rows), axis);
    return build.sum(build.where(isHere, rows, 0), [axis]);
  };
  const between = (share: Node): Node => {
    const weight = build.cast(share, rows.dtype);
    const [below, above] = [elementOf(floor), elementOf(ceil)];
    const mixed = build.add(build.mul(below, build.sub(1, weight)), build.mul(above, weight));
    return build.where(build.equal(floor, ceil), below, mixed);
  };
  const interpolated = (): Node => {
    switch (interpolation) {
      case 'linear':
        return between(build.sub(exact, floor));
      case 'lower':
        return elementOf(floor);
      case 'higher':
        return elementOf(ceil);
      case 'nearest':
        return elementOf(build.unary('round', exact));
      case 'midpoint':
        return between(build.broadcastTo(build.constant(0.5, 'float32'), exact.shape));
    }
  };
  return build.where(build.lessThan(0, count), interpolated(), Number.NaN);
}

type Pick = (rows: Node, q: number, interpolation: QuantileInterpolation) => Node;

const INTERPOLATIONS: readonly string[] = ['linear', 'lower', 'higher', 'nearest', 'midpoint'];

/** One quantile, or several along a new first axis; `scale` is what the whole is in the caller's terms: 1 or 100. */
function quantiles(
  where: string,
  x: TensorLike,
  q: number | readonly number[],
  given: Reduction | QuantileOptions = {},
  pick: Pick = quantileOf,
  scale = 1,
): Tensor {
  const options: QuantileOptions = isAxes(given) ? { axis: given } : given;
  const { interpolation = 'linear', keepDims = false } = options;
  if (!INTERPOLATIONS.includes(interpolation)) {
    throw new ArgumentError(
      where,
      `interpolation is '${interpolation}'; expected one of ${INTERPOLATIONS.join(', ')}.`,
    );
  }
  const asked = typeof q === 'number' ? [q] : q;
  const bad = asked.find((each) => !(each >= 0 && each <= scale));
  if (bad !== undefined || asked.length === 0) {
    throw new ArgumentError(where, `q is ${bad ?? 'an empty list'}; expected numbers from 0 to ${scale}.`);
  }
  const node = floatingNode(where, x);
  const axes = normalizeAxes(where, options.axis, node.shape.length);
  const rows = sortedRows(node, axes);
  const results = asked.map((each) => {
    const found = pick(rows, each / scale, interpolation);
    return keepDims ? build.reshape(found, build.keptShape(node, axes)) : found;
  });
  const [first] = results;
  if (typeof q === 'number' && first !== undefined) return tensorFrom(where, first, [x]);
  return tensorFrom(
    where,
    build.concat(
      results.map((each) => build.insertAxes(each, [0])),
      0,
    ),
    [x],
  );
}

/**
 * Quantiles: the value below which a share `q` of the elements lies. NaN where an element is NaN, or where there are none.
 *
 * @param x integers and bool become float32
 * @param q one share from 0 to 1, or several, which become the first axis of the result
 * @param options axes alone, or options
 * @throws {ArgumentError} when a share is outside [0, 1] or the interpolation is unknown
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await quantile(tensor([1, 2, 3, 4]), 0.5).item(); // 2.5
 * await quantile(tensor([1, 2, 3, 4]), [0, 0.5], { interpolation: 'lower' }).data(); // Float32Array [1, 2]
 */
export const quantile = (
  x: TensorLike,
  q: number | readonly number[],
  options?: Reduction | QuantileOptions,
): Tensor => quantiles('quantile', x, q, options);

/**
 * Quantiles by percent: `quantile(x, q / 100)`.
 *
 * @param q one number from 0 to 100, or several, which become the first axis of the result
 * @param options axes alone, or options
 * @throws {ArgumentError} when a number is outside [0, 100] or the interpolation is unknown
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await percentile(tensor([1, 2, 3, 4, 5]), 25).item(); // 2
 */
export const percentile = (
  x: TensorLike,
  q: number | readonly number[],
  options?: Reduction | QuantileOptions,
): Tensor => quantiles('percentile', x, q, options, quantileOf, 100);

/**
 * Median: the element in the middle, or the mean of the two in the middle. NaN where an element is NaN, or where there
 * are none. Integers and bool become float32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await median(tensor([5, 1, 3])).item(); // 3
 * await median(tensor([5, 1, 3, 2])).item(); // 2.5
 */
export const median = (x: TensorLike, options?: Reduction): Tensor => quantiles('median', x, 0.5, options);

/**
 * Quantiles of the elements that are not NaN; NaN where there is none.
 *
 * @param q one share from 0 to 1, or several, which become the first axis of the result
 * @param options axes alone, or options
 * @throws {ArgumentError} when a share is outside [0, 1] or the interpolation is unknown
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanQuantile(tensor([1, NaN, 3, 4]), 0.5).item(); // 3
 */
export const nanQuantile = (
  x: TensorLike,
  q: number | readonly number[],
  options?: Reduction | QuantileOptions,
): Tensor => quantiles('nanQuantile', x, q, options, nanQuantileOf);

/**
 * Quantiles by percent of the elements that are not NaN: `nanQuantile(x, q / 100)`.
 *
 * @param q one number from 0 to 100, or several, which become the first axis of the result
 * @param options axes alone, or options
 * @throws {ArgumentError} when a number is outside [0, 100] or the interpolation is unknown
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanPercentile(tensor([1, NaN, 3, 4]), 50).item(); // 3
 */
export const nanPercentile = (
  x: TensorLike,
  q: number | readonly number[],
  options?: Reduction | QuantileOptions,
): Tensor => quantiles('nanPercentile', x, q, options, nanQuantileOf, 100);

/**
 * Median of the elements that are not NaN; NaN where there is none. Integers and bool become float32.
 *
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await nanMedian(tensor([5, NaN, 1, 3])).item(); // 3
 */
export const nanMedian = (x: TensorLike, options?: Reduction): Tensor =>
  quantiles('nanMedian', x, 0.5, options, nanQuantileOf);

/**
 * The most frequent element, the least of equally frequent ones. A NaN equals no other one.
 *
 * @param options axes alone, or options
 * @returns elements of `x`, in its dtype
 * @throws {ArgumentError} when there is nothing to choose from
 * @throws {AxisError} when an axis does not exist or is given twice
 * @example
 * await mode(tensor([3, 1, 3, 2, 1])).item(); // 1
 */
export function mode(x: TensorLike, options?: Reduction): Tensor {
  const node = operandNode('mode', x);
  return reduceOver('mode', x, node, options, (axes) => {
    if (build.reducedSize(node, axes) === 0) {
      throw new ArgumentError('mode', 'there is nothing to choose from along the reduced axes.');
    }
    const rows = sortedRows(node, axes);
    const axis = lastAxis(rows);
    const place = build.broadcastTo(build.iota(lengthOf(rows)), rows.shape);
    // Equal elements are neighbours: each counts how many of its equals have come so far.
    const isNew = build.notEqual(rows, shifted(rows, { axis, reverse: false }, 1, 0));
    const start = cumMaxNode(build.where(isNew, place, 0), { axis, reverse: false });
    const winner = build.reduce('argmax', build.sub(place, start), [axis]);
    const isWinner = oneHotMask(winner, lengthOf(rows), axis);
    return build.reduce('max', build.where(isWinner, rows, build.lowest(rows.dtype)), [axis]);
  });
}
