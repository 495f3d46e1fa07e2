/**
 * Counting values: how many fall into each bin, and into which bin each falls.
 */
import { isFloat } from '../dtype';
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, sameShape, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { isInside } from './indexed/positions';
import { indexNode } from './indexing';
import {
  floatingNode,
  numberNode,
  operandNode,
  operandPair,
  type TensorLike,
  tensorFrom,
  widenedNode,
} from './operand';

export interface HistogramOptions {
  /** How many bins of equal width, or their edges in increasing order as a tensor of rank 1. Default 10. */
  readonly bins?: number | Tensor;
  /** Outer edges of bins of equal width; values outside are not counted. Default: least and greatest value. */
  readonly range?: readonly [number, number];
  /** What each value counts, of the shape of `x`. Default 1. */
  readonly weights?: Tensor;
  /** Whether counts are divided so that the integral over the bins is 1. Default false. */
  readonly density?: boolean;
}

/**
 * How many values fall into each bin. Bins contain their lower edge, the last one its upper edge too; NaN is not
 * counted.
 *
 * @param x values of any shape; integers become float32
 * @returns counts [bins] (int32, or the dtype of the weights, or floating point for a density) and edges [bins + 1]
 * @throws {ArgumentError} when the number of bins is not a whole number of at least 1, or the range is not increasing
 * @throws {ShapeError} when edges or weights do not fit
 * @example
 * const [counts, edges] = histogram(tensor([1, 2, 2, 5]), { bins: 2 });
 * await counts.data(); // Int32Array [3, 1]
 * await edges.data(); // Float32Array [1, 3, 5]
 */
export function histogram(
  x: TensorLike,
  { bins = 10, range, weights, density = false }: HistogramOptions = {},
): readonly [counts: Tensor, edges: Tensor] {
  const given = floatingNode('histogram', x);
  const values = build.reshape(given, [1, sizeOf(given.shape)]);
  const edges = typeof bins === 'number' ? evenEdges(values, bins, range) : givenEdges(bins, values);
  const count = extentAt(edges.shape, 0) - 1;
  const lower = build.reshape(build.sliceAxis(edges, 0, 0, count), [count, 1]);
  const upper = build.reshape(build.sliceAxis(edges, 0, 1, count + 1), [count, 1]);
  const isLast = build.reshape(build.equal(build.iota(count), count - 1), [count, 1]);
  const isBelow = build.or(build.lessThan(values, upper), build.and(isLast, build.lessEqual(values, upper)));
  const isCounted = build.and(build.lessEqual(lower, values), isBelow);
  const each = weights === undefined ? undefined : weightsOf('histogram', weights, given);
  const shares =
    each === undefined
      ? build.cast(isCounted, 'int32')
      : build.where(isCounted, build.reshape(each, [1, sizeOf(each.shape)]), 0);
  const counts = build.sum(shares, [1]);
  const result = density ? densityOf(counts, build.reshape(build.sub(upper, lower), [count])) : counts;
  const operands = [
    x,
    ...(typeof bins === 'number' ? [] : [bins]),
    ...(weights === undefined ? [] : [weights]),
  ];
  return [tensorFrom('histogram', result, operands), tensorFrom('histogram', edges, operands)];
}

/** Edges of bins of equal width. Where all values are equal, bins reach half a unit to both sides. */
function evenEdges(values: Node, bins: number, range: readonly [number, number] | undefined): Node {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new ArgumentError('histogram', `bins is ${bins}; expected a whole number of at least 1.`);
  }
  const [from, to] = range ?? [0, 1];
  if (!(from <= to && Number.isFinite(to - from))) {
    throw new ArgumentError('histogram', `the range [${from}, ${to}] is not a finite one from low to high.`);
  }
  const { dtype } = values;
  const isGiven = range !== undefined || sizeOf(values.shape) === 0;
  const least = isGiven ? numberNode(from, dtype) : build.detach(build.reduce('min', values));
  const greatest = isGiven ? numberNode(to, dtype) : build.detach(build.reduce('max', values));
  const isPoint = build.equal(least, greatest);
  const low = build.where(isPoint, build.sub(least, 0.5), least);
  const high = build.where(isPoint, build.add(greatest, 0.5), greatest);
  const position = build.iota(bins + 1);
  const width = build.mul(build.sub(high, low), build.slot(1 / bins, dtype));
  const inner = build.add(build.mul(build.cast(position, dtype), width), low);
  return build.where(build.equal(position, bins), high, inner);
}

