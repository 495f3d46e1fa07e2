/**
 * How shaders name what the run time binds: the words of their uniform (the places of the bindings, the int32 arguments,
 * the scalars) and the bindings of the dispatch.
 */
import type { Storage } from '@hadal/core/backend';

const WORDS_PER_VECTOR = 4;

/** WGSL types of what memory holds. */
export const storageType = (storage: Storage): 'f32' | 'i32' => {
  if (storage === 'f32' || storage === 'i32') return storage;
  throw new RangeError(`WebGPU has no memory of ${storage}`);
};

/** A declaration of the uniform of so many words. */
export const declareArguments = (count: number): string =>
  `@group(0) @binding(0) var<uniform> args: array<vec4<u32>, ${Math.max(1, Math.ceil(count / WORDS_PER_VECTOR))}>;\n`;

/** The same, and a function that reads the word at a position that is only known as it runs. */
export const declareWords = (count: number): string =>
  `${declareArguments(count)}fn word(i: i32) -> i32 { return bitcast<i32>(args[i >> 2][i & 3]); }
`;

/** A declaration of the `position`-th binding of a dispatch. */
export const declareBinding = (position: number, name: string, element: string): string =>
  `@group(0) @binding(${position + 1}) var<storage, read_write> ${name}: array<${element}>;\n`;

/** The bits of a word whose position is known when the shader is made, as u32. */
export const bitsAt = (position: number): string => `args[${position >> 2}][${position & 3}]`;

/** Such a word as an integer. */
export const wordAt = (position: number): string => `bitcast<i32>(${bitsAt(position)})`;

/** 0, 1, … below `count`, for code that is written out. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
