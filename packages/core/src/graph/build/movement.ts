/**
 * Builders of movement operations. They copy nothing by themselves: the scheduler folds them into index expressions.
 * What changes nothing returns its operand.
 */
import { ArgumentError, DTypeError, ShapeError } from '../../errors';
import { inverseOrder, normalizeOrder } from '../../shape/axis';
import { broadcastsTo } from '../../shape/broadcast';
import { extentAt, formatShape, range, requireShape, type Shape, sameShape, sizeOf } from '../../shape/shape';
import { makeNode, type Node, type OpAttributes } from '../node';

/** The same elements in row-major order under another shape. */
export function reshape(x: Node, shape: Shape): Node {
  requireShape('reshape', shape);
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new ShapeError(
      'reshape',
      `${formatShape(x.shape)} holds ${sizeOf(x.shape)} elements, ${formatShape(shape)} holds ${sizeOf(shape)}.`,
      'The number of elements must stay the same; one extent may be -1 to be computed.',
    );
  }
  return sameShape(shape, x.shape) ? x : makeNode('reshape', [x], { shape }, shape, x.dtype);
}

/** Axis i of the result is axis order[i] of the operand. */
export function permute(x: Node, order: readonly number[]): Node {
  const axes = normalizeOrder('transpose', order, x.shape.length);
  if (axes.every((axis, i) => axis === i)) return x;
  const shape = axes.map((axis) => extentAt(x.shape, axis));
  return makeNode('permute', [x], { order: axes }, shape, x.dtype);
}

/** Undoes `permute(x, order)`. */
export const unpermute = (x: Node, order: readonly number[]): Node => permute(x, inverseOrder(order));

/** Repeats axes of extent 1; the rank stays. */
export function expand(x: Node, shape: Shape): Node {
  requireShape('broadcastTo', shape);
  if (shape.length !== x.shape.length || !broadcastsTo(x.shape, shape)) {
    throw new ShapeError(
      'broadcastTo',
      `${formatShape(x.shape)} does not repeat to ${formatShape(shape)}.`,
      'Only axes of extent 1 can be repeated.',
    );
  }
  return sameShape(shape, x.shape) ? x : makeNode('expand', [x], { shape }, shape, x.dtype);
}

/** Broadcasts to `shape`: inserts leading axes, then repeats. */
export function broadcastTo(x: Node, shape: Shape): Node {
  if (shape.length < x.shape.length) {
    throw new ShapeError(
      'broadcastTo',
      `${formatShape(x.shape)} has more axes than ${formatShape(shape)}.`,
      'Broadcasting only adds axes in front and repeats axes of extent 1.',
    );
  }
  const lead = new Array<number>(shape.length - x.shape.length).fill(1);
  return expand(reshape(x, [...lead, ...x.shape]), shape);
}

/** Inserts an axis of extent 1 before each of `axes`, which are axes of the result and sorted. */
export function insertAxes(x: Node, axes: readonly number[]): Node {
  const shape = [...x.shape];
  for (const axis of axes) shape.splice(axis, 0, 1);
  return reshape(x, shape);
}

/** The elements of `x` along `axis` of a tensor of `rank` axes, with extent 1 on all others. */
export const alongAxis = (x: Node, axis: number, rank: number): Node =>
  reshape(
    x,
    Array.from({ length: rank }, (_, i) => (i === axis ? sizeOf(x.shape) : 1)),
  );

/** Reverses the order along `axes`. */
export function flip(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : makeNode('flip', [x], { axes }, x.shape, x.dtype);
}

/** Elements start, start + step, … below limit along every axis. */
export function slice(x: Node, { start, limit, step }: OpAttributes['slice']): Node {
  const rank = x.shape.length;
  const fits =
    [start, limit, step].every((list) => list.length === rank && list.every(Number.isSafeInteger)) &&
    x.shape.every((extent, i) => {
      const [from, to, by] = [start[i] ?? -1, limit[i] ?? -1, step[i] ?? 0];
      return from >= 0 && from <= to && to <= extent && by >= 1;
    });
  if (!fits) {
    throw new ShapeError(
      'slice',
      `start ${formatShape(start)}, limit ${formatShape(limit)}, step ${formatShape(step)} do not fit ` +
        `${formatShape(x.shape)}.`,
      '0 ≤ start ≤ limit ≤ extent and step ≥ 1 must hold on every axis.',
    );
  }
  const shape = x.shape.map((_, i) =>
    Math.ceil((extentAt(limit, i) - extentAt(start, i)) / extentAt(step, i)),
  );
  return sameShape(shape, x.shape) ? x : makeNode('slice', [x], { start, limit, step }, shape, x.dtype);
}

