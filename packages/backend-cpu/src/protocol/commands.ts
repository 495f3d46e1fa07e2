/**
 * What the host says to an executor: data only. The host keeps handles, allocates and encodes; an executor owns memory
 * and kernels. It runs in the host's thread, but nothing here needs that: commands can be posted to a worker.
 */
import type { LibraryCall, LoopKernel, Register } from '@hadal/core/backend';

/** A call that the executor's library prepares. */
export interface LibraryRecipe {
  readonly kind: 'library';
  readonly name: string;
  readonly call: LibraryCall;
  readonly scalars: readonly Register[];
}

/** How an executor makes a kernel. */
export type KernelRecipe =
  /** A module whose export `run(begin, end, arguments)` is a loop kernel. */
  | { readonly kind: 'module'; readonly kernel: LoopKernel; readonly bytes: Uint8Array<ArrayBuffer> }
  | LibraryRecipe;

export type Command =
  | { readonly kind: 'prepare'; readonly kernel: number; readonly recipe: KernelRecipe }
  | { readonly kind: 'write'; readonly address: number; readonly bytes: Uint8Array }
  /** A program as `ProgramWriter` encodes it. */
  | { readonly kind: 'run'; readonly program: Int32Array };

/** Carries out commands in the order in which they are submitted. */
export interface Executor {
  /** Bytes at the start of memory that the executor keeps for itself. */
  readonly reservedBytes: number;
  /** Whether its memory is shared, which modules have to say where they import it. */
  readonly isShared: boolean;
  /**
   * Loads code that a recipe needs and none before it did, to be waited for before the recipe is submitted; undefined
   * where nothing is missing.
   */
  load(recipe: LibraryRecipe): Promise<void> | undefined;
  /** Where the thread has other things to do: what to wait for before the next kernel is prepared; undefined to go on. */
  breathe?(): Promise<void> | undefined;
  submit(command: Command): void;
  /** Makes memory reach `end`; returns how far it reaches. */
  grow(end: number, limit: number): number;
  /** Bytes as they are after everything submitted before; the caller's own. */
  read(address: number, bytes: number): Promise<Uint8Array>;
  /** Like `read`, where the executor runs in this thread. */
  readSync?(address: number, bytes: number): Uint8Array;
  /** Resolves when everything submitted before is done. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
