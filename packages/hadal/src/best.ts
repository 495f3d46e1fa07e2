/**
 * The choice of a device: the fastest that works, and the reasons why no faster one does.
 */
import { type Device, DeviceError } from '@hadal/core';
import { type Candidate, candidates } from './candidates';

/** A device that knows why it was chosen. */
export type BestDevice = Device & {
  /** One line: how it computes, and why not faster. */
  readonly reason: string;
};

export interface BestOptions {
  /** Say nothing when a faster device is missing (default false). The device's `reason` says it in any case. */
  readonly quiet?: boolean;
}

/**
 * Opens the first candidate that works.
 *
 * @throws {DeviceError} when none does, with all their reasons
 */
export async function choose(among: readonly Candidate[]): Promise<{ device: BestDevice; isFirst: boolean }> {
  const reasons: string[] = [];
  for (const { means, open } of among) {
    const opened = await open();
    if ('reason' in opened) {
      reasons.push(opened.reason);
      continue;
    }
    const isFirst = reasons.length === 0;
    const why = isFirst ? 'the fastest device here.' : `because ${reasons.join(' ')}`;
    return { device: Object.assign(opened.device, { reason: `computing with ${means}, ${why}` }), isFirst };
  }
  throw new DeviceError('best', `nothing can compute here: ${reasons.join(' ')}`);
}

let isNoticed = false;

/**
 * Makes the fastest device that works here: the native addon, where `@hadal/backend-native` is installed and has an addon
 * for this platform; in pages the GPU through WebGPU, where there is one; and WebAssembly elsewhere. Where nothing works, it
 * is the interpreter.
 *
 * When a faster device is missing, it says so on standard error, in one line and once in a process.
 *
 * @returns a device with a `name` (`native`, `webgpu`, `cpu` or `interpreter`) and the `reason` why it is that one
 * @throws {ArgumentError} when a variable of the environment that sets up a device is wrong, such as HADAL_NATIVE_THREADS
 * @example
 * import { best, setDevice, tensor } from 'hadal';
 *
 * const device = await best();
 * console.log(device.name, device.reason);
 * setDevice(device);
 * await tensor([1, 2, 3]).exp().print();
 */
export async function best({ quiet = false }: BestOptions = {}): Promise<BestDevice> {
  const { device, isFirst } = await choose(candidates());
  if (!isFirst && !quiet && !isNoticed) {
    isNoticed = true;
    console.warn(`Hadal: ${device.reason}`);
  }
  return device;
}