/** Elements from `start` up to `limit` along one axis, all of the others. */
export function sliceAxis(x: Node, axis: number, start: number, limit: number, step = 1): Node {
  return slice(x, {
    start: x.shape.map((_, i) => (i === axis ? start : 0)),
    limit: x.shape.map((extent, i) => (i === axis ? limit : extent)),
    step: x.shape.map((_, i) => (i === axis ? step : 1)),
  });
}

/** `lo` and `hi` copies of the scalar `fill` around, `interior` copies between neighbours, per axis. */
export function pad(x: Node, fill: Node, { lo, hi, interior }: OpAttributes['pad']): Node {
  if (fill.shape.length !== 0 || fill.dtype !== x.dtype) {
    throw new DTypeError(
      'pad',
      `the fill must be a ${x.dtype} scalar, not ${fill.dtype} ${formatShape(fill.shape)}.`,
    );
  }
  const fits = [lo, hi, interior].every(
    (list) => list.length === x.shape.length && list.every((n) => Number.isSafeInteger(n) && n >= 0),
  );
  if (!fits) {
    throw new ArgumentError(
      'pad',
      `lo ${formatShape(lo)}, hi ${formatShape(hi)}, interior ${formatShape(interior)} do not fit ` +
        `${formatShape(x.shape)}.`,
      'One whole number of at least 0 is needed for every axis.',
    );
  }
  const shape = x.shape.map(
    (extent, i) =>
      extentAt(lo, i) + extent + Math.max(0, extent - 1) * extentAt(interior, i) + extentAt(hi, i),
  );
  return sameShape(shape, x.shape) ? x : makeNode('pad', [x, fill], { lo, hi, interior }, shape, x.dtype);
}

/** Sliding windows: positions replace each of `axes`, the inside of the window becomes new axes at the end. */
export function slidingWindow(x: Node, attributes: OpAttributes['window']): Node {
  const { axes, size, stride, dilation } = attributes;
  const shape = [...x.shape];
  axes.forEach((axis, i) => {
    const span = (extentAt(size, i) - 1) * extentAt(dilation, i) + 1;
    const extent = extentAt(x.shape, axis);
    if (span < 1 || extentAt(stride, i) < 1 || extentAt(dilation, i) < 1) {
      throw new ArgumentError(
        'window',
        `size ${formatShape(size)}, stride ${formatShape(stride)} and dilation ${formatShape(dilation)} must be at least 1.`,
      );
    }
    shape[axis] = Math.max(0, Math.floor((extent - span) / extentAt(stride, i)) + 1);
  });
  return makeNode('window', [x], attributes, [...shape, ...size], x.dtype);
}

/** Joins along one axis; the other extents and the dtypes agree. */
export function concat(parts: readonly Node[], axis: number, where = 'concat'): Node {
  const [first] = parts;
  if (first === undefined) throw new ArgumentError(where, 'no tensors were given; at least one is needed.');
  if (parts.length === 1) return first;
  for (const part of parts) {
    const agree =
      part.shape.length === first.shape.length &&
      part.shape.every((n, i) => i === axis || n === first.shape[i]);
    if (!agree) {
      throw new ShapeError(
        where,
        `shapes differ away from axis ${axis}: ${formatShape(first.shape)} and ${formatShape(part.shape)}.`,
        'Ranks must be equal, and extents must be equal on every axis but the one that is joined.',
      );
    }
    if (part.dtype !== first.dtype) {
      throw new DTypeError(where, `dtypes differ: ${first.dtype} and ${part.dtype}; cast first.`);
    }
  }
  const shape = [...first.shape];
  shape[axis] = parts.reduce((total, part) => total + extentAt(part.shape, axis), 0);
  return makeNode('concat', parts, { axis }, shape, first.dtype);
}

/** Moves `axes` to the end, in the given order. */
export function moveToEnd(x: Node, axes: readonly number[]): Node {
  const rest = range(x.shape.length).filter((axis) => !axes.includes(axis));
  return permute(x, [...rest, ...axes]);
}
