/**
 * `@hadal/backend-webgpu`: any GPU as a device, through WebGPU.
 */
import { ArgumentError, createDevice, type Device, DeviceError } from '@hadal/core';
import type { Availability } from '@hadal/core/backend';
import { WebGpuBackend } from './backend';
import { type AdapterOptions, findAdapter, openDevice } from './runtime/adapter';

export { WebGpuBackend } from './backend';
export type { Shader, ShaderPass } from './shader';

export interface WebGpuOptions extends AdapterOptions {
  /** The adapter to use. Default: the one that WebGPU offers. */
  readonly adapter?: GPUAdapter;
  /** A device that exists already, and goes on when Hadal's is closed. Default: one with all that the adapter offers. */
  readonly device?: GPUDevice;
  /** Most bytes of memory that tensors may take. Default: no limit but the GPU's own. */
  readonly memoryLimitBytes?: number;
  /**
   * Whether to measure how products and convolutions are best dealt out on this adapter, once for each size, which takes
   * a second or so when a graph with a new size is planned. It is remembered: on disk in Node (in the user's cache), in
   * IndexedDB in pages. Results are the same. Default false: rules of thumb.
   */
  readonly measuresTiles?: boolean;
}

const ADVICE = 'The CPU backend, @hadal/backend-cpu, works everywhere.';

async function deviceOf(options: WebGpuOptions): Promise<GPUDevice> {
  if (options.device !== undefined) return options.device;
  if (options.adapter !== undefined) return openDevice(options.adapter);
  const adapter = await findAdapter(options);
  if ('reason' in adapter) throw new DeviceError('webgpu', adapter.reason, ADVICE);
  return openDevice(adapter.found);
}

/** Whether WebGPU can be used here, and if not, why. Never throws. */
export async function isAvailable(options: AdapterOptions = {}): Promise<Availability> {
  const adapter = await findAdapter(options);
  return 'reason' in adapter ? { ok: false, reason: adapter.reason } : { ok: true };
}

/**
 * The backend itself, for programs that build their own device around it.
 *
 * @throws {DeviceError} where there is no adapter; `isAvailable` tells beforehand
 * @throws {ArgumentError} when `memoryLimitBytes` is not positive
 */
export async function webgpuBackend(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const { memoryLimitBytes = Number.POSITIVE_INFINITY, measuresTiles = false } = options;
  if (!(memoryLimitBytes > 0)) {
    throw new ArgumentError('webgpu', `memoryLimitBytes is ${memoryLimitBytes}; it must be positive.`);
  }
  const ownsDevice = options.device === undefined;
  const device = await deviceOf(options);
  const makeTuning = measuresTiles ? await (await import('./tuned')).tuningOf(device.adapterInfo) : undefined;
  return new WebGpuBackend(device, { memoryLimitBytes, ownsDevice, ...(makeTuning && { makeTuning }) });
}

/**
 * Makes a device of a GPU: in pages of the browser's, in Node through the package `webgpu`.
 *
 * @throws {DeviceError} where there is no adapter; `isAvailable` tells beforehand
 * @throws {ArgumentError} when `memoryLimitBytes` is not positive
 * @example
 * import { setDevice, tensor } from '@hadal/core';
 * import { isAvailable, webgpu } from '@hadal/backend-webgpu';
 *
 * if ((await isAvailable()).ok) setDevice(await webgpu());
 * await tensor([1, 2, 3]).exp().print();
 */
export async function webgpu(options: WebGpuOptions = {}): Promise<Device> {
  return createDevice(await webgpuBackend(options));
}
