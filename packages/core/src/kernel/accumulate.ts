/**
 * Accumulators of the loop kernel, one state per lane. Floats accumulate in float64 and are rounded once, when the loop
 * is over; integers wrap at every step.
 */
import type { Accumulator } from './form';
import { type Lanes, lanesOf, STRIP } from './lanes';

export interface LaneAccumulator {
  /** Forgets everything: the loop is about to begin. */
  reset(): void;
  /** Lane by lane: `position` is the row-major loop index that all lanes are at. */
  addLanes(count: number, position: number): void;
  /** All lanes into lane 0, in order: they are consecutive loop indices from `position`. */
  addAcross(count: number, position: number): void;
  /** Puts the first `count` results into the accumulator's register. */
  finish(count: number): void;
}

type Fold = 'sum' | 'prod' | 'max' | 'min';

const LOWEST_I32 = -(2 ** 31);
const HIGHEST_I32 = 2 ** 31 - 1;

function identity(kind: Fold, isInteger: boolean): number {
  switch (kind) {
    case 'sum':
      return 0;
    case 'prod':
      return 1;
    case 'max':
      return isInteger ? LOWEST_I32 : Number.NEGATIVE_INFINITY;
    case 'min':
      return isInteger ? HIGHEST_I32 : Number.POSITIVE_INFINITY;
  }
}

const FOLD: Record<Fold, (total: number, value: number) => number> = {
  sum: (total, value) => total + value,
  prod: (total, value) => total * value,
  max: Math.max,
  min: Math.min,
};

export function laneAccumulator(accumulator: Accumulator, registers: readonly Lanes[]): LaneAccumulator {
  const { kind } = accumulator;
  const values = lanesOf(registers, accumulator.value);
  const result = lanesOf(registers, accumulator.to);
  return kind === 'argmax' || kind === 'argmin'
    ? extremePlace(kind === 'argmax' ? 1 : -1, values, result)
    : folding(kind, accumulator.type === 'i32', values, result);
}

function folding(kind: Fold, isInteger: boolean, values: Lanes, result: Lanes): LaneAccumulator {
  const totals = isInteger ? new Int32Array(STRIP) : new Float64Array(STRIP);
  const start = identity(kind, isInteger);
  const fold = kind === 'prod' && isInteger ? Math.imul : FOLD[kind];
  return {
    reset() {
      totals.fill(start);
    },
    addLanes(count) {
      for (let i = 0; i < count; i++) totals[i] = fold(totals[i]!, values[i]!);
    },
    addAcross(count) {
      let total = totals[0]!;
      for (let i = 0; i < count; i++) total = fold(total, values[i]!);
      totals[0] = total;
    },
    finish(count) {
      for (let i = 0; i < count; i++) result[i] = totals[i]!;
    },
  };
}

/** The first extreme, or the first NaN. */
function extremePlace(sign: 1 | -1, values: Lanes, result: Lanes): LaneAccumulator {
  const best = new Float64Array(STRIP);
  const place = new Int32Array(STRIP);
  const offer = (lane: number, value: number, position: number): void => {
    const held = best[lane]!;
    const isBetter = position === 0 || sign * value > sign * held;
    if (isBetter || (Number.isNaN(value) && !Number.isNaN(held))) {
      best[lane] = value;
      place[lane] = position;
    }
  };
  return {
    reset() {
      place.fill(0);
    },
    addLanes(count, position) {
      for (let i = 0; i < count; i++) offer(i, values[i]!, position);
    },
    addAcross(count, position) {
      for (let i = 0; i < count; i++) offer(0, values[i]!, position + i);
    },
    finish(count) {
      for (let i = 0; i < count; i++) result[i] = place[i]!;
    },
  };
}
