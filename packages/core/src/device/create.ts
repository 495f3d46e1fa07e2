/** Devices of backends. */
import type { Backend } from '../backend/interface';
import { plannerOf } from '../plan/planner';
import { Device, type DeviceOptions, requireApiVersion } from './device';

/**
 * A device that computes on `backend`.
 *
 * @throws {DeviceError} when the backend was made for another version of the interface
 * @example
 * setDevice(createDevice(new MyBackend()));
 */
export function createDevice(backend: Backend, options: DeviceOptions = {}): Device {
  requireApiVersion(backend);
  const device = new Device(backend, (each) => plannerOf(backend, each, options.cacheBytes), options);
  backend.onLost?.((reason) => device.reportLost(reason));
  return device;
}
