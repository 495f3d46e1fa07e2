/**
 * Where a profiler hooks in. Programs that are never profiled carry no more of it than this.
 */
import type { Device } from './device';
import type { Program } from './program';

/** Gives what to run in place of a program that is submitted. */
export type RunHook = (device: Device, program: Program) => Program;

let hook: RunHook | undefined;

/** What stands between submitting and running, while something does. */
export const runHook = (): RunHook | undefined => hook;

export function setRunHook(next: RunHook | undefined): void {
  hook = next;
}
