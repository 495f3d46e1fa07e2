/**
 * One WebAssembly memory. Growing it detaches every view of its bytes, so views are asked for anew at each use.
 */

/** Bytes of a page, the unit in which memory grows. */
export const PAGE_BYTES = 65536;
/** What 32-bit addresses reach. */
export const MAXIMUM_BYTES = 2 ** 32;
/** Memory grows by at least this much, or by a quarter. */
const SMALLEST_GROWTH_BYTES = 2 ** 24;

export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  #bytesView = new Uint8Array();
  #wordsView = new Int32Array();

  /** @param isShared whether other threads are going to see it */
  constructor(initialBytes: number, isShared: boolean) {
    this.memory = new WebAssembly.Memory({
      initial: Math.ceil(initialBytes / PAGE_BYTES),
      maximum: MAXIMUM_BYTES / PAGE_BYTES,
      shared: isShared,
    });
  }

  /** Everything, as bytes; valid until memory grows. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const { buffer } = this.memory;
    if (this.#bytesView.buffer !== buffer) this.#bytesView = new Uint8Array(buffer);
    return this.#bytesView;
  }

  /** Everything, as int32 words; valid until memory grows. */
  get words(): Int32Array<ArrayBuffer> {
    const { buffer } = this.memory;
    if (this.#wordsView.buffer !== buffer) this.#wordsView = new Int32Array(buffer);
    return this.#wordsView;
  }

  /** Makes memory reach to `end` and somewhat further; returns how far it reaches. */
  reach(end: number, limit: number): number {
    const now = this.memory.buffer.byteLength;
    if (end <= now) return now;
    const generous = Math.min(limit, now + Math.max(SMALLEST_GROWTH_BYTES, now / 4));
    for (const target of [Math.max(end, generous), end]) {
      try {
        this.memory.grow(Math.ceil((target - now) / PAGE_BYTES));
        return this.memory.buffer.byteLength;
      } catch (error) {
        // Only the refusal to grow is expected; the exact size is tried before giving up.
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return now;
  }
}
