/**
 * How bytes come back: copied to a buffer that the host can map, which is kept for the next read of about that size.
 */
import { BUFFER, MAP_READ } from './flags';
import { VECTOR_BYTES } from './memory';

/** Mappable bytes that are kept while nobody reads; more are given back to the driver. */
const MOST_KEPT_BYTES = 32 * 2 ** 20;
/** The smallest buffer that is made for reading: most reads are of a loss or a metric. */
const LEAST_BYTES = 1024;

export class Staging {
  readonly #device: GPUDevice;
  readonly #kept: GPUBuffer[] = [];
  #keptBytes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Copies a range after all that has been submitted; rejects when the device is lost meanwhile. */
  async read(source: GPUBuffer, at: number, bytes: number): Promise<Uint8Array> {
    const staging = this.#take(bytes);
    const encoder = this.#device.createCommandEncoder({ label: 'read' });
    encoder.copyBufferToBuffer(source, at, staging, 0, bytes);
    this.#device.queue.submit([encoder.finish()]);
    await staging.mapAsync(MAP_READ, 0, bytes);
    const result = new Uint8Array(staging.getMappedRange(0, bytes)).slice();
    staging.unmap();
    this.#give(staging);
    return result;
  }

  close(): void {
    for (const buffer of this.#kept) buffer.destroy();
    this.#kept.length = 0;
    this.#keptBytes = 0;
  }

  #take(bytes: number): GPUBuffer {
    const index = this.#kept.findIndex(
      ({ size }) => size >= bytes && size <= Math.max(2 * bytes, LEAST_BYTES),
    );
    const [found] = index < 0 ? [] : this.#kept.splice(index, 1);
    if (found !== undefined) {
      this.#keptBytes -= found.size;
      return found;
    }
    const size = Math.max(LEAST_BYTES, Math.ceil(bytes / VECTOR_BYTES) * VECTOR_BYTES);
    const usage = BUFFER.mapRead | BUFFER.copyTarget;
    return this.#device.createBuffer({ label: `reading of ${bytes} bytes`, size, usage });
  }

  #give(buffer: GPUBuffer): void {
    if (this.#keptBytes + buffer.size > MOST_KEPT_BYTES) {
      buffer.destroy();
      return;
    }
    this.#kept.push(buffer);
    this.#keptBytes += buffer.size;
  }
}
