/** Kernels as executors keep them, by their numbers in programs. */
import type { LibraryCall, LoopKernel, Register } from '@hadal/core/backend';
import { type DoubleFunctions, ENTRY, hasDoubles } from '../emit/index';
import type { LibraryExecutable } from '../library/index';
import type { Modules } from '../memory/modules';
import type { KernelRecipe } from './commands';

/** Makes executables of library calls over a memory. */
export interface ExecutorLibrary {
  /** What the call needs before it can be prepared; undefined where nothing is missing. */
  load(call: LibraryCall): Promise<void> | undefined;
  prepare(call: LibraryCall): LibraryExecutable;
}

type Entry = (begin: number, end: number, argumentsAt: number) => void;
type Exports = Readonly<Record<typeof ENTRY, Entry>>;

export type Kernel =
  | { readonly kind: 'module'; readonly entry: Entry; readonly kernel: LoopKernel }
  | {
      readonly kind: 'library';
      readonly executable: LibraryExecutable;
      readonly scalars: readonly Register[];
    };

/**
 * Makes the kernel of a recipe, whose code is there.
 *
 * @param functions that kernels in float64 call
 */
export function kernelOf(
  recipe: KernelRecipe,
  library: ExecutorLibrary,
  modules: Modules,
  functions: DoubleFunctions | undefined,
): Kernel {
  if (recipe.kind === 'library') {
    return { kind: 'library', executable: library.prepare(recipe.call), scalars: recipe.scalars };
  }
  const { kernel, bytes } = recipe;
  const exports = modules.load<Exports>(bytes, hasDoubles(kernel) ? functions : undefined);
  return { kind: 'module', entry: exports[ENTRY], kernel };
}
