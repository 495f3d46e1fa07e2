/** A dataset of one's own: 144 numbers that come with the package, as a pipeline of windows. */
import { type Pipeline, slidingWindows, type WindowWithTarget } from '@hadal/data';

/** Thousands of passengers of international airlines, monthly, 1949–1960; Box and Jenkins, "Time Series Analysis" (1976). */
const PASSENGERS: readonly number[] = [
  112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158,
  133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218,
  230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235,
  227, 234, 264, 302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
  284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404,
  347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
  548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
];

export interface AirPassengers {
  readonly train: Pipeline<WindowWithTarget>;
  /** The last 24 months. */
  readonly test: Pipeline<WindowWithTarget>;
}

/** Months of a window. */
export const WINDOW = 13;
const TEST_MONTHS = 24;

/**
 * Changes of the logarithm from month to month: the last 13 as `x` [13], the next as `y` [1].
 *
 * @example
 * const { train, test } = airPassengers();
 * await model.fit(train.shuffle(1).batch(16), { epochs: 20, validationData: test.batch(24) });
 */
export function airPassengers(): AirPassengers {
  const logs = PASSENGERS.map(Math.log);
  const changes = Float32Array.from(logs.slice(1), (value, index) => value - logs[index]!);
  const goals = {
    data: changes.subarray(WINDOW),
    shape: [changes.length - WINDOW, 1],
    dtype: 'float32' as const,
  };
  const all = { sequenceLength: WINDOW };
  const border = changes.length - TEST_MONTHS;
  return {
    train: slidingWindows(changes, goals, { ...all, endIndex: border }),
    test: slidingWindows(changes, goals, { ...all, startIndex: border - WINDOW }),
  };
}
