/**
 * Where debug mode hooks in. It brings the interpreter along, so programs that never turn it on do not carry it.
 */
import type { Node } from '../graph/node';
import type { Device } from './device';
import type { Graph, Program } from './program';

export interface DebugHook {
  /** The program with checks around it. */
  wrap(device: Device, graph: Graph, program: Program): Program;
  /** Refuses a compiled function whose graph differs from the one it was recorded with. */
  requireSameGraph(name: string, recorded: readonly Node[], traced: readonly Node[]): void;
}

let hook: DebugHook | undefined;

/** The checks of debug mode, while it is on. */
export const debugHook = (): DebugHook | undefined => hook;

export function setDebugHook(next: DebugHook | undefined): void {
  hook = next;
}
