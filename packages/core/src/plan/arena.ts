/**
 * The arena: one allocation that holds all temporary buffers of a plan, those whose lives do not overlap in the same
 * place. Buffers are placed largest first, each at the lowest offset that is free for all of its life.
 */

import { onDemand } from '../loading';

/** A buffer that lives from step `first` to step `last`, both included. */
export interface Interval {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface ArenaLayout {
  /** Byte offset of each interval, in the order given. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Offsets are multiples of this at least, so that buffers do not share cache lines. */
export const CACHE_LINE = 64;

export function layOutArena(intervals: readonly Interval[], alignment: number): ArenaLayout {
  const step = Math.max(alignment, CACHE_LINE);
  const place = (order: readonly number[]): ArenaLayout => placeInOrder(intervals, order, step);
  const order = [...intervals.keys()].sort((a, b) => bytesAt(intervals, b) - bytesAt(intervals, a) || a - b);
  const layout = place(order);
  // What lives when a buffer begins is what no layout can do without.
  const least = intervals.reduce((most, { first }) => Math.max(most, liveAt(intervals, first, step)), 0);
  return layout.bytes > least ? onDemand().closeGaps(intervals, order, layout, least, step, place) : layout;
}

/** Bytes that live at a step, every buffer rounded up. */
export const liveAt = (intervals: readonly Interval[], at: number, step: number): number =>
  intervals.reduce(
    (sum, { bytes, first, last }) => (first <= at && at <= last ? sum + roundUp(bytes, step) : sum),
    0,
  );

/** Places buffers one after the other, each at the lowest offset that is free for all of its life. */
function placeInOrder(intervals: readonly Interval[], order: readonly number[], step: number): ArenaLayout {
  const offsets = intervals.map(() => 0);
  const placed: { readonly begin: number; readonly end: number; readonly interval: Interval }[] = [];
  let total = 0;
  for (const index of order) {
    const interval = intervals[index];
    if (interval === undefined || interval.bytes === 0) continue;
    const bytes = roundUp(interval.bytes, step);
    const overlapping = placed
      .filter(({ interval: other }) => other.first <= interval.last && interval.first <= other.last)
      .sort((a, b) => a.begin - b.begin);
    let begin = 0;
    for (const other of overlapping) {
      if (begin + bytes <= other.begin) break;
      begin = Math.max(begin, other.end);
    }
    offsets[index] = begin;
    placed.push({ begin, end: begin + bytes, interval });
    total = Math.max(total, begin + bytes);
  }
  return { offsets, bytes: total };
}

export const roundUp = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

const bytesAt = (intervals: readonly Interval[], index: number): number => intervals[index]?.bytes ?? 0;
