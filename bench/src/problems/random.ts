/** Seeded arrays: the same numbers for every contestant, and in every run. */
import type { Block } from '../../peers/protocol.mjs';

/** A small deterministic generator (mulberry32): uniform numbers in [0, 1). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export function block(shape: readonly number[], value: () => number): Block {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = value();
  return { shape: [...shape], data };
}

/** Values in [-limit, limit). */
export const symmetric = (shape: readonly number[], next: () => number, limit = 1): Block =>
  block(shape, () => (next() * 2 - 1) * limit);

/** Flat positions of an array of this size, in no order; some may be named twice. */
export const probesOf = (size: number, next: () => number, count = 256): number[] =>
  Array.from({ length: count }, () => Math.floor(next() * size));
