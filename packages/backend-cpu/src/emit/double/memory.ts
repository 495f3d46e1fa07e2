/** Loads and stores of single elements of every storage, in every register type. */
import type { Register, Storage } from '@hadal/core/backend';
import { type Code, MemoryOp } from '../../wasm/index';
import { convert } from './operations';

const LOAD = {
  f32: MemoryOp.f32_load,
  f64: MemoryOp.f64_load,
  i32: MemoryOp.i32_load,
  u8: MemoryOp.i32_load8_u,
} as const;

const STORE = {
  f32: MemoryOp.f32_store,
  f64: MemoryOp.f64_store,
  i32: MemoryOp.i32_store,
  u8: MemoryOp.i32_store8,
} as const;

/** Replaces the address on the stack by the element there. */
export function load(code: Code, storage: Storage, type: Register, offset: number): void {
  code.memory(LOAD[storage], offset);
  convert(code, storage === 'u8' ? 'i32' : storage, type);
}

/** Stores the number on the stack, of the register type of the storage, at the address below it. */
export const store = (code: Code, storage: Storage, offset: number): Code =>
  code.memory(STORE[storage], offset);
