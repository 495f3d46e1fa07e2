/**
 * Quantiles of data that comes in parts, by a summary of bounded size: about 1 / epsilon values, each standing for as
 * many as its weight says. The numbers are those of Keras' Discretization.
 */
import type { TypedArray } from '@hadal/core';

/** Values in ascending order and how many each stands for. */
export interface QuantileSummary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

export const EMPTY_SUMMARY: QuantileSummary = { values: [], weights: [] };

const rounded = ({ values, weights }: QuantileSummary): QuantileSummary => ({
  values: values.map(Math.fround),
  weights: weights.map(Math.fround),
});

/** The summary of all values at once. */
export function summarize(data: TypedArray, epsilon: number): QuantileSummary {
  const sorted = Float32Array.from(data).sort();
  const step = Math.max(sorted.length * epsilon, 1);
  const stride = Math.trunc(step);
  const values: number[] = [];
  for (let at = Math.trunc(step - 1); at < sorted.length; at += stride) values.push(sorted[at]!);
  return rounded({ values, weights: values.map(() => step) });
}

/** One summary of two. */
export function mergeSummaries(a: QuantileSummary, b: QuantileSummary, epsilon: number): QuantileSummary {
  const pairs = [a, b].flatMap(({ values, weights }) =>
    values.map((value, i) => [value, weights[i]!] as const),
  );
  pairs.sort(([first], [second]) => first - second);
  const merged = { values: pairs.map(([value]) => value), weights: pairs.map(([, weight]) => weight) };
  return compress(merged, epsilon);
}

/** The values that part a summary into bins of the same weight. */
export const binBoundaries = (summary: QuantileSummary, bins: number): readonly number[] =>
  compress(summary, 1 / bins).values.slice(0, -1);

/** A summary of about 1 / epsilon values. */
function compress(summary: QuantileSummary, epsilon: number): QuantileSummary {
  const { values, weights } = summary;
  if (values.length * epsilon < 1) return summary;
  let total = 0;
  const sums = weights.map((weight) => {
    total = Math.fround(total + weight);
    return total;
  });
  const shares = sums.map((sum) => Math.fround(sum / total));
  const percents = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const placed = percents.map((percent) => interpolate(percent, shares, values));
  const reached = percents.map((percent) => interpolate(percent, shares, sums));
  return rounded({ values: placed, weights: reached.map((sum, i) => sum - (reached[i - 1] ?? 0)) });
}

/** The value at `x` of the line through points whose `xs` ascend; beyond the ends that of the last point. */
function interpolate(x: number, xs: readonly number[], ys: readonly number[]): number {
  const after = xs.findIndex((each) => each > x);
  if (after === 0) return ys[0]!;
  if (after < 0) return ys.at(-1)!;
  const before = after - 1;
  const slope = (ys[after]! - ys[before]!) / (xs[after]! - xs[before]!);
  return slope * (x - xs[before]!) + ys[before]!;
}
