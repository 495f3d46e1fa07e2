/**
 * Closing the gaps of an arena: largest first is nearly always without any; where it is not, other orders are tried.
 * Loaded with the first plan that has some.
 */
import type { ArenaLayout, Interval } from './arena';

/** Orders tried where the first leaves gaps, for a plan of a thousand buffers; more for smaller ones. */
const TRIES_PER_THOUSAND = 20;
const MOST_TRIES = 200;

// That of arena.ts would pass between chunks, which takes a small program more bytes than this line.
const roundUp = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/**
 * The best of the layouts in which whatever ended up on top was placed first.
 *
 * @param least bytes that no layout can do without
 */
export function closeGaps(
  intervals: readonly Interval[],
  firstOrder: readonly number[],
  first: ArenaLayout,
  least: number,
  step: number,
  place: (order: readonly number[]) => ArenaLayout,
): ArenaLayout {
  let [order, layout, best] = [firstOrder, first, first];
  const tries = Math.min(MOST_TRIES, (TRIES_PER_THOUSAND * 1000) / intervals.length);
  for (let attempt = 0; attempt < tries && best.bytes > least; attempt++) {
    const { offsets, bytes } = layout;
    const top = order.find(
      (index) => (offsets[index] ?? 0) + roundUp(intervals[index]?.bytes ?? 0, step) === bytes,
    );
    if (top === undefined) break;
    order = [top, ...order.filter((index) => index !== top)];
    layout = place(order);
    if (layout.bytes < best.bytes) best = layout;
  }
  return best;
}
