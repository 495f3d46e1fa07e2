/**
 * The device on which tensors without a device of their own are computed. With none set, core alone still works: it
 * computes on the interpreter and says once how to get a fast backend.
 */
import { ArgumentError } from '../errors';
import { version } from '../version';
import { Device } from './device';
import { interpreter } from './interpreter';

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
  if (!(device instanceof Device)) {
    throw new ArgumentError(
      'setDevice',
      `expected a device of this copy of @hadal/core, ${version}.`,
      'Await it: setDevice(await cpu()). `npm ls @hadal/core` shows copies.',
    );
  }
  current = device;
}

/** The device set, if one was. */
export const deviceIfSet = (): Device | undefined => current;

/** The default device, as far as there is one. */
export const defaultDevice = (): Device | undefined => current ?? fallback;

/** The default device: the one set, or else the interpreter. */
export function getDevice(): Device {
  const device = defaultDevice();
  if (device !== undefined) return device;
  console.warn(
    'hadal: no device is set, computing on the reference interpreter, which is exact and slow.\n' +
      "  For speed: import { cpu } from '@hadal/backend-cpu'; setDevice(await cpu());",
  );
  fallback = interpreter();
  return fallback;
}
