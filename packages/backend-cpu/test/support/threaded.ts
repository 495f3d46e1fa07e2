/** Backends whose threads are there, and take part in everything, however small. */
import { createDevice, type Device } from '@hadal/core';
import { CpuBackend } from '../../src/backend';
import { wantsRelaxedSimd } from '../../src/engine';
import { CpuLibrary } from '../../src/library/index';
import { LocalExecutor } from '../../src/protocol/local-executor';
import type { Grain } from '../../src/threads/cost';

/** Everything is dealt out, in pieces as small as they can be. */
export const FINEST = { program: 0, kernel: 0, task: 1 };

export async function threadedBackend(threads: number, grain: Grain = FINEST): Promise<CpuBackend> {
  const relaxed = wantsRelaxedSimd(true);
  const executor = new LocalExecutor(
    (modules) => new CpuLibrary({ modules, relaxed, threads }),
    threads,
    grain,
  );
  const backend = new CpuBackend(executor, executor.library, { relaxed, memoryLimitBytes: 2 ** 31 });
  if (threads > 1) {
    const team = await executor.startThreads();
    while (team.threads < threads) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return backend;
}

export const threadedDevice = async (threads: number): Promise<Device> =>
  createDevice(await threadedBackend(threads));
