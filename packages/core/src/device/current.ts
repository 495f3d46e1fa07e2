/**
 * The device on which tensors without a device of their own are computed. With none set, core alone still works: it
 * computes on the interpreter and says once how to get a fast backend. The interpreter is only loaded then.
 */
import { DeviceError } from '../errors';
import type { Device } from './device';

let current: Device | undefined;
/** The interpreter that stands in while no device is set. */
let fallback: Device | undefined;

/**
 * Sets the default device.
 *
 * @example
 * setDevice(await cpu());
 */
export function setDevice(device: Device): void {
  current = device;
}

/** The device set, if one was. */
export const deviceIfSet = (): Device | undefined => current;

/** The default device, as far as there is one. */
export const defaultDevice = (): Device | undefined => current ?? fallback;

/**
 * The default device: the one set, or else the interpreter that the first computation without one brought.
 *
 * @throws {DeviceError} when none was set and nothing has been computed yet
 */
export function getDevice(): Device {
  const device = defaultDevice();
  if (device !== undefined) return device;
  throw new DeviceError(
    'getDevice',
    'no device is set.',
    "Call setDevice first, with await cpu() of '@hadal/backend-cpu' or with interpreter().",
  );
}

/** Brings the interpreter where no device is set; to be awaited before the default device is needed. */
export function missingDevice(): Promise<void> | undefined {
  return defaultDevice() === undefined ? loadFallback() : undefined;
}

async function loadFallback(): Promise<void> {
  const { interpreter } = await import('./interpreter');
  if (defaultDevice() !== undefined) return;
  fallback = interpreter();
  console.warn(
    'hadal: no device is set, computing on the reference interpreter, which is exact and slow.\n' +
      "  For speed: import { cpu } from '@hadal/backend-cpu'; setDevice(await cpu());",
  );
}
