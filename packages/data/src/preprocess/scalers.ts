/**
 * Scaling of features: to mean 0 and variance 1, or into a range. Fitted on the training data, applied to any, saved as
 * JSON. Statistics are computed in double precision and follow scikit-learn's StandardScaler and MinMaxScaler.
 */
import { ArgumentError, DataError, type HostArray, type JsonValue } from '@hadal/core';
import { forEachFeature, mapFeatures, requireFitted } from './features';

/** Something that learns from training data how to change features, and can undo it. */
export interface Scaler {
  /** Learns from an array of shape [rows, ...features]; NaN counts as missing. */
  fit(x: HostArray): this;
  /** Scales samples [rows, features] by what was fitted. */
  transform(x: HostArray): HostArray;
  /** Undoes `transform`. */
  inverseTransform(x: HostArray): HostArray;
  /** Fits to samples and scales them. */
  fitTransform(x: HostArray): HostArray;
  /** What was learned, as plain JSON; `scalerFromJSON` makes an equal scaler of it. */
  toJSON(): JsonValue;
}

const mean = (values: Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** Mean and population variance in two passes; the correction term removes the rounding error of the mean. */
function moments(values: Float64Array): { mean: number; variance: number } {
  const center = mean(values);
  let squares = 0;
  let rest = 0;
  for (const value of values) {
    const deviation = value - center;
    squares += deviation * deviation;
    rest += deviation;
  }
  return { mean: center, variance: (squares - (rest * rest) / values.length) / values.length };
}

/** A variance that is nothing but the rounding of equal values; such a feature is only centred. */
const isConstant = (variance: number, center: number, count: number): boolean =>
  variance <= count * Number.EPSILON * variance + (count * center * Number.EPSILON) ** 2;

/** Mean and scale of every feature. */
export interface StandardScaling {
  /** What is subtracted from each feature. */
  readonly mean: readonly number[];
  /** What each feature is divided by. */
  readonly scale: readonly number[];
}

/** Scales every feature to mean 0 and variance 1 (population variance, as scikit-learn does). */
export class StandardScaler implements Scaler {
  #learned: StandardScaling | undefined;

  /** @param learned what an earlier fit gave; users call `standardScaler` or `scalerFromJSON` */
  constructor(learned?: StandardScaling) {
    this.#learned = learned;
  }

  /** Mean and standard deviation of every feature; a constant feature has scale 1. */
  get learned(): StandardScaling {
    return requireFitted('standardScaler', this.#learned);
  }

  /**
   * @param x shape [rows, ...features]
   * @throws {DataError} when there are no rows, or a feature is NaN in all of them
   */
  fit(x: HostArray): this {
    const means: number[] = [];
    const scales: number[] = [];
    forEachFeature('standardScaler', x, (_, values) => {
      const { mean: center, variance } = moments(values);
      means.push(center);
      scales.push(isConstant(variance, center, values.length) ? 1 : Math.sqrt(variance));
    });
    this.#learned = { mean: means, scale: scales };
    return this;
  }

  /** @throws {ShapeError} when the number of features differs from that of `fit` */
  transform(x: HostArray): HostArray {
    const { mean: centers, scale } = this.learned;
    return mapFeatures('standardScaler', x, scale.length, (value, k) => (value - centers[k]!) / scale[k]!);
  }

  inverseTransform(x: HostArray): HostArray {
    const { mean: centers, scale } = this.learned;
    return mapFeatures('standardScaler', x, scale.length, (value, k) => value * scale[k]! + centers[k]!);
  }

  fitTransform(x: HostArray): HostArray {
    return this.fit(x).transform(x);
  }

  toJSON(): JsonValue {
    return { kind: 'standardScaler', mean: [...this.learned.mean], scale: [...this.learned.scale] };
  }
}

/** Least and greatest value of every feature, and the range they are moved into. */
export interface MinMaxScaling {
  /** The least value of each feature. */
  readonly min: readonly number[];
  /** The greatest value of each feature. */
  readonly max: readonly number[];
  /** What these become. */
  readonly range: readonly [number, number];
}

/** How to scale into a range. */
export interface MinMaxOptions {
  /** The range of the training data after scaling (default [0, 1]); other data may lie outside. */
  readonly range?: readonly [number, number];
}

/** Ranges below this are rounding and count as constant. */
const TINY_RANGE = 10 * Number.EPSILON;

/** Scales every feature so that the training data fill a range. */
export class MinMaxScaler implements Scaler {
  readonly #range: readonly [number, number];
  #learned: MinMaxScaling | undefined;

  /**
   * @param range   the range to fill
   * @param learned what an earlier fit gave; users call `minMaxScaler` or `scalerFromJSON`
   */
  constructor(range: readonly [number, number], learned?: MinMaxScaling) {
    if (!(range[0] < range[1])) {
      throw new ArgumentError(
        'minMaxScaler',
        `the range is [${range.join(', ')}].`,
        'Expected [least, greatest].',
      );
    }
    this.#range = range;
    this.#learned = learned;
  }

  /** Least and greatest value of every feature. */
  get learned(): MinMaxScaling {
    return requireFitted('minMaxScaler', this.#learned);
  }

  /**
   * @param x shape [rows, ...features]
   * @throws {DataError} when there are no rows, or a feature is NaN in all of them
   */
  fit(x: HostArray): this {
    const min: number[] = [];
    const max: number[] = [];
    forEachFeature('minMaxScaler', x, (_, values) => {
      let least = Infinity;
      let greatest = -Infinity;
      for (const value of values) {
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
      min.push(least);
      max.push(greatest);
    });
    this.#learned = { min, max, range: this.#range };
    return this;
  }

  /** @throws {ShapeError} when the number of features differs from that of `fit` */
  transform(x: HostArray): HostArray {
    const { min, max, range } = this.learned;
    const scale = this.#scales(min, max, range);
    return mapFeatures('minMaxScaler', x, min.length, (value, k) => (value - min[k]!) * scale[k]! + range[0]);
  }

  inverseTransform(x: HostArray): HostArray {
    const { min, max, range } = this.learned;
    const scale = this.#scales(min, max, range);
    return mapFeatures('minMaxScaler', x, min.length, (value, k) => (value - range[0]) / scale[k]! + min[k]!);
  }

  fitTransform(x: HostArray): HostArray {
    return this.fit(x).transform(x);
  }

  toJSON(): JsonValue {
    const { min, max, range } = this.learned;
    return { kind: 'minMaxScaler', min: [...min], max: [...max], range: [...range] };
  }

  #scales(min: readonly number[], max: readonly number[], range: readonly [number, number]): number[] {
    return min.map((least, k) => {
      const width = max[k]! - least;
      return (range[1] - range[0]) / (width < TINY_RANGE ? 1 : width);
    });
  }
}

/**
 * A scaler to mean 0 and variance 1, feature by feature.
 *
 * @example
 * const scaler = standardScaler().fit(train);      // train: [rows, features]
 * const x = scaler.transform(test);
 * const saved = JSON.stringify(scaler);            // scalerFromJSON(JSON.parse(saved)) restores it
 */
export const standardScaler = (): StandardScaler => new StandardScaler();

/**
 * A scaler that moves every feature of the training data into a range.
 *
 * @throws {ArgumentError} when the range is empty or reversed
 * @example
 * minMaxScaler({ range: [-1, 1] }).fitTransform(toHostArray([[0], [5], [10]])).data; // [-1, 0, 1]
 */
export const minMaxScaler = (options: MinMaxOptions = {}): MinMaxScaler =>
  new MinMaxScaler(options.range ?? [0, 1]);

const isNumbers = (value: JsonValue | undefined): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'number');

/**
 * Restores a scaler from what `toJSON` gave.
 *
 * @throws {DataError} when the value is not the state of a scaler
 * @example
 * const scaler = scalerFromJSON(JSON.parse(await readFile('scaler.json', 'utf8')));
 */
export function scalerFromJSON(state: JsonValue): StandardScaler | MinMaxScaler {
  if (typeof state === 'object' && state !== null && 'kind' in state) {
    const { kind, mean: means, scale, min, max, range } = state;
    if (kind === 'standardScaler' && isNumbers(means) && isNumbers(scale) && means.length === scale.length) {
      return new StandardScaler({ mean: means, scale });
    }
    if (kind === 'minMaxScaler' && isNumbers(min) && isNumbers(max) && isNumbers(range)) {
      const [least, greatest] = range;
      if (min.length === max.length && range.length === 2 && least !== undefined && greatest !== undefined) {
        return new MinMaxScaler([least, greatest], { min, max, range: [least, greatest] });
      }
    }
  }
  throw new DataError(
    'scalerFromJSON',
    'the value is not the state of a scaler.',
    "Expected what toJSON() of a scaler gave, such as { kind: 'standardScaler', mean: [...], scale: [...] }.",
  );
}
