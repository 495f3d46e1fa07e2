/**
 * What a program runs: a plan, or several plans with control flow between them.
 */
import type { Backend, Buf } from '../backend/interface';
import type { DeviceBuffer } from '../device/buffer';
import type { Device } from '../device/device';
import type { DispatchSummary, Graph } from '../device/program';
import type { Step } from '../schedule/schedule';
import type { Signature } from './signature';

/** Where a value begins in memory. */
export interface Place {
  readonly buf: Buf;
  /** In bytes; 0 when left out. */
  readonly offset?: number;
}

/** A part of what runs, for people. */
export type Section =
  | { readonly steps: readonly Step[] }
  | {
      readonly title: string;
      readonly bodies: readonly { readonly title: string; readonly sections: readonly Section[] }[];
    };

export interface Executable {
  /** Temporary memory, control flow's included. */
  readonly arenaBytes: number;
  /** An estimate of what the plan itself holds, for the cache's bound. */
  readonly heldBytes: number;
  /** Whether a kernel could not be prepared; such a plan is made anew. */
  readonly failed: boolean;
  readonly dispatches: readonly DispatchSummary[];
  readonly sections: readonly Section[];
  /** Until its kernels are prepared. */
  readonly preparing: Promise<void> | undefined;
  /** Submits the program. To be called in the device's queue. */
  run(
    leaves: readonly DeviceBuffer[],
    targets: readonly DeviceBuffer[],
    slots: readonly number[],
  ): void | Promise<void>;
}

/** What dividing a graph with control flow needs of the planner. */
export interface Division {
  readonly graph: Graph;
  readonly signature: Signature;
  readonly device: Device;
  readonly backend: Backend;
  /** Plans a part, from the cache where possible. */
  plan(graph: Graph, signature: Signature): Executable;
}
