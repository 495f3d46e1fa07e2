/**
 * `@hadal/backend-cpu`: the CPU as a device, through WebAssembly SIMD that is written at run time.
 */
import { ArgumentError, createDevice, type Device, DeviceError } from '@hadal/core';
import { CpuBackend } from './backend';
import { enableRelaxedSimd, isAvailable } from './engine';
import { CpuLibrary } from './library/index';
import { LocalExecutor } from './protocol/local-executor';

export { CpuBackend } from './backend';
export { isAvailable } from './engine';

export interface CpuOptions {
  /**
   * Whether to use fused multiply-add where the engine has it. Default true. With `false`, results have the same bits on
   * all engines.
   */
  readonly relaxed?: boolean;
  /** Most bytes of memory that tensors may take. Default and maximum: 4 GiB less two pages. */
  readonly memoryLimitBytes?: number;
}

const ALL_BYTES = 2 ** 32 - 2 * 2 ** 16;

/** The backend itself, for programs that build their own device around it. */
export function cpuBackend({ relaxed = true, memoryLimitBytes = ALL_BYTES }: CpuOptions = {}): CpuBackend {
  if (!(memoryLimitBytes > 0 && memoryLimitBytes <= ALL_BYTES)) {
    throw new ArgumentError(
      'cpu',
      `memoryLimitBytes is ${memoryLimitBytes}; it must be positive and at most ${ALL_BYTES}.`,
    );
  }
  const fused = enableRelaxedSimd() && relaxed;
  const executor = new LocalExecutor((memory) => new CpuLibrary({ memory, relaxed: fused }));
  return new CpuBackend(executor, executor.library, { relaxed: fused, memoryLimitBytes });
}

/**
 * Makes a device of this machine's processor.
 *
 * @throws {DeviceError} where WebAssembly or its SIMD is missing; `isAvailable` tells beforehand
 * @example
 * import { setDevice, tensor } from '@hadal/core';
 * import { cpu } from '@hadal/backend-cpu';
 *
 * setDevice(await cpu());
 * await tensor([1, 2, 3]).exp().print();
 */
export async function cpu(options: CpuOptions = {}): Promise<Device> {
  const available = await isAvailable();
  if (!available.ok) {
    throw new DeviceError('cpu', available.reason, 'The interpreter device of @hadal/core works everywhere.');
  }
  return createDevice(cpuBackend(options));
}
