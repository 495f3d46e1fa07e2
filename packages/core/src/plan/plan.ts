/**
 * A plan: a scheduled graph with its kernels prepared and its memory laid out, to be run on any buffers of the same
 * shapes. It holds offsets, no memory: the arena is leased from the device for each run.
 */
import type { Backend, Binding, Dispatch, Exec } from '../backend/interface';
import type { DeviceBuffer } from '../device/buffer';
import type { Device } from '../device/device';
import type { DispatchSummary } from '../device/program';
import { bytesOf } from '../schedule/placement';
import type { PlannedRange, Schedule, Step } from '../schedule/schedule';
import { layOutArena } from './arena';
import type { Executable, Place, Section } from './executable';
import { temporaryLives, workspaceBytesOf } from './lives';
import type { RunObserver } from './observer';

/** Prepares kernels, each key once. */
export type Prepare = (step: Exclude<Step, { readonly kind: 'copy' }>) => Exec | Promise<Exec>;

/** Where the buffers of a plan are at one run. */
export interface Memory {
  readonly leaves: readonly Place[];
  readonly targets: readonly Place[];
  readonly arena: Place | undefined;
}

/** A dispatch before it is known where its buffers are. */
interface PlannedDispatch {
  readonly step: Step;
  readonly exec: Exec | undefined;
  readonly ranges: readonly PlannedRange[];
  readonly scalars: readonly number[];
  readonly integers: readonly number[];
}

export class Plan implements Executable {
  readonly #device: Device;
  readonly #backend: Backend;
  readonly #schedule: Schedule;
  readonly #arenaOffsets: ReadonlyMap<number, number>;
  readonly #workspaces: ReadonlyMap<Step, PlannedRange>;
  readonly arenaBytes: number;
  #dispatches: PlannedDispatch[] | undefined;
  #preparing: Promise<void> | undefined;
  #failed = false;

  constructor(device: Device, backend: Backend, schedule: Schedule, prepare: Prepare) {
    this.#device = device;
    this.#backend = backend;
    this.#schedule = schedule;
    const layout = layOut(schedule, backend.caps.alignment);
    this.#arenaOffsets = layout.offsets;
    this.#workspaces = layout.workspaces;
    this.arenaBytes = layout.bytes;
    this.#prepare(prepare);
  }

  get sections(): readonly Section[] {
    return [this.#schedule];
  }

  get preparing(): Promise<void> | undefined {
    return this.#preparing;
  }

  get heldBytes(): number {
    return 2048 + 4096 * this.#schedule.steps.length;
  }

  get failed(): boolean {
    return this.#failed;
  }

  get dispatches(): readonly DispatchSummary[] {
    return this.#schedule.steps.map(({ kind, name }) => ({ kind, name }));
  }

  /** Submits the program. To be called in the device's queue; asynchronous only until the kernels are prepared. */
  run(
    leaves: readonly DeviceBuffer[],
    targets: readonly DeviceBuffer[],
    slots: readonly number[],
    observer?: RunObserver,
  ): void | Promise<void> {
    if (this.#dispatches === undefined)
      return this.#preparing?.then(() => this.run(leaves, targets, slots, observer));
    for (const leaf of leaves) leaf.check();
    const buf = this.arenaBytes === 0 ? undefined : this.#device.leaseScratch(this.arenaBytes);
    const release = (): void => {
      if (buf !== undefined) this.#device.releaseScratch(buf);
    };
    const backend = observer?.through(this.#backend) ?? this.#backend;
    try {
      backend.run(this.bind({ leaves, targets, arena: buf && { buf } }, slots, observer));
    } catch (error) {
      release();
      throw error;
    }
    if (observer !== undefined) return backend.sync().finally(release);
    // Whatever uses this memory next is ordered after this program.
    release();
  }

  /** The program on given memory. Its kernels must be prepared. */
  bind(memory: Memory, slots: readonly number[], observer?: RunObserver): Dispatch[] {
    const scalars = [...slots, ...this.#schedule.addedSlots];
    const bound = (this.#dispatches ?? []).map((dispatch) => this.#bind(dispatch, memory, scalars));
    observer?.bound(bound, this.#schedule.steps);
    return bound;
  }

  #prepare(prepare: Prepare): void {
    const execs = this.#schedule.steps.map((step) =>
      step.kind === 'copy' ? undefined : attempt(prepare, step),
    );
    const finish = (ready: readonly (Exec | undefined)[]): void => {
      this.#dispatches = this.#schedule.steps.map((step, index) => this.#planned(step, ready[index]));
    };
    const isReady = (exec: Exec | Promise<Exec> | undefined): exec is Exec | undefined =>
      !(exec instanceof Promise);
    if (execs.every(isReady)) {
      finish(execs);
      return;
    }
    this.#preparing = Promise.all(execs).then((ready) => {
      this.#preparing = undefined;
      finish(ready);
    });
    // The failure is reported by the run that waits for it.
    this.#preparing.catch(() => {
      this.#failed = true;
    });
  }

