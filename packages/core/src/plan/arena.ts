/**
 * The arena: one allocation that holds all temporary buffers of a plan, those whose lives do not overlap in the same
 * place. Buffers are placed largest first, each at the lowest offset that is free for all of its life.
 */

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
const CACHE_LINE = 64;

/** Orders tried where the first leaves gaps, for a plan of a thousand buffers; more for smaller ones. */
const TRIES_PER_THOUSAND = 20;
const MOST_TRIES = 200;

/**
 * Largest first is nearly always without gaps. Where it is not, whatever ended up on top is placed first in another try.
 */
export function layOutArena(intervals: readonly Interval[], alignment: number): ArenaLayout {
  const step = Math.max(alignment, CACHE_LINE);
  const least = liveBytes(intervals, alignment).reduce((most, bytes) => Math.max(most, bytes), 0);
  let order = intervals
    .map((_, index) => index)
    .sort((a, b) => bytesAt(intervals, b) - bytesAt(intervals, a) || a - b);
  let layout = placeInOrder(intervals, order, step);
  let best = layout;
  const tries = Math.min(MOST_TRIES, (TRIES_PER_THOUSAND * 1000) / intervals.length);
  for (let attempt = 0; attempt < tries && best.bytes > least; attempt++) {
    const { offsets, bytes } = layout;
    const top = order.find(
      (index) => (offsets[index] ?? 0) + roundUp(bytesAt(intervals, index), step) === bytes,
    );
    if (top === undefined) break;
    order = [top, ...order.filter((index) => index !== top)];
    layout = placeInOrder(intervals, order, step);
    if (layout.bytes < best.bytes) best = layout;
  }
  return best;
}

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

const roundUp = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** Bytes that live at each step, every buffer rounded up as the arena does: what no layout can do without. */
export function liveBytes(intervals: readonly Interval[], alignment: number): number[] {
  const step = Math.max(alignment, CACHE_LINE);
  const live: number[] = [];
  for (const { bytes, first, last } of intervals) {
    for (let at = first; at <= last; at++) live[at] = (live[at] ?? 0) + roundUp(bytes, step);
  }
  return Array.from(live, (bytes) => bytes ?? 0);
}

const bytesAt = (intervals: readonly Interval[], index: number): number => intervals[index]?.bytes ?? 0;
