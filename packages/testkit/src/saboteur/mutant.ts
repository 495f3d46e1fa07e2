/**
 * A mutant: one thing broken in an otherwise good backend.
 */
import type { Dispatch, LoopKernel } from '@hadal/core/backend';

export interface Mutant {
  readonly name: string;
  /** Breaks kernels on their way to `prepare`; one with nothing to break is returned as it is. */
  readonly mutate?: (kernel: LoopKernel) => LoopKernel;
  /** Breaks programs on their way to `run`; called once per backend. */
  readonly run?: () => (program: readonly Dispatch[]) => readonly Dispatch[];
}
