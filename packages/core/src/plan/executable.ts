/**
 * What a program runs: a plan, or several plans with control flow between them.
 */
import type { Backend, Buf } from '../backend/interface';
import type { DeviceBuffer } from '../device/buffer';
import type { Device } from '../device/device';
import type { DispatchSummary, Graph } from '../device/program';
import type { Schedule } from '../schedule/schedule';
import type { RunObserver } from './observer';
import type { Signature } from './signature';

/** Where a value begins in memory. */
export interface Place {
  readonly buf: Buf;
  /** In bytes; 0 when left out. */
  readonly offset?: number;
}

/** Control flow, for people. */
export interface ControlSection {
  readonly title: string;
  /** Temporary memory, that of the bodies included. */
  readonly arenaBytes: number;
  readonly bodies: readonly { readonly title: string; readonly executable: Executable }[];
}

/** A part of what runs, for people. */
export type Section = Schedule | ControlSection;

/** A value that passes between sections: a leaf or an output of the whole, or one in temporary memory. */
export interface PassedValue {
  readonly kind: 'leaf' | 'target' | 'temporary';
  /** Number of the leaf or the output; for temporary values a number of their own. */
  readonly index: number;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What a section has to do with the others. */
export interface Passing {
  /** In the order of the section's leaves, or of the inputs of control flow. */
  readonly reads: readonly PassedValue[];
  /** In the order of the section's outputs. */
  readonly writes: readonly PassedValue[];
  /** Temporary memory that values between sections take while this one runs. */
  readonly heldBytes: number;
}

export interface Executable {
  /** Temporary memory, control flow's included. */
  readonly arenaBytes: number;
  /** An estimate of what the plan itself holds, for the cache's bound. */
  readonly heldBytes: number;
  /** Whether a kernel could not be prepared; such a plan is made anew. */
  readonly failed: boolean;
  readonly dispatches: readonly DispatchSummary[];
  readonly sections: readonly Section[];
  /** One per section, where there are several. */
  readonly passing?: readonly Passing[];
  /** Until its kernels are prepared. */
  readonly preparing: Promise<void> | undefined;
  /** Submits the program. To be called in the device's queue. */
  run(
    leaves: readonly DeviceBuffer[],
    targets: readonly DeviceBuffer[],
    slots: readonly number[],
    observer?: RunObserver,
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
