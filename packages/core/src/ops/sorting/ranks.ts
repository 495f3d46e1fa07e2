/**
 * Sorting short rows by counting: the rank of an element is how many come before it. All pairs are compared at once.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt } from '../../shape/shape';
import { comesBefore, type Keyed } from './order';

/** The ties of [rows, extent] in sorted order. */
export function sortedByRanks(rows: Keyed): Node {
  const extent = extentAt(rows.key.shape, 1);
  const along = (axis: number): Keyed => ({
    ...rows,
    key: build.insertAxes(rows.key, [axis]),
    tie: build.insertAxes(rows.tie, [axis]),
  });
  // [rows, element, other] → [rows, element]
  const rank = build.sum(build.cast(comesBefore(along(1), along(2)), 'int32'), [2]);
  // [rows, rank, element] → [rows, rank]: exactly one element has each rank.
  const isThere = build.equal(build.insertAxes(rank, [1]), build.reshape(build.iota(extent), [1, extent, 1]));
  return build.sum(build.where(isThere, along(1).tie, 0), [2]);
}
