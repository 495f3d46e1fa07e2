/** Windows that slide over a series: the elements of a dataset are cut from one array, which is not copied. */
import { ArgumentError, type HostArray, hostArray } from '@hadal/core';
import { type ArrayInput, elementCount, toHostArray } from '../host/array';
import { Pipeline } from './pipeline';
import { indexedSource } from './source';

export interface SeriesWindowOptions {
  /** Steps in a window. */
  readonly sequenceLength: number;
  /** Steps from the beginning of a window to that of the next (default 1). */
  readonly sequenceStride?: number;
  /** Takes every so many steps within a window (default 1). */
  readonly samplingRate?: number;
  /** The first step of the series that is used (default 0). */
  readonly startIndex?: number;
  /** The step after the last that is used (default all). */
  readonly endIndex?: number;
}

/** A window and what is to be predicted from it. */
export interface WindowWithTarget {
  /** [sequenceLength, …] */
  readonly x: HostArray;
  /** The row of the targets at the first step of the window. */
  readonly y: HostArray;
}

/**
 * Windows of a series, as Keras' timeseries_dataset_from_array cuts them. Window i begins at step i · sequenceStride; its
 * target is the row of `targets` at that step, so that targets are moved ahead by as much as is to be predicted.
 *
 * @param data    [time, …]
 * @param targets [time, …], or shorter: there is no window without a target
 * @throws {ArgumentError} when an option is impossible
 * @example
 * const series = Float32Array.from({ length: 100 }, (_, step) => Math.sin(step));
 * // What comes after 10 steps:
 * const windows = slidingWindows(series, series.subarray(10), { sequenceLength: 10 });
 * for await (const { x, y } of windows.shuffle(7).batch(32)) console.log(x.shape, y.shape); // [32, 10] [32]
 */
export function slidingWindows(
  data: ArrayInput,
  targets: ArrayInput,
  options: SeriesWindowOptions,
): Pipeline<WindowWithTarget>;
export function slidingWindows(
  data: ArrayInput,
  targets: undefined,
  options: SeriesWindowOptions,
): Pipeline<HostArray>;
export function slidingWindows(
  data: ArrayInput,
  targets: ArrayInput | undefined,
  options: SeriesWindowOptions,
): Pipeline<WindowWithTarget> | Pipeline<HostArray> {
  const series = toHostArray(data);
  const goals = targets === undefined ? undefined : toHostArray(targets);
  const { startIndex, stride, rate, length, count } = resolve(series, goals, options);
  const size = Math.max(0, Math.ceil(count / stride));
  const beginnings = (positions: ArrayLike<number>): number[] =>
    Array.from(positions, (position) => startIndex + position * stride);
  const windows = (starts: readonly number[]): HostArray => {
    const rows = starts.flatMap((start) => Array.from({ length }, (_, step) => start + step * rate));
    return { ...rowsOf(series, rows), shape: [starts.length, length, ...series.shape.slice(1)] };
  };
  const alone = (array: HostArray): HostArray => ({ ...array, shape: array.shape.slice(1) });
  const name = `windows(${size} of ${length})`;
  if (goals === undefined) {
    return new Pipeline(
      indexedSource<HostArray>(name, size, () => ({
        at: (position) => alone(windows(beginnings([position]))),
        gather: (positions) => windows(beginnings(positions)),
      })),
    );
  }
  const both = (starts: readonly number[]): WindowWithTarget => ({
    x: windows(starts),
    y: rowsOf(goals, starts),
  });
  return new Pipeline(
    indexedSource<WindowWithTarget>(name, size, () => ({
      at: (position) => {
        const { x, y } = both(beginnings([position]));
        return { x: alone(x), y: alone(y) };
      },
      gather: (positions) => both(beginnings(positions)),
    })),
  );
}

/** Rows of an array, copied one after the other. */
function rowsOf({ data, shape, dtype }: HostArray, rows: readonly number[]): HostArray {
  const width = elementCount(shape.slice(1));
  const copy = hostArray(dtype, rows.length * width);
  rows.forEach((row, at) => {
    copy.set(data.subarray(row * width, (row + 1) * width), at * width);
  });
  return { data: copy, shape: [rows.length, ...shape.slice(1)], dtype };
}

function resolve(
  series: HostArray,
  goals: HostArray | undefined,
  options: SeriesWindowOptions,
): { startIndex: number; stride: number; rate: number; length: number; count: number } {
  const [steps = 0] = series.shape;
  const { sequenceLength, sequenceStride = 1, samplingRate = 1, startIndex = 0, endIndex = steps } = options;
  const whole = (name: string, value: number, least: number, most: number): void => {
    if (Number.isSafeInteger(value) && value >= least && value <= most) return;
    throw new ArgumentError(
      'slidingWindows',
      `${name} is ${value}; expected a whole number from ${least} to ${most}, the series having ${steps} steps.`,
    );
  };
  whole('sequenceLength', sequenceLength, 1, steps);
  whole('sequenceStride', sequenceStride, 1, steps);
  whole('samplingRate', samplingRate, 1, steps);
  whole('endIndex', endIndex, 1, steps);
  whole('startIndex', startIndex, 0, endIndex - 1);
  const inData = endIndex - startIndex - (sequenceLength - 1) * samplingRate;
  const inTargets = goals === undefined ? inData : (goals.shape[0] ?? 0) - startIndex;
  return {
    startIndex,
    stride: sequenceStride,
    rate: samplingRate,
    length: sequenceLength,
    count: Math.min(inData, inTargets),
  };
}
