/** Numbers as the tables need them. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** The part of bootstrap ratios that an interval holds. */
const coverage = 0.9;
const resamples = 2000;

export interface Ratio {
  /** Of the medians. */
  readonly value: number;
  /** The 90 % interval. */
  readonly low: number;
  readonly high: number;
}

/**
 * The ratio of the medians of paired values, with a bootstrap interval: pairs are drawn anew, so that what slowed a whole
 * round slows both of its values.
 *
 * @param pairs  [ours, theirs] of every round in which both took part; at least one
 * @param random uniform numbers in [0, 1)
 */
export function ratioOfMedians(pairs: readonly (readonly [number, number])[], random: () => number): Ratio {
  const ratioOf = (drawn: readonly (readonly [number, number])[]): number =>
    median(drawn.map(([ours]) => ours)) / median(drawn.map(([, theirs]) => theirs));
  const ratios = Array.from({ length: resamples }, () =>
    ratioOf(pairs.map(() => pairs[Math.floor(random() * pairs.length)]!)),
  ).sort((a, b) => a - b);
  const quantile = (part: number): number => ratios[Math.round(part * (resamples - 1))]!;
  return { value: ratioOf(pairs), low: quantile((1 - coverage) / 2), high: quantile((1 + coverage) / 2) };
}
