/**
 * Binary search in sorted rows, log2(n) steps that each pick one element for every value.
 */
import { isFloat } from '../../dtype';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, sizeOf } from '../../shape/shape';

/** `left`: before elements that equal the value; `right`: after them. */
export type SearchSide = 'left' | 'right';

/** The number found so far grows by every power of two, from the greatest, whose last element still comes before. */
export function binarySearch(sorted: Node, values: Node, side: SearchSide): Node {
  const extent = extentAt(sorted.shape, sorted.shape.length - 1);
  const rowCount = sizeOf(sorted.shape.slice(0, -1));
  let count = build.broadcastTo(build.constant(0, 'int32'), values.shape);
  if (extent === 0 || sizeOf(values.shape) === 0) return count;
  const flat = build.reshape(sorted, [rowCount * extent]);
  const rowStart =
    rowCount === 1
      ? 0
      : build.mul(build.reshape(build.iota(rowCount), [...sorted.shape.slice(0, -1), 1]), extent);
  for (let step = 2 ** Math.floor(Math.log2(extent)); step >= 1; step /= 2) {
    const probe = build.add(count, step);
    const last = build.sub(build.minimum(probe, extent), 1);
    const element = build.gather(flat, build.add(last, rowStart), 0);
    const moves = build.and(goesBefore(element, values, side), build.lessEqual(probe, extent));
    count = build.where(moves, probe, count);
  }
  return count;
}

function goesBefore(element: Node, value: Node, side: SearchSide): Node {
  const before = side === 'left' ? build.lessThan(element, value) : build.lessEqual(element, value);
  if (!isFloat(value.dtype)) return before;
  const isValueNaN = build.notEqual(value, value);
  return build.or(
    before,
    side === 'right' ? isValueNaN : build.and(isValueNaN, build.equal(element, element)),
  );
}
