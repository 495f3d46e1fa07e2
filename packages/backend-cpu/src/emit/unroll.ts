/**
 * Writes out loops of a few known iterations, such as pooling windows: their addresses become constants, and their
 * accumulators plain operations in the order of the loop, so that the results are the same.
 */
import type { LoopKernel, Stage } from '@hadal/core/backend';
import { known } from '../known';
import type { writeLoopsOut } from './unroller';

/** Loops up to this many iterations are written out, */
const MAXIMUM_ITERATIONS = 9;
/** while their instructions together are no more than this. */
const MAXIMUM_INSTRUCTIONS = 96;

let writer: typeof writeLoopsOut | undefined;

/** Loads the code that writes loops out; undefined where it is there. */
export function loadUnroller(): Promise<void> | undefined {
  if (writer !== undefined) return undefined;
  return import('../on-demand').then(({ writeLoopsOut }) => {
    writer = writeLoopsOut;
  });
}

/** The extents of a stage's loop where it is to be written out, if its addresses allow it. */
function smallLoop({ stages, vectorAxis }: LoopKernel, stage: Stage): readonly number[] | undefined {
  // Lanes that run over loops need them, and rows that are walked several times are no windows.
  if (vectorAxis === 'loop' || stages.filter(({ loop }) => loop.length > 0).length > 1) return undefined;
  const extents = stage.loop.filter((extent) => typeof extent === 'number');
  const iterations = extents.reduce((total, extent) => total * extent, 1);
  const isKnown = extents.length === stage.loop.length && stage.loop.length > 0;
  const size = iterations * (stage.body.length + stage.stores.length + 4 * stage.accumulators.length);
  const fits = iterations > 0 && iterations <= MAXIMUM_ITERATIONS && size <= MAXIMUM_INSTRUCTIONS;
  return isKnown && fits ? extents : undefined;
}

/** Whether `unroll` needs the code that `loadUnroller` loads. */
export const hasSmallLoops = (kernel: LoopKernel): boolean =>
  kernel.stages.some((stage) => smallLoop(kernel, stage) !== undefined);

/** The same kernel with its small loops written out. */
export const unroll = (kernel: LoopKernel): LoopKernel =>
  hasSmallLoops(kernel) ? known(writer, 'the code that writes loops out')(kernel, smallLoop) : kernel;