function givenEdges(edges: Tensor, values: Node): Node {
  const node = floatingNode('histogram', edges);
  if (node.shape.length !== 1 || extentAt(node.shape, 0) < 2) {
    throw new ShapeError(
      'histogram',
      `edges are ${formatShape(node.shape)}.`,
      'Expected at least 2 of them, in a tensor of rank 1.',
    );
  }
  return build.cast(node, values.dtype);
}

function weightsOf(where: string, weights: Tensor, x: Node): Node {
  const node = widenedNode(operandNode(where, weights));
  if (sameShape(node.shape, x.shape)) return node;
  throw new ShapeError(
    where,
    `weights ${formatShape(node.shape)} do not fit ${formatShape(x.shape)}; one is needed for every value.`,
  );
}

function densityOf(counts: Node, widths: Node): Node {
  const shares = isFloat(counts.dtype) ? counts : build.cast(counts, widths.dtype);
  return build.div(shares, build.mul(build.sum(shares), widths));
}

export interface BincountOptions {
  /** What each value counts, of the shape of `x`. Default 1. */
  readonly weights?: Tensor;
}

/**
 * How often each whole number from 0 up to but not including `length` occurs along the last axis; others are not
 * counted.
 *
 * @param x      whole numbers, [..., n]
 * @param length how many numbers are counted, which makes the shape of the result known beforehand
 * @returns [..., length]; int32, or the dtype of the weights
 * @throws {DTypeError} when `x` does not hold whole numbers
 * @throws {ArgumentError} when `length` is not a whole number of at least 0
 * @throws {ShapeError} when `x` is a scalar or the weights do not fit
 * @example
 * await bincount(tensor([0, 2, 2], { dtype: 'int32' }), 4).data(); // Int32Array [1, 0, 2, 0]
 */
export function bincount(x: TensorLike, length: number, { weights }: BincountOptions = {}): Tensor {
  if (!Number.isInteger(length) || length < 0) {
    throw new ArgumentError('bincount', `length is ${length}; expected a whole number of at least 0.`);
  }
  const numbers = indexNode('bincount', x);
  const rank = numbers.shape.length;
  if (rank === 0) throw new ShapeError('bincount', 'got a scalar.', 'Expected whole numbers [..., n].');
  const each =
    weights === undefined
      ? build.broadcastTo(build.constant(1, 'int32'), numbers.shape)
      : weightsOf('bincount', weights, numbers);
  const rows = numbers.shape.slice(0, -1);
  const count = sizeOf(rows);
  // Every row counts into a stretch of its own of one long list.
  const offset = build.reshape(build.mul(build.iota(count), length), [...rows, 1]);
  const place = build.where(isInside(numbers, length), build.add(numbers, offset), -1);
  const empty = build.broadcastTo(build.constant(0, each.dtype), [count * length]);
  const flat = [sizeOf(numbers.shape)];
  const counts = build.scatterAdd(empty, build.reshape(place, flat), build.reshape(each, flat), 0);
  const operands = weights === undefined ? [x] : [x, weights];
  return tensorFrom('bincount', build.reshape(counts, [...rows, length]), operands);
}

export interface DigitizeOptions {
  /** Whether bins contain their upper edge instead of their lower one. Default false. */
  readonly right?: boolean;
}

/**
 * The bin each value falls into: how many edges are not above it. 0 is below the first edge; NaN comes after the last.
 *
 * @param bins edges in increasing order, [n]
 * @returns int32 of the shape of `x`, from 0 to n
 * @throws {ShapeError} when the edges are not of rank 1
 * @example
 * await digitize(tensor([0.2, 1, 5]), tensor([0, 1, 2])).data(); // Int32Array [1, 2, 3]
 * await digitize(tensor([0.2, 1, 5]), tensor([0, 1, 2]), { right: true }).data(); // Int32Array [1, 1, 3]
 */
export function digitize(x: TensorLike, bins: Tensor, { right = false }: DigitizeOptions = {}): Tensor {
  const [values, edges] = operandPair('digitize', x, bins);
  if (edges.shape.length !== 1) {
    throw new ShapeError('digitize', `edges are ${formatShape(bins.shape)}.`, 'Expected a tensor of rank 1.');
  }
  const column = build.insertAxes(values, [values.shape.length]);
  // Whether the edge is passed, said so that it holds for NaN.
  const isBefore = right ? build.lessEqual(column, edges) : build.lessThan(column, edges);
  const isPassed = build.cast(build.unary('not', isBefore), 'int32');
  return tensorFrom('digitize', build.sum(isPassed, [values.shape.length]), [x, bins]);
}
