/**
 * What the scheduler asks to be lowered: a group of values computed by one kernel over one domain.
 *
 * A domain is `outer` axes, run in parallel, and `inner` axes, over which the group reduces (none for element-wise
 * groups). A member is shaped like the outer axes, like all of them, or is a reduction of the latter to the former.
 */
import type { Storage } from '../dtype';
import type { Node, NodeOf } from '../graph/node';
import type { LoopKernel } from '../kernel/form';

export type Member =
  | { readonly role: 'outer' | 'full'; readonly node: Node }
  | { readonly role: 'reduce'; readonly node: NodeOf<'reduce'> };

export interface KernelSpec {
  readonly outer: readonly number[];
  readonly inner: readonly number[];
  readonly members: readonly Member[];
}

/** A value in memory: an element offset within a buffer that the plan knows by number. */
export interface Location {
  readonly base: number;
  readonly offset: number;
  readonly storage: Storage;
}

/** What lowering has to know about the rest of the plan. */
export interface Surroundings {
  /** Where a value is, or will be, in memory; undefined for values that exist in registers only. */
  locate(node: Node): Location | undefined;
  /** Whether a member has to be stored: something outside of its kernel reads it. */
  isStored(node: Node): boolean;
}

export interface LoweredKernel {
  readonly kernel: LoopKernel;
  /** Buffers by the plan's numbers, in binding order. */
  readonly bases: readonly number[];
  readonly integers: readonly number[];
  readonly scalars: readonly number[];
  /** Buffers that are overwritten while other elements of their old value may still be read. */
  readonly hazards: readonly number[];
}

/** Thrown when members cannot share a kernel; the scheduler then keeps them apart. */
export class NotFusable extends Error {}

/** Axes that a domain keeps: all but those of extent 1; the first always, so that a batch of one is a batch. */
export const significantAxes = (shape: readonly number[]): number[] =>
  shape.flatMap((extent, axis) => (extent !== 1 || axis === 0 ? [axis] : []));
