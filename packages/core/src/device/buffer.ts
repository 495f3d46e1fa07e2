/**
 * A realized value: a range of a backend's memory together with what it holds.
 *
 * Nobody disposes buffers in user code. A buffer returns its memory to the device's pool when it is released, or when
 * the last graph node that names it has been collected.
 */
import type { Buf } from '../backend/interface';
import type { DType, Storage } from '../dtype';
import type { Device } from './device';

export class DeviceBuffer {
  /** Why the contents could not be computed; whoever reads them gets this error. */
  fault: Error | undefined = undefined;
  #released = false;

  /**
   * @param storage how the elements lie in memory; a bool may be stored as a 32-bit integer
   * @param length  elements held
   */
  constructor(
    readonly device: Device,
    readonly dtype: DType,
    readonly storage: Storage,
    readonly length: number,
    readonly buf: Buf,
  ) {}

  get released(): boolean {
    return this.#released;
  }

  /** Marks the memory as returned; the device's pool does the rest. */
  markReleased(): void {
    this.#released = true;
  }
}
