/**
 * What a register of a kernel is while code is written: a number known now, a scalar local, four lanes, or the mask of
 * a comparison. Masks (all ones or all zeros per lane) stay masks until somebody computes with the 0 or 1 they mean,
 * because `select` and the logical operations take them as they are.
 */
import { type Code, LaneOp, type Local, Op } from '../wasm/index';

/** Register types this backend computes in. */
export type Lane = 'f32' | 'i32';

export type Value =
  | { readonly kind: 'constant'; readonly type: Lane; readonly value: number }
  /** `splat`, where there is one, holds the same number in four lanes. */
  | { readonly kind: 'scalar'; readonly type: Lane; readonly local: Local; readonly splat?: Local }
  | { readonly kind: 'vector'; readonly type: Lane; readonly local: Local }
  | { readonly kind: 'mask'; readonly type: 'i32'; readonly local: Local };

/** Whether the value has lanes of its own. */
export const isWide = (value: Value): boolean => value.kind === 'vector' || value.kind === 'mask';

/** Replaces the number on the stack by four lanes of it. */
export const splat = (code: Code, type: Lane): Code =>
  code.op(type === 'f32' ? Op.f32x4_splat : Op.i32x4_splat);

/** Replaces the vector on the stack by one of its lanes. */
export const extractLane = (code: Code, type: Lane, lane: number): Code =>
  code.lane(type === 'f32' ? LaneOp.f32x4_extract_lane : LaneOp.i32x4_extract_lane, lane);

/** Pushes the value as one f32 or i32; throws for values with lanes. */
export function pushScalar(code: Code, value: Value): void {
  if (value.kind === 'constant') {
    if (value.type === 'f32') code.f32(value.value);
    else code.i32(value.value);
  } else if (value.kind === 'scalar') {
    code.get(value.local);
  } else {
    throw new TypeError('a value with lanes was used as a scalar');
  }
}

/** Pushes the value as four lanes; a mask becomes 0 and 1. */
export function pushVector(code: Code, value: Value): void {
  switch (value.kind) {
    case 'constant':
      if (value.type === 'f32') code.f32x4(value.value);
      else code.i32x4(value.value);
      return;
    case 'scalar':
      if (value.splat !== undefined) code.get(value.splat);
      else splat(code.get(value.local), value.type);
      return;
    case 'vector':
      code.get(value.local);
      return;
    case 'mask':
      code.get(value.local).i32x4(1).op(Op.v128_and);
  }
}

/** Pushes lanes of all ones where the i32 value is not 0. */
export function pushMask(code: Code, value: Value): void {
  if (value.kind === 'mask') {
    code.get(value.local);
  } else {
    pushVector(code, value);
    code.i32x4(0).op(Op.i32x4_ne);
  }
}

/** Pushes one lane of the value as f32 or i32. */
export function pushLane(code: Code, value: Value, lane: number): void {
  if (isWide(value)) {
    pushVector(code, value);
    extractLane(code, value.type, lane);
  } else {
    pushScalar(code, value);
  }
}

/** k for the constant integer 2^k. */
export function powerOfTwo(value: Value | undefined): number | undefined {
  if (value?.kind !== 'constant' || value.type !== 'i32' || value.value <= 0) return undefined;
  const exponent = 31 - Math.clz32(value.value);
  return 2 ** exponent === value.value ? exponent : undefined;
}
