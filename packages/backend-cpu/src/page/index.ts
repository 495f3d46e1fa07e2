/** The backend of a page, loaded with the first device that is made in one. */
import { CpuBackend, type CpuBackendOptions } from '../backend';
import { CpuLibrary } from '../library/index';
import { PageExecutor } from './executor';

/**
 * @param threads that work on a program; 1 where the page is not isolated
 * @throws {DeviceError} where the page may not make workers
 */
export async function startPageBackend(
  options: CpuBackendOptions,
  isShared: boolean,
  threads: number,
): Promise<CpuBackend> {
  const { relaxed } = options;
  const executor = new PageExecutor(
    (modules) => new CpuLibrary({ modules, relaxed, threads, isRemote: true }),
    isShared,
    threads,
  );
  await executor.ready;
  return new CpuBackend(executor, executor.library, options);
}
