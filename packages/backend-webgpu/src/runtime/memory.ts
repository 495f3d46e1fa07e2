/**
 * Buffers of the GPU under a budget. What is freed goes back to the driver; core keeps ranges that it will want again.
 */
import { DeviceError } from '@hadal/core';
import type { Buf } from '@hadal/core/backend';
import { BUFFER } from './flags';

/** So that arrays of vectors can be bound: a binding holds whole elements of its type. */
export const VECTOR_BYTES = 16;

/** Elements of all storages have four bytes, as have what WebGPU copies. */
const WORD_BYTES = 4;

export class GpuBuf implements Buf {
  isFree = false;

  constructor(
    readonly bytes: number,
    readonly buffer: GPUBuffer,
    readonly owner: GpuMemory,
    /** Tells bindings apart. */
    readonly id: number,
  ) {}
}

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

const format = (value: number): string => value.toLocaleString('en-US');

export class GpuMemory {
  readonly #device: GPUDevice;
  readonly #limitBytes: number;
  /** Most bytes of a buffer. Asking a device for its limits makes an object each time. */
  readonly #mostBytes: number;
  readonly #live = new Set<GpuBuf>();
  #usedBytes = 0;
  #made = 0;

  constructor(device: GPUDevice, limitBytes: number) {
    this.#device = device;
    this.#limitBytes = limitBytes;
    this.#mostBytes = device.limits.maxBufferSize;
  }

  /** Bytes in use by buffers. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @throws {DeviceError} when the budget or what one buffer may take is exceeded */
  alloc(bytes: number): GpuBuf {
    const size = Math.max(roundUp(bytes, VECTOR_BYTES), VECTOR_BYTES);
    if (size > this.#mostBytes) {
      throw new DeviceError(
        'webgpu',
        `a buffer of ${format(bytes)} bytes is over the ${format(this.#mostBytes)} that this adapter allows.`,
        'Use smaller batches.',
      );
    }
    if (this.#usedBytes + size > this.#limitBytes) {
      throw new DeviceError(
        'webgpu',
        `no room for ${format(bytes)} bytes: ${format(this.#usedBytes)} of ${format(this.#limitBytes)} are in use.`,
        'Use smaller batches, drop tensors that are no longer needed, or raise memoryLimitBytes.',
      );
    }
    const usage = BUFFER.storage | BUFFER.copySource | BUFFER.copyTarget;
    const buffer = this.#device.createBuffer({ label: `memory of ${format(bytes)} bytes`, size, usage });
    const buf = new GpuBuf(bytes, buffer, this, this.#made++);
    this.#live.add(buf);
    this.#usedBytes += size;
    return buf;
  }

  free(buf: Buf): void {
    const known = this.own('free', buf, 0, 0);
    known.isFree = true;
    this.#live.delete(known);
    this.#usedBytes -= known.buffer.size;
    known.buffer.destroy();
  }

  /**
   * The buffer behind a handle, if a range lies within it.
   *
   * @throws {DeviceError} when it is not this memory's, was freed, or is shorter
   */
  own(where: string, buf: Buf, at: number, bytes: number): GpuBuf {
    if (!(buf instanceof GpuBuf) || buf.owner !== this) {
      throw new DeviceError('webgpu', `${where} was given a buffer of another backend.`);
    }
    if (buf.isFree) throw new DeviceError('webgpu', `${where} was given a buffer that was freed.`);
    if (at < 0 || at + bytes > buf.bytes) {
      throw new DeviceError(
        'webgpu',
        `${where} was given bytes ${at} to ${at + bytes} of a buffer of ${buf.bytes} bytes.`,
      );
    }
    if (at % WORD_BYTES !== 0 || bytes % WORD_BYTES !== 0) {
      throw new DeviceError(
        'webgpu',
        `${where} was given bytes ${at} to ${at + bytes}; WebGPU moves whole words of ${WORD_BYTES} bytes.`,
      );
    }
    return buf;
  }

  close(): void {
    for (const buf of [...this.#live]) this.free(buf);
  }
}
