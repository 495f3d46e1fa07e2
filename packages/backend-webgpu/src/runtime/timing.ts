/**
 * How long a dispatch takes on the GPU: the timestamps at the beginning and the end of a pass of its own. Nothing of it
 * exists until somebody measures.
 */
import { BUFFER, QUERY_RESOLVE } from './flags';
import type { Staging } from './staging';

/** When the pass begins, and when it ends. */
const STAMPS = 2;
/** A timestamp is a number of 64 bits. */
const STAMPS_BYTES = STAMPS * BigUint64Array.BYTES_PER_ELEMENT;
const NANOSECONDS_PER_MS = 1e6;

export class Timing {
  /** Where the pass that is measured writes. */
  readonly writes: GPUComputePassTimestampWrites;
  readonly #device: GPUDevice;
  readonly #staging: Staging;
  readonly #queries: GPUQuerySet;
  readonly #stamps: GPUBuffer;

  /** @param device one with the feature `timestamp-query` */
  constructor(device: GPUDevice, staging: Staging) {
    this.#device = device;
    this.#staging = staging;
    this.#queries = device.createQuerySet({ label: 'timestamps', type: 'timestamp', count: STAMPS });
    this.#stamps = device.createBuffer({
      label: 'timestamps',
      size: STAMPS_BYTES,
      usage: QUERY_RESOLVE | BUFFER.copySource,
    });
    this.writes = { querySet: this.#queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
  }

  /** Milliseconds of the pass that was submitted last, once it is over. */
  async read(): Promise<number> {
    const encoder = this.#device.createCommandEncoder({ label: 'timestamps' });
    encoder.resolveQuerySet(this.#queries, 0, STAMPS, this.#stamps, 0);
    this.#device.queue.submit([encoder.finish()]);
    const bytes = await this.#staging.read(this.#stamps, 0, STAMPS_BYTES);
    const [begin = 0n, end = 0n] = new BigUint64Array(bytes.buffer, bytes.byteOffset, STAMPS);
    // Browsers round both, and drivers may set their clock back.
    return Math.max(0, Number(end - begin)) / NANOSECONDS_PER_MS;
  }

  close(): void {
    this.#queries.destroy();
    this.#stamps.destroy();
  }
}
