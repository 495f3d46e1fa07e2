/**
 * Accumulators of a stage: four lanes per copy while the loop runs, brought together in a fixed order after it. Splitting
 * a sum over lanes and copies hides the latency of additions; how it is split depends on the kernel alone, so results do
 * not depend on timing. Where nothing has lanes, the four are equal.
 */
import type { Accumulator } from '@hadal/core/backend';
import { known } from '../known';
import { type Local, Op } from '../wasm/index';
import type { Frame, Mode } from './frame';
import { laneOf } from './operations';
import { rareCode } from './rare';
import { type Lane, pushLane, pushVector, type Value } from './value';

/** What an accumulator begins with: the smallest and largest numbers for extremes. */
const IDENTITY: Readonly<Record<'sum' | 'prod' | 'max' | 'min', Readonly<Record<Lane, number>>>> = {
  sum: { f32: 0, i32: 0 },
  prod: { f32: 1, i32: 1 },
  max: { f32: Number.NEGATIVE_INFINITY, i32: -0x80000000 },
  min: { f32: Number.POSITIVE_INFINITY, i32: 0x7fffffff },
};

const COMBINE: Readonly<Record<keyof typeof IDENTITY, Readonly<Record<Lane, Op>>>> = {
  sum: { f32: Op.f32x4_add, i32: Op.i32x4_add },
  prod: { f32: Op.f32x4_mul, i32: Op.i32x4_mul },
  max: { f32: Op.f32x4_max, i32: Op.i32x4_max_s },
  min: { f32: Op.f32x4_min, i32: Op.i32x4_min_s },
};

/** One accumulator while its loop is written. */
export interface Running {
  /** Before the loop. */
  start(): void;
  /** In the loop, after the body. `position` is the flat loop index of the first lane. */
  add(mode: Mode, copy: number, position: Local | undefined): void;
  /** After the loop: the results, one per copy of the stage. */
  finish(): readonly Value[];
}

/** Four lanes of what was accumulated so far; for argmax and argmin, the best values and where they were. */
export interface Slot {
  readonly value: Local;
  readonly position: Local;
}

/** Takes the pushed values (at the pushed positions) into a slot. `unordered` where they may be earlier than what it has. */
export type Take = (into: Slot, value: () => void, position: () => void, unordered: boolean) => void;

/**
 * @param mode   how the stage is written outside of its loops
 * @param across whether lanes run over the loop (and have to be combined) or over grid points
 * @param copies vectors next to each other in the loop when lanes run over it
 */
export function runningAccumulator(
  frame: Frame,
  accumulator: Accumulator,
  mode: Mode,
  across: boolean,
  copies: number,
): Running {
  const { code } = frame;
  const { kind, value: register } = accumulator;
  const type = laneOf(accumulator.type);
  const isPosition = kind === 'argmax' || kind === 'argmin';
  const combining = kind === 'argmax' ? 'max' : kind === 'argmin' ? 'min' : kind;
  const combine: Take = (into, value) => {
    code.get(into.value);
    value();
    code.op(COMBINE[combining][type]).set(into.value);
  };
  const take = isPosition ? rareCode(kind).takeExtreme(frame, kind, type) : combine;
  const isWide = !across && frame.isWide(register, mode);
  const count = across ? copies : isWide ? mode.copies : 1;
  const newSlot = (): Slot => {
    const value = code.local('v128');
    return { value, position: isPosition ? code.local('v128') : value };
  };
  const slots = Array.from({ length: count }, newSlot);
  /** What the tail of a loop over lanes adds up, element by element. */
  const tail = across ? newSlot() : undefined;

  /** Combines the slots of all copies and then their lanes, in lane 0 of the first slot. */
  const gather = (first: Slot, last: Slot): void => {
    const join = (into: Slot, from: Slot): void =>
      take(
        into,
        () => code.get(from.value),
        () => code.get(from.position),
        true,
      );
    for (let left = count; left > 1; left = Math.ceil(left / 2)) {
      const half = Math.ceil(left / 2);
      slots.slice(half, left).forEach((from, i) => {
        join(slots[i] ?? first, from);
      });
    }
    for (const lanes of [[2, 3, 2, 3] as const, [1, 1, 1, 1] as const]) {
      const moved = (local: Local) => (): void => {
        code.get(local).get(local).shuffle32(lanes);
      };
      take(first, moved(first.value), moved(first.position), true);
    }
    join(first, last);
  };

  return {
    start: () => {
      for (const { value, position } of tail === undefined ? slots : [...slots, tail]) {
        if (isPosition) code.i32x4(0).set(position);
        pushVector(code, { kind: 'constant', type, value: IDENTITY[combining][type] });
        code.set(value);
      }
    },
    add: ({ lanes }, copy, position) => {
      const slot = lanes === 1 ? (tail ?? slots[copy]) : slots[copy];
      if (slot === undefined) return;
      const value = frame.value(register, copy);
      const pushPositions = (): void => {
        code.get(known(position, 'the position')).op(Op.i32x4_splat);
        if (across && lanes === 4) code.i32x4([0, 1, 2, 3]).op(Op.i32x4_add);
      };
      take(slot, () => pushVector(code, value), pushPositions, false);
    },
    finish: () => {
      const [first] = slots;
      if (first !== undefined && tail !== undefined) gather(first, tail);
      const resultType = isPosition ? 'i32' : type;
      const results = (across ? slots.slice(0, 1) : slots).map(({ position }): Value => {
        const vector = { kind: 'vector', type: resultType, local: position } as const;
        if (isWide) return vector;
        const local = code.local(resultType);
        pushLane(code, vector, 0);
        code.set(local);
        return { kind: 'scalar', type: resultType, local };
      });
      const used = new Set(tail === undefined ? [] : [tail.value, tail.position]);
      for (const { value, position } of slots) {
        if (isPosition || !isWide) used.add(value);
        if (!isWide) used.add(position);
      }
      for (const local of used) code.release(local);
      return results;
    },
  };
}
