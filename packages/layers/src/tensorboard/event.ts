/** Events as TensorBoard reads them: scalars and histograms with a step and a time. */
import type { TypedArray } from '@hadal/core';
import { WireWriter } from './wire';

/** What is told of one step. */
export interface SummaryValue {
  /** What it is called; slashes make groups. */
  readonly tag: string;
  readonly value: number | WireWriter;
}

/** Fields of `Event`. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
/** Fields of `Summary` and of its `Value`. */
const SUMMARY = { value: 1 };
const VALUE = { tag: 1, simpleValue: 2, histogram: 5 };
/** Fields of `HistogramProto`. */
const HISTOGRAM = { min: 1, max: 2, count: 3, sum: 4, sumOfSquares: 5, limits: 6, counts: 7 };

/** Buckets of a histogram, as many as TensorBoard draws. */
const BUCKETS = 30;

/** The first event of a file. */
export const versionEvent = (seconds: number): Uint8Array =>
  new WireWriter().double(EVENT.wallTime, seconds).text(EVENT.fileVersion, 'brain.Event:2').finish();

/** Values at a step. */
export function summaryEvent(seconds: number, step: number, values: readonly SummaryValue[]): Uint8Array {
  const summary = new WireWriter();
  for (const { tag, value } of values) {
    const entry = new WireWriter().text(VALUE.tag, tag);
    if (typeof value === 'number') entry.float(VALUE.simpleValue, value);
    else entry.message(VALUE.histogram, value);
    summary.message(SUMMARY.value, entry);
  }
  return new WireWriter()
    .double(EVENT.wallTime, seconds)
    .integer(EVENT.step, step)
    .message(EVENT.summary, summary)
    .finish();
}

/** The finite ones of some numbers as a histogram of buckets of equal width. */
export function histogramOf(values: TypedArray): WireWriter {
  const numbers = Float64Array.from(values).filter(Number.isFinite);
  let [min, max, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of numbers) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
  }
  if (numbers.length === 0) [min, max] = [0, 0];
  const width = (max - min) / BUCKETS;
  const buckets = width > 0 ? BUCKETS : 1;
  const counts = Array.from({ length: buckets }, () => 0);
  for (const value of numbers) {
    const bucket = width > 0 ? Math.min(BUCKETS - 1, Math.floor((value - min) / width)) : 0;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const limits = counts.map((_, index) => (index === buckets - 1 ? max : min + width * (index + 1)));
  return new WireWriter()
    .double(HISTOGRAM.min, min)
    .double(HISTOGRAM.max, max)
    .double(HISTOGRAM.count, numbers.length)
    .double(HISTOGRAM.sum, sum)
    .double(HISTOGRAM.sumOfSquares, sumOfSquares)
    .doubles(HISTOGRAM.limits, limits)
    .doubles(HISTOGRAM.counts, counts);
}
