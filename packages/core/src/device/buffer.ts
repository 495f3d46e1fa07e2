/**
 * A realized value: a range of a backend's memory together with what it holds. The bytes return to the device's pool
 * when the last holder releases them or is collected.
 */
import type { Buf } from '../backend/interface';
import type { DType, Storage } from '../dtype';
import type { Device } from './device';

export interface DeviceBuffer {
  readonly device: Device;
  readonly dtype: DType;
  /** How the elements lie in memory; a bool may be stored as a 32-bit integer. */
  readonly storage: Storage;
  /** Elements held. */
  readonly length: number;
  readonly buf: Buf;
}
