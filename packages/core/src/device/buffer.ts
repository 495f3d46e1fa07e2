/**
 * A realized value: a range of a backend's memory together with what it holds.
 *
 * Nobody disposes buffers in user code. A buffer returns its memory to the device's pool when it is released, or when
 * the last graph node that names it has been collected. Buffers may share memory, which is returned with the last one.
 */
import type { Buf } from '../backend/interface';
import type { DType, Storage } from '../dtype';
import { ArgumentError } from '../errors';
import type { Device } from './device';

/** A range of memory that is lent to one buffer, which knows it and may be collected before it. */
export interface Loan {
  readonly buf: Buf;
  /** Whether the memory has been returned, or will be when its turn in the queue comes. */
  isReturned: boolean;
}

export class DeviceBuffer {
  /** Why the contents could not be computed; whoever reads them gets this error. */
  fault: Error | undefined = undefined;
  /** What happened to the tensor, where the contents are no longer there. */
  gone: string | undefined = undefined;
  /** Whether it is or was the value of a variable, which others may have read: only the collector lets go of it. */
  owned = false;

  /**
   * @param storage how the elements lie in memory; a bool may be stored as a 32-bit integer
   * @param length  elements held
   */
  constructor(
    readonly device: Device,
    readonly dtype: DType,
    readonly storage: Storage,
    readonly length: number,
    readonly loan: Loan,
  ) {}

  get buf(): Buf {
    return this.loan.buf;
  }

  get released(): boolean {
    return this.loan.isReturned;
  }

  /** @throws {Error} why there is nothing to read */
  check(): void {
    if (this.gone !== undefined) {
      throw new ArgumentError('data', `this tensor was ${this.gone}, its values are gone.`);
    }
    if (this.fault !== undefined) throw this.fault;
  }
}
