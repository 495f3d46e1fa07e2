/**
 * From the ranges of a dispatch to a bind group.
 *
 * WebGPU forbids that a dispatch binds ranges of one buffer both for reading and for writing, and that two ranges that may
 * be written overlap. So all bindings are declared as written, unless ranges overlap: in a buffer that the dispatch only
 * reads they are declared as read; in one that it also writes, what it reads there is copied to scratch memory first.
 */
import { DeviceError } from '@hadal/core';
import type { GpuKernel, Range, ScratchCopy } from './kernel';
import { type GpuBuf, roundUp, VECTOR_BYTES } from './memory';
import type { ReadOnly } from './pipelines';

/** Ranges begin at multiples of this. WebGPU guarantees that a device needs no more. */
export const ALIGNMENT_BYTES = 256;

/** A part of a buffer as bind groups take it; written anew for each, since WebGPU copies what it is given. */
export interface Place extends GPUBufferBinding {
  buffer: GPUBuffer;
  offset: number;
  size: number;
}

const overlap = (a: Place, b: Place): boolean =>
  a.buffer === b.buffer && a.offset < b.offset + b.size && b.offset < a.offset + a.size;

/** What keeps the bindings of a dispatch apart. */
export interface Separation {
  readonly readOnly: ReadOnly;
  readonly copies: readonly ScratchCopy[];
}

const NOTHING: Separation = { readOnly: 0, copies: [] };

/** Memory that bindings need beside what they name. */
export interface Spare {
  /** At least so many bytes of scratch memory. */
  scratch(bytes: number): GpuBuf;
  /** Memory to bind where a range has no bytes: its i-th `ALIGNMENT_BYTES` for the i-th binding. */
  readonly empty: GPUBuffer;
}

/**
 * Writes to `places` where the bindings of a dispatch lie, so that WebGPU allows them together. What has no overlaps
 * allocates nothing.
 *
 * @throws {DeviceError} when a range has more than `most` bytes
 */
export function resolve(
  kernel: GpuKernel,
  ranges: readonly Range[],
  places: readonly Place[],
  most: number,
  spare: Spare,
): Separation {
  for (let index = 0; index < ranges.length; index++) {
    const range = ranges[index];
    const place = places[index];
    if (range === undefined || place === undefined) continue;
    const { buf, offset, bytes } = range;
    if (bytes > most) {
      throw new DeviceError(
        'webgpu',
        `"${kernel.name}" binds ${bytes} bytes, over the ${most} that this adapter lets a kernel see of one buffer.`,
        'Split the tensor along an axis, or use smaller batches.',
      );
    }
    const rest = offset % ALIGNMENT_BYTES;
    const isEmpty = bytes === 0;
    place.buffer = isEmpty ? spare.empty : buf.buffer;
    place.offset = isEmpty ? index * ALIGNMENT_BYTES : offset - rest;
    place.size = isEmpty ? VECTOR_BYTES : roundUp(rest + bytes, VECTOR_BYTES);
  }
  return hasOverlap(kernel, places) ? separated(kernel, ranges, places, spare) : NOTHING;
}

const isWritten = ({ shader }: GpuKernel, index: number): boolean => shader.access[index] === 'write';

/** Whether something is read where another binding lies. */
function hasOverlap(kernel: GpuKernel, places: readonly Place[]): boolean {
  for (let i = 0; i < places.length; i++) {
    const place = places[i];
    if (place === undefined || isWritten(kernel, i)) continue;
    for (let j = 0; j < places.length; j++) {
      const other = places[j];
      if (j !== i && other !== undefined && overlap(place, other)) return true;
    }
  }
  return false;
}

/** Has ranges that overlap declared as read, or copied aside, of which `places` then tell. */
function separated(
  kernel: GpuKernel,
  ranges: readonly Range[],
  places: readonly Place[],
  spare: Spare,
): Separation {
  /** Where a binding lies in scratch memory that is copied there. */
  const moved = new Map<number, number>();
  let readOnly: ReadOnly = 0;
  let scratchBytes = 0;
  places.forEach((place, index) => {
    if (isWritten(kernel, index) || !places.some((other, at) => at !== index && overlap(place, other)))
      return;
    if (!places.some(({ buffer }, at) => isWritten(kernel, at) && buffer === place.buffer)) {
      places.forEach(({ buffer }, at) => {
        if (buffer === place.buffer) readOnly |= 1 << at;
      });
      return;
    }
    moved.set(index, scratchBytes);
    scratchBytes = roundUp(scratchBytes + place.size, ALIGNMENT_BYTES);
  });
  if (moved.size === 0) return { readOnly, copies: [] };
  const scratch = spare.scratch(scratchBytes);
  const copies = ranges.flatMap((range, index): ScratchCopy[] => {
    const start = moved.get(index);
    if (start === undefined) return [];
    const offset = start + (range.offset % ALIGNMENT_BYTES);
    return [{ from: range, to: { buf: scratch, offset, bytes: range.bytes } }];
  });
  places.forEach((place, index) => {
    const offset = moved.get(index);
    if (offset === undefined) return;
    place.buffer = scratch.buffer;
    place.offset = offset;
  });
  return { readOnly, copies };
}
