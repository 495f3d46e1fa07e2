/**
 * What this runtime is. Modules of Node are asked for by name, so that bundles for browsers import nothing of it.
 */

/** A module that is built into Node, or into a runtime that imitates it; undefined elsewhere. */
export function builtin<T>(name: string): T | undefined {
  const load = globalThis.process?.getBuiltinModule;
  try {
    return load?.call(globalThis.process, name) as T | undefined;
  } catch {
    // Runtimes that imitate Node may lack the module.
    return undefined;
  }
}

/** Whether memory can be shared with workers here, and this thread may wait for them. */
export function canUseThreads(): boolean {
  try {
    // Pages that are not isolated have no such arrays, and the main thread of a page may not wait.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/** Whether this is the main thread of a page, which may not wait and is not to be kept busy. */
export const isPage = (): boolean =>
  typeof document === 'object' &&
  typeof Worker === 'function' &&
  builtin('node:worker_threads') === undefined;

/** Whether a page may share memory with its workers. */
export const isIsolated = (): boolean => globalThis.crossOriginIsolated === true;

/** Threads that can run at once. */
export const cores = (): number =>
  builtin<{ availableParallelism?(): number }>('node:os')?.availableParallelism?.() ??
  globalThis.navigator?.hardwareConcurrency ??
  1;
