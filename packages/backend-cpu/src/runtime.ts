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

/** The value of an environment variable, where there are such things. */
export const environment = (name: string): string | undefined => globalThis.process?.env?.[name];

/** Whether memory can be shared with workers here, and this thread may wait for them. */
export function canUseThreads(): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false;
  if (typeof Worker !== 'function' && builtin('node:worker_threads') === undefined) return false;
  try {
    // The main thread of a page may not wait, and pages that are not isolated may not share.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/** Threads that can run at once. */
export const cores = (): number =>
  builtin<{ availableParallelism?(): number }>('node:os')?.availableParallelism?.() ??
  globalThis.navigator?.hardwareConcurrency ??
  1;
