/**
 * Whether the machine is calm: a fixed piece of work is timed before and after each round. A round in which it became
 * slower or faster is not comparable within itself, so it is thrown away and repeated.
 */
import { median } from './statistics';

/** How far the calibration may move within a round that counts. */
export const mostMovement = 0.15;

/** A machine that is never calm gets at most so many rounds for each that was asked for. */
const mostAttempts = 2;

const calibrationLoops = 9;
/** About 5 ms of dependent multiplications on a current core: several slices of a scheduler together. */
const calibrationLength = 2_000_000;

/** @returns milliseconds of the median of a few equal loops */
export function calibrate(): number {
  const times: number[] = [];
  for (let loop = 0; loop < calibrationLoops; loop++) {
    const begin = performance.now();
    let value = 1;
    for (let i = 0; i < calibrationLength; i++) value = value * 0.999999 + 1e-6;
    times.push(performance.now() - begin);
    if (!(value > 0)) throw new Error('The calibration computed nothing.');
  }
  return median(times);
}

/** A round and how far the calibration moved in it, as a part of 1. */
export interface Attempt<Result> {
  readonly movement: number;
  readonly result: Result;
}

export interface Calm<Result> {
  /** As many as were asked for, in the order in which they were run. */
  readonly kept: readonly Attempt<Result>[];
  readonly discarded: number;
  /** Kept rounds in which the machine moved nevertheless, since it was not calm often enough. */
  readonly disturbed: number;
}

/**
 * Runs rounds until `wanted` of them were calm. When the machine does not allow that, the calmest are kept.
 *
 * @param calibrated milliseconds of a fixed piece of work
 */
export async function calmRounds<Result>(
  wanted: number,
  run: () => Promise<Result>,
  calibrated: () => number = calibrate,
): Promise<Calm<Result>> {
  const attempts: Attempt<Result>[] = [];
  const isCalm = ({ movement }: Attempt<Result>): boolean => movement <= mostMovement;
  const calm = (): number => attempts.filter(isCalm).length;
  let before = calibrated();
  while (calm() < wanted && attempts.length < mostAttempts * wanted) {
    const result = await run();
    const after = calibrated();
    attempts.push({ movement: Math.max(after / before, before / after) - 1, result });
    before = after;
  }
  const calmest = new Set([...attempts].sort((a, b) => a.movement - b.movement).slice(0, wanted));
  const kept = attempts.filter((attempt) => calmest.has(attempt));
  return {
    kept,
    discarded: attempts.length - kept.length,
    disturbed: kept.filter((attempt) => !isCalm(attempt)).length,
  };
}
