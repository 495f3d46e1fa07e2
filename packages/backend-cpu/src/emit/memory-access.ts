/**
 * Loads and stores of elements, one or four neighbouring ones, at the byte address on the stack. Bytes widen to i32 on
 * the way in and keep their low 8 bits on the way out.
 */
import type { Storage } from '@hadal/core/backend';
import { type Code, LaneMemoryOp, MemoryOp, Op } from '../wasm/index';
import type { Lane } from './value';

/** Element types that have lanes. */
export type Element = 'f32' | 'i32' | 'u8';

export const ELEMENT_BYTES: Readonly<Record<Storage, number>> = { f32: 4, f64: 8, i32: 4, u8: 1 };

/** Lanes per vector of 32-bit numbers. */
export const LANES = 4;

/** The storage as lanes have it: kernels in float64 are written elsewhere (see ./doubles.ts). */
export function elementOf(storage: Storage): Element {
  if (storage === 'f64') throw new TypeError('float64 has no lanes');
  return storage;
}

/** Replaces the address on the stack by the element there, as a number of the given type. */
export function loadScalar(code: Code, element: Element, type: Lane, offset = 0): void {
  code.memory(
    element === 'f32' ? MemoryOp.f32_load : element === 'i32' ? MemoryOp.i32_load : MemoryOp.i32_load8_u,
    offset,
  );
  if (element === 'f32' && type === 'i32') code.op(Op.i32_trunc_sat_f32_s);
  if (element !== 'f32' && type === 'f32') code.op(Op.f32_convert_i32_s);
}

/** Replaces the address on the stack by the four elements from there. */
export function loadVector(code: Code, element: Element, type: Lane, offset = 0): void {
  if (element === 'u8') {
    code
      .memory(MemoryOp.v128_load32_zero, offset)
      .op(Op.i16x8_extend_low_i8x16_u)
      .op(Op.i32x4_extend_low_i16x8_u);
  } else {
    code.memory(MemoryOp.v128_load, offset);
  }
  convertLoaded(code, element, type);
}

/** After raw lanes of an element were loaded: the conversion to the register type. */
export function convertLoaded(code: Code, element: Element, type: Lane): void {
  if (element === 'f32' && type === 'i32') code.op(Op.i32x4_trunc_sat_f32x4_s);
  if (element !== 'f32' && type === 'f32') code.op(Op.f32x4_convert_i32x4_s);
}

/** Stores the number on top of the stack at the address below it. */
export function storeScalar(code: Code, element: Element, offset = 0): void {
  code.memory(
    element === 'f32' ? MemoryOp.f32_store : element === 'i32' ? MemoryOp.i32_store : MemoryOp.i32_store8,
    offset,
  );
}

/** The low bytes of four 32-bit lanes, brought together. */
const LOW_BYTES = [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12];

/** Stores the four lanes on top of the stack at the address below them. */
export function storeVector(code: Code, element: Element, offset = 0): void {
  if (element === 'u8') {
    code.scratch(['v128'], (lanes) => code.tee(lanes).get(lanes).shuffle(LOW_BYTES));
    code.memoryLane(LaneMemoryOp.v128_store32_lane, 0, offset);
  } else {
    code.memory(MemoryOp.v128_store, offset);
  }
}
