/**
 * What one thread does with a tape. The text of this function is what a worker is made of, so nothing outside of it may
 * be used but its parameters: a worker so needs no file, whatever a bundler did to this one.
 */
import type { Layout } from './layout';

/** A function of a module that the thread made. */
export type Callable = (...values: number[]) => unknown;

export interface Thread {
  /** Works on the program until it is over, or until a thread is found to be lost. */
  join(): void;
  /** Waits for programs and joins them; returns when one needs a module that this thread has not made. Called again then. */
  serve(modules: number): void;
}

/**
 * @param memory    shared; the tape lies in the part that was there from the start
 * @param index     0 is the host's own thread
 * @param spins     how often to look before falling asleep
 * @param functions of all modules, in order
 * @param isDead    whether another thread has stopped: whoever can tell looks now and then while it waits
 */
export function makeThread(
  layout: Layout,
  memory: WebAssembly.Memory,
  index: number,
  spins: number,
  functions: readonly Callable[],
  isDead?: (index: number) => boolean,
): Thread {
  const words = new Int32Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
  let hasJoined = false;

  // Methods, since bundlers that keep the names of functions wrap all others in a helper of theirs.
  const thread = {
    word(at: number): number {
      return words[at] ?? 0;
    },

    /** Makes calls until one of the marks; returns where that is. */
    call(start: number, workspace: number, from: number, to: number, at: number): number {
      let position = start;
      for (;;) {
        const place = thread.word(position);
        if (place < 0) return position;
        const target = functions[place];
        const count = thread.word(position + 1);
        const values: number[] = [];
        position += 2;
        for (let i = 0; i < count; i++) {
          const kind = thread.word(position);
          const value = kind === layout.float ? (floats[position + 1] ?? 0) : thread.word(position + 1);
          const step = thread.word(position + 2) * at;
          if (kind === layout.own) values.push(value + step + workspace);
          else if (kind === layout.from) values.push(from);
          else if (kind === layout.to) values.push(to);
          else values.push(value + step);
          position += layout.argumentWords;
        }
        if (target === undefined) throw new RangeError('a program calls a function that was not made');
        target(...values);
      }
    },

    work(task: number): void {
      const body = thread.word(task);
      const from = thread.word(task + 1);
      const to = thread.word(task + 2);
      const workspace = thread.word(body) + thread.word(body + 1) * index;
      const mark = thread.call(body + 2, workspace, from, to, from);
      if (thread.word(mark) !== layout.each) return;
      for (let at = from; at < to; at++) thread.call(mark + 2, workspace, from, to, at);
      thread.call(thread.word(mark + 1), workspace, from, to, to);
    },

    /** The host finds the reason at the end; the program goes on, so that nobody waits for a task that is never done. */
    fail(reason: string): void {
      const length = Math.min(reason.length, layout.mostReason);
      words[layout.reason] = length;
      for (let i = 0; i < length; i++) words[layout.reason + 1 + i] = reason.charCodeAt(i);
      Atomics.add(words, layout.failures, 1);
    },

    bit(at: number, of: number): boolean {
      return (Atomics.load(words, at + (of >> 5)) & (1 << (of & 31))) !== 0;
    },

    mark(at: number, isOn: boolean): void {
      const bit = 1 << (index & 31);
      if (isOn) Atomics.or(words, at + (index >> 5), bit);
      else Atomics.and(words, at + (index >> 5), ~bit);
    },

    sleep(at: number, seen: number, counter: number): void {
      for (let i = 0; i < spins; i++) if (Atomics.load(words, at) !== seen) return;
      Atomics.add(words, counter, 1);
      Atomics.wait(words, at, seen, isDead === undefined ? Number.POSITIVE_INFINITY : layout.watchMs);
      Atomics.sub(words, counter, 1);
    },

    /**
     * Whether a task of the phase is never going to be done, because its thread stopped. The program is over then, once
     * the others are through with theirs.
     */
    isLost(phase: number, count: number): boolean {
      if (isDead === undefined) return false;
      let lost = 0;
      for (let other = 0; other < layout.mostThreads; other++) {
        if (thread.bit(layout.busy, other) && isDead(other)) lost++;
      }
      if (lost === 0 || lost < count - Atomics.load(words, phase + 1)) return false;
      Atomics.store(words, layout.lost, 1);
      Atomics.store(words, layout.phase, 0);
      Atomics.notify(words, layout.phase);
      return true;
    },

    join(): void {
      for (;;) {
        const phase = Atomics.load(words, layout.phase);
        if (phase === 0) return;
        const count = thread.word(phase + 2);
        for (;;) {
          const ticket = Atomics.add(words, phase, 1);
          if (ticket >= count) break;
          thread.mark(layout.busy, true);
          try {
            thread.work(phase + layout.phaseWords + ticket * layout.taskWords);
          } catch (error) {
            thread.fail(String(error));
          }
          thread.mark(layout.busy, false);
          if (Atomics.add(words, phase + 1, 1) + 1 === count) {
            Atomics.store(words, layout.phase, thread.word(phase + 3));
            if (Atomics.load(words, layout.sleepers) > 0) Atomics.notify(words, layout.phase);
          }
        }
        while (Atomics.load(words, layout.phase) === phase) {
          thread.sleep(layout.phase, phase, layout.sleepers);
          if (Atomics.load(words, layout.phase) === phase && thread.isLost(phase, count)) return;
        }
      }
    },

    serve(modules: number): void {
      if (!hasJoined) {
        thread.mark(layout.begun, true);
        Atomics.add(words, layout.joined, 1);
        hasJoined = true;
      }
      for (;;) {
        const sequence = Atomics.load(words, layout.sequence);
        // Whoever is counted as active may read the tape: the host writes the next one when nobody is.
        Atomics.add(words, layout.active, 1);
        const isOpen = Atomics.load(words, layout.phase) !== 0;
        const isReady = isOpen && Atomics.load(words, layout.modules) <= modules;
        if (isReady) thread.join();
        if (Atomics.sub(words, layout.active, 1) === 1) Atomics.notify(words, layout.active);
        if (isOpen && !isReady) return;
        while (Atomics.load(words, layout.sequence) === sequence) {
          thread.sleep(layout.sequence, sequence, layout.idle);
        }
      }
    },
  };
  return thread;
}

/** What the last task that failed threw. */
export function reasonIn(words: Int32Array, layout: Layout): string {
  const start = layout.reason + 1;
  const characters = words.subarray(start, start + (words[layout.reason] ?? 0));
  return `a kernel failed: ${String.fromCharCode(...characters)}`;
}
