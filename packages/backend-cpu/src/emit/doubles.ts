/** Where the code for kernels in float64 is waited for: it is loaded with the first of them. */
import type { LoopKernel } from '@hadal/core/backend';
import { known } from '../known';

let rare: typeof import('../on-demand') | undefined;

/** Whether a kernel computes or stores float64. */
export const hasDoubles = ({ buffers, scalars, stages }: LoopKernel): boolean =>
  scalars.includes('f64') ||
  buffers.some(({ storage }) => storage === 'f64') ||
  stages.some(({ body }) => body.some(({ type }) => type === 'f64'));

/** Loads it; undefined where it is there. */
export function loadDoubles(): Promise<void> | undefined {
  if (rare !== undefined) return undefined;
  return import('../on-demand').then((module) => {
    rare = module;
  });
}

/** The module of such a kernel. */
export const emitDoubles = (kernel: LoopKernel, isShared: boolean): Uint8Array<ArrayBuffer> =>
  known(rare, 'the code of float64').emitDoubleKernel(kernel, isShared);

/** The functions that kernels in float64 call, by name. */
export type DoubleFunctions = Readonly<Record<string, (x: number, y: number) => number>>;

/** These functions, where their code is there. */
export const doubleFunctions = (): DoubleFunctions | undefined => rare?.functions;
