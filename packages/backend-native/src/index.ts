/**
 * `@hadal/backend-native`: the processor as a device, through an addon in C++.
 */
import { totalmem } from 'node:os';
import { ArgumentError, createDevice, type Device, DeviceError } from '@hadal/core';
import { findAddon } from './addon';
import { NativeBackend } from './backend';
import { AddonLibrary } from './library/index';

export { isAvailable } from './addon';
export { NativeBackend } from './backend';

export interface NativeOptions {
  /**
   * Most threads that compute at once. Default: HADAL_NATIVE_THREADS, or the cores that this process may use. Results
   * do not depend on it.
   */
  readonly threads?: number;
  /** Most bytes of memory that tensors may take. Default: the memory of the machine. */
  readonly memoryLimitBytes?: number;
}

function threadsOf({ threads }: NativeOptions, availableCores: number): number {
  const named = process.env.HADAL_NATIVE_THREADS;
  const given = threads ?? (named === undefined || named === '' ? availableCores : Number(named));
  if (!Number.isInteger(given) || given < 1 || given > MOST_THREADS) {
    const what = threads === undefined ? `HADAL_NATIVE_THREADS is ${named}` : `threads is ${given}`;
    throw new ArgumentError('native', `${what}; it must be an integer from 1 to ${MOST_THREADS}.`);
  }
  return given;
}

/** Threads beyond this are a mistake in a number. */
const MOST_THREADS = 1024;

/**
 * The backend itself, for programs that build their own device around it.
 *
 * @throws {DeviceError} where there is no addon for this platform; `isAvailable` tells beforehand
 */
export function nativeBackend(options: NativeOptions = {}): NativeBackend {
  const { memoryLimitBytes = totalmem() } = options;
  if (!(memoryLimitBytes > 0)) {
    throw new ArgumentError('native', `memoryLimitBytes is ${memoryLimitBytes}; it must be positive.`);
  }
  const found = findAddon();
  if ('reason' in found) {
    throw new DeviceError('native', found.reason, 'The CPU backend, @hadal/backend-cpu, needs no addon.');
  }
  const { NativeDevice, availableCores } = found.addon;
  const device = new NativeDevice(threadsOf(options, availableCores), memoryLimitBytes);
  return new NativeBackend(device, new AddonLibrary(), { memoryLimitBytes });
}

/**
 * Makes a device of this machine's processor, with kernels in its own instructions.
 *
 * @throws {DeviceError} where there is no addon for this platform; `isAvailable` tells beforehand
 * @example
 * import { setDevice, tensor } from '@hadal/core';
 * import { isAvailable, native } from '@hadal/backend-native';
 *
 * if ((await isAvailable()).ok) setDevice(await native({ threads: 2 }));
 * await tensor([1, 2, 3]).exp().print();
 */
export async function native(options: NativeOptions = {}): Promise<Device> {
  return createDevice(nativeBackend(options));
}