  #planned(step: Step, exec: Exec | undefined): PlannedDispatch {
    switch (step.kind) {
      case 'kernel': {
        const { bases, integers, scalars } = step.lowered;
        const ranges = bases.map((base) => ({ base, offset: 0, bytes: this.#bytesOf(base) }));
        return { step, exec, ranges, scalars, integers };
      }
      case 'library': {
        const workspace = this.#workspaces.get(step);
        const ranges = workspace === undefined ? step.ranges : [...step.ranges, workspace];
        return { step, exec, ranges, scalars: step.scalars, integers: step.call.integers };
      }
      case 'copy':
        return { step, exec, ranges: [step.from, step.to], scalars: [], integers: [] };
    }
  }

  #bind(planned: PlannedDispatch, memory: Memory, slots: readonly number[]): Dispatch {
    const bindings = planned.ranges.map((range) => this.#binding(range, memory));
    const [from, to] = bindings;
    if (planned.exec === undefined) {
      if (from === undefined || to === undefined) throw new Error('too few ranges');
      return { kind: 'copy', from, to };
    }
    return {
      kind: 'kernel',
      exec: planned.exec,
      bindings,
      scalars: planned.scalars.map((slot) => slots[slot] ?? 0),
      integers: planned.integers,
    };
  }

  #binding({ base, offset, bytes }: PlannedRange, memory: Memory): Binding {
    const buffer = this.#schedule.bases[base];
    if (buffer?.kind === 'leaf') return bindingOf(memory.leaves[buffer.index], offset, bytes);
    if (buffer?.kind === 'output') return bindingOf(memory.targets[buffer.index], offset, bytes);
    return bindingOf(memory.arena, (this.#arenaOffsets.get(base) ?? 0) + offset, bytes);
  }

  #bytesOf(base: number): number {
    const buffer = this.#schedule.bases[base];
    return buffer === undefined ? 0 : bytesOf(buffer);
  }
}

/** A failure to prepare is a failure of the run, like one that comes later. */
function attempt(prepare: Prepare, step: Exclude<Step, { readonly kind: 'copy' }>): Exec | Promise<Exec> {
  try {
    return prepare(step);
  } catch (error) {
    return Promise.reject(error);
  }
}

function bindingOf(place: Place | undefined, offset: number, bytes: number): Binding {
  if (place === undefined) throw new Error('too few buffers');
  return { buf: place.buf, offset: (place.offset ?? 0) + offset, bytes };
}

/** Where temporary buffers and workspaces begin in the arena. */
function layOut(
  schedule: Schedule,
  alignment: number,
): { offsets: Map<number, number>; workspaces: Map<Step, PlannedRange>; bytes: number } {
  const lives = temporaryLives(schedule);
  const layout = layOutArena([...lives.values()], alignment);
  const offsets = new Map([...lives.keys()].map((base, index) => [base, layout.offsets[index] ?? 0]));
  const workspaces = new Map<Step, PlannedRange>();
  schedule.steps.forEach((step, at) => {
    const bytes = workspaceBytesOf(step);
    if (bytes > 0) workspaces.set(step, { base: schedule.bases.length + at, offset: 0, bytes });
  });
  return { offsets, workspaces, bytes: layout.bytes };
}
