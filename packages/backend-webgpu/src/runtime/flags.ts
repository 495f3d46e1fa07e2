/** Flags of WebGPU by their values in its specification: Node has no globals with their names. */

export const BUFFER = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;
export const QUERY_RESOLVE = 0x200;
export const MAP_READ = 0x1;
export const COMPUTE_STAGE = 0x4;
