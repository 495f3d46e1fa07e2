/**
 * Writes out loops of a few known iterations, such as pooling windows: their addresses become constants, and their
 * accumulators plain operations in the order of the loop, so that the results are the same.
 */
import type { LoopKernel, Stage } from '@hadal/core/backend';
import { known } from '../known';
import type { Unroller } from './unroller';

/** Loops up to this many iterations are written out, */
const MAXIMUM_ITERATIONS = 9;
/** while their instructions together are no more than this. */
const MAXIMUM_INSTRUCTIONS = 96;

let writer: typeof Unroller | undefined;

/** Loads the code that writes loops out; undefined where it is there. */
export function loadUnroller(): Promise<void> | undefined {
  if (writer !== undefined) return undefined;
  return import('../on-demand').then(({ Unroller }) => {
    writer = Unroller;
  });
}

/** The extents of a stage's loop where it is to be written out. */
function smallLoop({ grid, stages, vectorAxis }: LoopKernel, stage: Stage): readonly number[] | undefined {
  // Lanes that run over loops need them, and rows that are walked several times are no windows.
  if (vectorAxis === 'loop' || stages.filter(({ loop }) => loop.length > 0).length > 1) return undefined;
  const extents = stage.loop.filter((extent) => typeof extent === 'number');
  const iterations = extents.reduce((total, extent) => total * extent, 1);
  const isKnown = extents.length === stage.loop.length && stage.loop.length > 0;
  const size = iterations * (stage.body.length + stage.stores.length + 4 * stage.accumulators.length);
  const fits = iterations > 0 && iterations <= MAXIMUM_ITERATIONS && size <= MAXIMUM_INSTRUCTIONS;
  return isKnown && fits && isMovable(stage, grid.length) ? extents : undefined;
}

/** Whether `unroll` needs the code that `loadUnroller` loads. */
export const hasSmallLoops = (kernel: LoopKernel): boolean =>
  kernel.stages.some((stage) => smallLoop(kernel, stage) !== undefined);

/** The same kernel with its small loops written out. */
export function unroll(kernel: LoopKernel): LoopKernel {
  if (!hasSmallLoops(kernel)) return kernel;
  const registers = kernel.stages.flatMap(({ body, accumulators }) =>
    [...body, ...accumulators].map(({ to }) => to),
  );
  const numbering = { next: Math.max(-1, ...registers) + 1 };
  const Writer = known(writer, 'the code that writes loops out');
  const stages = kernel.stages.map((stage) => {
    const extents = smallLoop(kernel, stage);
    return extents === undefined ? stage : new Writer(kernel, stage, extents, numbering).stage();
  });
  return { ...kernel, stages };
}

/** A constant can only be added to an offset that is one. */
function isMovable(stage: Stage, gridAxes: number): boolean {
  const addresses = [
    ...stage.body.flatMap((instruction) => (instruction.op === 'load' ? [instruction.address] : [])),
    ...stage.stores.map(({ address }) => address),
  ];
  return addresses.every(
    ({ offset, terms }) => typeof offset === 'number' || terms.every(({ axis }) => axis < gridAxes),
  );
}
