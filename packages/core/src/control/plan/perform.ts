/**
 * Running what has control flow in it: dispatches are collected and submitted together, up to the points where a
 * condition has to be read before it is known what comes next.
 */
import type { Backend, Binding, Dispatch } from '../../backend/interface';
import type { Executable, Place } from '../../plan/executable';
import type { RunObserver } from '../../plan/observer';
import { Plan } from '../../plan/plan';

/** Dispatches submitted together at most: a long loop need not exist as a list at once. */
const MOST_DISPATCHES = 4096;

/** Collects dispatches. */
export class Sink {
  readonly #backend: Backend;
  /** Watches the run. */
  readonly observer: RunObserver | undefined;
  #collected: Dispatch[] = [];

  constructor(backend: Backend, observer?: RunObserver) {
    this.#backend = backend;
    this.observer = observer;
  }

  add(dispatches: readonly Dispatch[]): void {
    for (const dispatch of dispatches) this.#collected.push(dispatch);
    if (this.#collected.length >= MOST_DISPATCHES) this.flush();
  }

  copy(from: Place, to: Place, bytes: number): void {
    if (bytes === 0) return;
    this.add([{ kind: 'copy', from: bindingOf(from, bytes), to: bindingOf(to, bytes) }]);
  }

  flush(): void {
    if (this.#collected.length === 0) return;
    const program = this.#collected;
    this.#collected = [];
    this.#backend.run(program);
  }
}

export const bindingOf = ({ buf, offset = 0 }: Place, bytes: number): Binding => ({ buf, offset, bytes });

/** The place some bytes further on. */
export const shifted = ({ buf, offset = 0 }: Place, bytes: number): Place => ({
  buf,
  offset: offset + bytes,
});

/** Something that runs in steps: it gives a range to be read, and gets the bytes. */
export type Steps = Generator<Binding, void, Uint8Array>;

/** Where a part finds its values. */
export interface PartMemory {
  readonly leaves: readonly Place[];
  readonly targets: readonly Place[];
  /** Temporary memory, `arenaBytes` of the part. */
  readonly arena: Place;
}

/** A part that contains control flow itself. */
export interface SteppedExecutable extends Executable {
  steps(memory: PartMemory, slots: readonly number[], sink: Sink): Steps;
}

const isStepped = (executable: Executable): executable is SteppedExecutable => 'steps' in executable;

/** Runs a plan, or what is made of several. */
export function* perform(
  executable: Executable,
  memory: PartMemory,
  slots: readonly number[],
  sink: Sink,
): Steps {
  if (executable instanceof Plan) sink.add(executable.bind(memory, slots, sink.observer));
  else if (isStepped(executable)) yield* executable.steps(memory, slots, sink);
}

/** Runs steps to their end; a promise only where the backend cannot read at once. */
export function drive(steps: Steps, backend: Backend, sink: Sink): void | Promise<void> {
  const advance = (read: Uint8Array): void | Promise<void> => {
    let next = steps.next(read);
    while (next.done !== true) {
      sink.flush();
      const { buf, offset, bytes } = next.value;
      if (backend.readSync === undefined) return backend.read(buf, offset, bytes).then(advance);
      next = steps.next(backend.readSync(buf, offset, bytes));
    }
    sink.flush();
  };
  return advance(new Uint8Array());
}

/** Whether a bool that was read is true, however it is stored. */
export const isTrue = (read: Uint8Array): boolean => read.some((byte) => byte !== 0);
