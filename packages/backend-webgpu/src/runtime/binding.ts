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

/** A part of a buffer as bind groups take it. */
interface Placed extends GPUBufferBinding {
  readonly offset: number;
  readonly size: number;
  readonly isWritten: boolean;
}

const overlap = (a: Placed, b: Placed): boolean =>
  a.buffer === b.buffer && a.offset < b.offset + b.size && b.offset < a.offset + a.size;

export interface Resources {
  readonly places: readonly Placed[];
  readonly readOnly: ReadOnly;
  readonly copies: readonly ScratchCopy[];
}

/** Memory that bindings need beside what they name. */
export interface Spare {
  /** At least so many bytes of scratch memory. */
  scratch(bytes: number): GpuBuf;
  /** Memory to bind where a range has no bytes: its i-th `ALIGNMENT_BYTES` for the i-th binding. */
  readonly empty: GPUBuffer;
}

const NO_COPIES: readonly ScratchCopy[] = [];

/** Where the bindings of a dispatch lie, so that WebGPU allows them together. */
export function resolve(kernel: GpuKernel, ranges: readonly Range[], most: number, spare: Spare): Resources {
  const { access, name } = kernel.shader;
  const places = ranges.map(({ buf, offset, bytes }, index): Placed => {
    const isWritten = access[index] === 'write';
    if (bytes === 0) {
      return { buffer: spare.empty, offset: index * ALIGNMENT_BYTES, size: VECTOR_BYTES, isWritten };
    }
    if (bytes > most) {
      throw new DeviceError(
        'webgpu',
        `"${name}" binds ${bytes} bytes, over the ${most} that this adapter lets a kernel see of one buffer.`,
        'Split the tensor along an axis, or use smaller batches.',
      );
    }
    const rest = offset % ALIGNMENT_BYTES;
    const size = roundUp(rest + bytes, VECTOR_BYTES);
    return { buffer: buf.buffer, offset: offset - rest, size, isWritten };
  });
  return hasOverlap(places) ? separated(places, ranges, spare) : { places, readOnly: 0, copies: NO_COPIES };
}

/** Whether something is read where another binding lies. Every first dispatch asks, so that it allocates nothing. */
function hasOverlap(places: readonly Placed[]): boolean {
  for (let i = 0; i < places.length; i++) {
    const place = places[i];
    if (place === undefined || place.isWritten) continue;
    for (let j = 0; j < places.length; j++) {
      const other = places[j];
      if (j !== i && other !== undefined && overlap(place, other)) return true;
    }
  }
  return false;
}

/** The same for ranges that overlap: read only, or copied aside. */
function separated(places: readonly Placed[], ranges: readonly Range[], spare: Spare): Resources {
  /** Where a binding lies in scratch memory that is copied there. */
  const moved = new Map<number, number>();
  let readOnly: ReadOnly = 0;
  let scratchBytes = 0;
  places.forEach((place, index) => {
    if (place.isWritten || !places.some((other, at) => at !== index && overlap(place, other))) return;
    if (!places.some(({ buffer, isWritten }) => isWritten && buffer === place.buffer)) {
      places.forEach(({ buffer }, at) => {
        if (buffer === place.buffer) readOnly |= 1 << at;
      });
      return;
    }
    moved.set(index, scratchBytes);
    scratchBytes = roundUp(scratchBytes + place.size, ALIGNMENT_BYTES);
  });
  if (moved.size === 0) return { places, readOnly, copies: NO_COPIES };
  const scratch = spare.scratch(scratchBytes);
  const copies = ranges.flatMap((range, index): ScratchCopy[] => {
    const start = moved.get(index);
    if (start === undefined) return [];
    const offset = start + (range.offset % ALIGNMENT_BYTES);
    return [{ from: range, to: { buf: scratch, offset, bytes: range.bytes } }];
  });
  const kept = places.map((place, index): Placed => {
    const offset = moved.get(index);
    return offset === undefined ? place : { ...place, buffer: scratch.buffer, offset };
  });
  return { places: kept, readOnly, copies };
}
