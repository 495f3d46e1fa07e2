/** What must be loaded before code can be written for a kernel. */
import type { LoopKernel } from '@hadal/core/backend';
import { hasDoubles, loadDoubles } from './doubles';
import { loadRare } from './rare';
import { hasSmallLoops, loadUnroller } from './unroll';

/** Loads it at first need; undefined where nothing is missing. */
export function loadFor(kernel: LoopKernel): Promise<void> | undefined {
  if (hasDoubles(kernel)) return loadDoubles();
  const operations = loadRare(
    kernel.stages.flatMap(({ body }) => body),
    kernel.stages.flatMap(({ accumulators }) => accumulators),
  );
  const unroller = hasSmallLoops(kernel) ? loadUnroller() : undefined;
  if (operations === undefined || unroller === undefined) return operations ?? unroller;
  return operations.then(() => unroller);
}
