/**
 * Sorting long rows by a bitonic network (Batcher, 1968): log²(n) / 2 stages, in each of which every element is compared
 * with one partner at a fixed place. There are no branches and no computed positions: a stage is one fused kernel.
 *
 * Merging begins by comparing a block with its own reverse, so that all comparisons point the same way.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, sizeOf } from '../../shape/shape';
import { comesBefore, type Keyed, lastKey } from './order';

/** Axes of a stage: [rows, blocks, half, place within the half]. */
const HALVES = [2];
const WHOLE_BLOCK = [2, 3];

/** The ties of [rows, extent] in sorted order. */
export function sortedByNetwork(rows: Keyed): Node {
  const extent = extentAt(rows.key.shape, 1);
  let length = 2;
  while (length < extent) length *= 2;
  let state = padded(rows, length - extent);
  for (let width = 1; width < length; width *= 2) {
    state = exchanged(state, width, WHOLE_BLOCK);
    for (let half = width / 2; half >= 1; half /= 2) state = exchanged(state, half, HALVES);
  }
  const sorted = build.reshape(state.tie, [extentAt(rows.key.shape, 0), length]);
  return build.sliceAxis(sorted, 1, 0, extent);
}

/** Elements after all others, so that rows have a power of two of them. */
function padded(rows: Keyed, count: number): Keyed {
  const [height = 0, extent = 0] = rows.key.shape;
  const last = build.constant(lastKey(rows.key, rows.descending), rows.key.dtype);
  // Ties of NaN end below twice the extent.
  const late = build.add(build.iota(count), 2 * extent);
  return {
    ...rows,
    key: build.pad(rows.key, last, { lo: [0, 0], hi: [0, count], interior: [0, 0] }),
    tie: build.concat([rows.tie, build.broadcastTo(late, [height, count])], 1),
  };
}

/** One stage: in every pair the first takes what comes before, the second what comes after. */
function exchanged(rows: Keyed, width: number, reversed: readonly number[]): Keyed {
  const [height = 0] = rows.key.shape;
  const blocks = [height, sizeOf(rows.key.shape) / (height * 2 * width), 2, width];
  const own = { ...rows, key: build.reshape(rows.key, blocks), tie: build.reshape(rows.tie, blocks) };
  const partner = { ...rows, key: build.flip(own.key, reversed), tie: build.flip(own.tie, reversed) };
  const isFirst = build.equal(build.reshape(build.iota(2), [2, 1]), 0);
  const stays = build.equal(comesBefore(own, partner), isFirst);
  return {
    ...rows,
    key: build.where(stays, own.key, partner.key),
    tie: build.where(stays, own.tie, partner.tie),
  };
}
