/**
 * Features as scalers see them: an array of shape [rows, ...features] as a table of rows and columns.
 */
import { ArgumentError, DataError, type HostArray, ShapeError } from '@hadal/core';
import { elementCount } from '../host/array';

/** Rows and columns of an array; all axes but the first are features. */
export interface FeatureTable {
  /** Samples. */
  readonly rows: number;
  /** Numbers of each sample. */
  readonly features: number;
}

/** Checks that an array has rows and features, and counts them. */
export function featureTable(where: string, array: HostArray): FeatureTable {
  const [rows, ...featureShape] = array.shape;
  if (rows === undefined || featureShape.length === 0) {
    throw new ShapeError(
      where,
      `the array has the shape [${array.shape.join(', ')}].`,
      'Expected [rows, features]; a single column is [rows, 1].',
    );
  }
  return { rows, features: elementCount(featureShape) };
}

/** Visits the numbers of every feature; NaN stands for a missing value and is left out. */
export function forEachFeature(
  where: string,
  array: HostArray,
  visit: (feature: number, values: Float64Array) => void,
) {
  const { rows, features } = featureTable(where, array);
  if (rows === 0) throw new DataError(where, 'there are no rows to learn from.');
  const column = new Float64Array(rows);
  for (let feature = 0; feature < features; feature++) {
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const value = array.data[row * features + feature]!;
      if (!Number.isNaN(value)) column[count++] = value;
    }
    if (count === 0) throw new DataError(where, `feature ${feature} has no numbers, every row is NaN.`);
    visit(feature, column.subarray(0, count));
  }
}

/** Changes every value by a function of it and its feature. float64 stays float64, everything else becomes float32. */
export function mapFeatures(
  where: string,
  array: HostArray,
  features: number,
  change: (value: number, feature: number) => number,
): HostArray {
  const table = featureTable(where, array);
  if (table.features !== features) {
    throw new ShapeError(
      where,
      `the array has ${table.features} features, the scaler was fitted on ${features}.`,
      `Expected the shape [rows, ${features}], got [${array.shape.join(', ')}].`,
    );
  }
  const wide = array.dtype === 'float64';
  const data = wide ? new Float64Array(array.data.length) : new Float32Array(array.data.length);
  for (let at = 0; at < data.length; at++) data[at] = change(array.data[at]!, at % features);
  return { data, shape: array.shape, dtype: wide ? 'float64' : 'float32' };
}

/** What a scaler must have learned before it can transform. */
export function requireFitted<S>(where: string, learned: S | undefined): S {
  if (learned !== undefined) return learned;
  throw new ArgumentError(
    where,
    'the scaler has not been fitted.',
    'Call fit(trainingData) first, or fitTransform.',
  );
}
