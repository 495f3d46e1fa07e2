/**
 * `@hadal/backend-cpu`: the CPU as a device, through WebAssembly SIMD that is written at run time.
 */
import { ArgumentError, createDevice, type Device, DeviceError } from '@hadal/core';
import { CpuBackend, type CpuBackendOptions } from './backend';
import { isAvailable, wantsRelaxedSimd } from './engine';
import { CpuLibrary } from './library/index';
import type { Modules } from './memory/modules';
import { LocalExecutor } from './protocol/local-executor';
import { canUseThreads, cores, isIsolated, isPage } from './runtime';

export { CpuBackend } from './backend';
export { isAvailable } from './engine';
export type { CpuKernel, KernelTensor } from './library/custom/kernel';

export interface CpuOptions {
  /**
   * Whether to use fused multiply-add where the engine has it. Default true. With `false`, or `HADAL_CPU_SIMD=strict` in
   * the environment, results have the same bits on all engines.
   */
  readonly relaxed?: boolean;
  /**
   * Threads that work on a program, the calling one included; those beside it are started after the second program that
   * takes milliseconds. Results have the same bits for any number. Default: the processor's cores, at most 8, or what the
   * environment variable `HADAL_CPU_THREADS` says. 1 where memory cannot be shared with workers. In a page all of them are
   * workers, and the page's own thread only writes programs down; one that is not isolated has one.
   */
  readonly threads?: number;
  /** Most bytes of memory that tensors may take. Default and maximum: 4 GiB less two pages. */
  readonly memoryLimitBytes?: number;
}

const ALL_BYTES = 2 ** 32 - 2 * 2 ** 16;
/** Memory is what more threads would wait for. */
const MOST_DEFAULT_THREADS = 8;
const MOST_THREADS = 64;

/** The number of threads asked for, where there can be threads. */
function threadsOf(options: CpuOptions, canShare: boolean): number {
  const asked = options.threads ?? globalThis.process?.env?.HADAL_CPU_THREADS;
  const threads = Number(asked ?? Math.min(cores(), MOST_DEFAULT_THREADS));
  if (!(threads > 0 && threads <= MOST_THREADS && threads % 1 === 0)) {
    throw new ArgumentError('cpu', `threads is ${asked}; it must be an integer from 1 to ${MOST_THREADS}.`);
  }
  return canShare ? threads : 1;
}

function backendOptions({ relaxed = true, memoryLimitBytes = ALL_BYTES }: CpuOptions): CpuBackendOptions {
  if (!(memoryLimitBytes > 0 && memoryLimitBytes <= ALL_BYTES)) {
    throw new ArgumentError(
      'cpu',
      `memoryLimitBytes is ${memoryLimitBytes}; it must be positive and at most ${ALL_BYTES}.`,
    );
  }
  return { relaxed: wantsRelaxedSimd(relaxed), memoryLimitBytes };
}

/** The backend itself, in this thread and those that help it, for programs that build their own device around it. */
export function cpuBackend(options: CpuOptions = {}): CpuBackend {
  const made = backendOptions(options);
  const threads = threadsOf(options, canUseThreads());
  const { relaxed } = made;
  const executor = new LocalExecutor((modules) => new CpuLibrary({ modules, relaxed, threads }), threads);
  return new CpuBackend(executor, executor.library, made);
}

/** The backend of a page, whose programs run in workers; in the page's thread where it may not make any. */
async function pageBackend(options: CpuOptions): Promise<CpuBackend> {
  const made = backendOptions(options);
  const isShared = isIsolated();
  const threads = threadsOf(options, isShared);
  try {
    const { PageExecutor } = await import('./on-demand');
    const { relaxed } = made;
    const library = (modules: Modules) => new CpuLibrary({ modules, relaxed, threads, isRemote: true });
    const executor = new PageExecutor(library, isShared, threads);
    await executor.ready;
    return new CpuBackend(executor, executor.library, made);
  } catch {
    return cpuBackend(options);
  }
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
  return createDevice(isPage() ? await pageBackend(options) : cpuBackend(options));
}
