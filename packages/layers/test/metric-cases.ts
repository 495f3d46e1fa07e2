/** Golden values of metrics as the tests read them. */
import type { JsonObject, Tensor } from '@hadal/core';
import { type Metric, withMask } from '../src';
import { metricFromConfig } from '../src/metrics/table';
import metrics from './fixtures/metrics.json';
import { type GoldenArray, tensorOf } from './golden';

export const { reference, classes } = metrics;

interface MetricBatch {
  readonly y: GoldenArray;
  readonly p: GoldenArray;
  readonly w: GoldenArray | null;
  readonly m: GoldenArray | null;
}

export interface MetricCase {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly batches: readonly MetricBatch[];
  readonly value: GoldenArray;
  readonly direction: string | null;
}

// The compiler gives every configuration the keys of all others, as undefined.
export const cases = metrics.cases as unknown as readonly MetricCase[];

export type MetricArguments = [yTrue: Tensor, yPred: Tensor, weights?: Tensor, mask?: Tensor];

/** A batch as tensors. */
export const argumentsOf = ({ y, p, w, m }: MetricBatch): MetricArguments => [
  tensorOf(y),
  tensorOf(p),
  w === null ? undefined : tensorOf(w),
  m === null ? undefined : tensorOf(m).cast('bool'),
];

/** The metric of a case. */
export const metricOf = ({ className, config }: MetricCase): Metric =>
  metricFromConfig({ className, config });

/** Shows a batch to a metric. */
export function update(metric: Metric, ...[y, p, w, mask]: MetricArguments): void {
  metric.updateState(y, mask === undefined ? p : withMask(p.mul(1), mask), w);
}
