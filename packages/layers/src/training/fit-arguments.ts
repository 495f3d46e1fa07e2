/** What `fit` and its kind are called with: a dataset, or arrays. */
import { ArgumentError, Tensor } from '@hadal/core';
import type { Arrangement } from '../layer/arrangement';
import { isDataset } from '../model/predict';
import type { ArrayInput } from './arrays';
import type { TrainingData } from './data';

/** A dataset, or inputs with targets. */
export type FitData = TrainingData | { readonly x: unknown; readonly y: unknown };

/** `(dataset, options)` or `(x, y, options)`. */
export function readFitArguments<Options extends object>(
  where: string,
  outputs: Arrangement,
  first: unknown,
  second: unknown,
  third: Options | undefined,
): {
  readonly data: FitData;
  readonly options: Partial<Options>;
} {
  const isTargets = outputs.kind === 'one' ? isArrayInput(second) : second !== undefined;
  if (isDataset(first)) {
    // Options are plain objects, as targets by name are.
    if (!isArrayInput(second) && third === undefined)
      return { data: first, options: (second ?? {}) as Options };
    throw new ArgumentError(
      where,
      'targets are given beside a dataset.',
      'A dataset brings its own targets: pass (dataset, options), or arrays as (x, y, options).',
    );
  }
  if (isTargets) return { data: { x: first, y: second }, options: third ?? {} };
  throw new ArgumentError(
    where,
    'there are no targets.',
    'Pass (x, y, options), or a dataset of { x, y } batches.',
  );
}

const isArrayInput = (value: unknown): value is ArrayInput =>
  Array.isArray(value) ||
  ArrayBuffer.isView(value) ||
  value instanceof Tensor ||
  (typeof value === 'object' && value !== null && 'data' in value);
