/**
 * The host and its workers. Programs that are worth it are written as a tape and worked on by all of them; the host takes
 * part and returns when the program is done. A worker that is late, or missing, is not waited for; one that stops in the
 * middle of a task is noticed.
 */
import type { Modules } from '../memory/modules';
import type { Kernel } from '../protocol/kernel';
import type { StepRunner } from '../protocol/local-executor';
import { cores } from '../runtime';
import { GRAIN, type Grain } from './cost';
import { LAYOUT } from './layout';
import { StepWriter } from './steps';
import { Tape, TapeFull } from './tape';
import { makeThread, reasonIn, type Thread } from './thread';
import { Workers } from './workers';

/** Looks at a word before a thread falls asleep: some 20 µs. A machine with fewer cores than threads has no time for it. */
const SPINS = 4000;

export const spinsFor = (threads: number): number => (threads > cores() ? 0 : SPINS);

export class Team {
  readonly #runStep: StepRunner;
  readonly #fail: (reason: string) => never;
  readonly #words: Int32Array;
  readonly #tape: Tape;
  readonly #steps: StepWriter;
  readonly #workers: Workers;
  readonly #host: Thread;
  readonly #spins: number;

  /**
   * @param modules over a shared memory
   * @param room    for a tape, in bytes of that
   * @param kernels by their numbers in programs
   * @param runStep runs one step at once, in this thread
   * @param fail    throws an error of the device
   * @param size    threads, the host's included
   */
  constructor(
    modules: Modules,
    room: { readonly at: number; readonly bytes: number },
    kernels: readonly Kernel[],
    runStep: StepRunner,
    fail: (reason: string) => never,
    size: number,
    grain: Grain = GRAIN,
  ) {
    this.#runStep = runStep;
    this.#fail = fail;
    const { memory } = modules;
    this.#words = new Int32Array(memory.buffer);
    this.#tape = new Tape(this.#words, room.at, room.bytes);
    this.#steps = new StepWriter(modules, kernels, this.#tape, size, grain);
    this.#spins = spinsFor(size);
    this.#workers = new Workers(modules, size - 1, this.#spins);
    this.#host = makeThread(LAYOUT, memory, 0, this.#spins, this.#steps.functions, (index) =>
      this.#workers.isDead(index),
    );
    this.#workers.share();
  }

  /**
   * Runs a program, if it is worth the threads; false where it was left to the caller.
   *
   * @throws {DeviceError} when a kernel fails or a worker stops; the team is of no use after that (see `isBroken`)
   */
  run(program: Int32Array): boolean {
    if (!this.#steps.isWorth(program)) return false;
    for (const piece of this.#pieces(program)) {
      if (piece.kind === 'step') {
        this.#runStep(program, piece.at);
        continue;
      }
      this.#open(piece.first);
      this.#host.join();
      this.#rethrow();
      this.#awaitReaders();
    }
    return true;
  }

  /** Whether a program takes long enough for threads to be woken. */
  isWorth(program: Int32Array): boolean {
    return this.#steps.isWorth(program);
  }

  /** Threads that are there by now, the host's included. */
  get threads(): number {
    return 1 + Atomics.load(this.#words, LAYOUT.joined);
  }

  /** Whether a worker stopped in the middle of something: the others are to be ended. */
  get isBroken(): boolean {
    return Atomics.load(this.#words, LAYOUT.lost) !== 0;
  }

  close(): Promise<void> {
    return this.#workers.close();
  }

  /** The program as tapes, and steps that are left to the host between them. */
  *#pieces(program: Int32Array): Generator<Piece> {
    const tape = this.#tape;
    let at = 0;
    while (at < program.length) {
      const step = this.#steps.stepAt(program, at);
      const mark = tape.mark();
      const isEmpty = tape.isEmpty;
      try {
        if (step.kind !== 'other') {
          this.#steps.write(program, step);
          at = step.end;
          continue;
        }
      } catch (error) {
        if (!(error instanceof TapeFull)) throw error;
        tape.restore(mark);
      }
      if (!isEmpty) {
        yield this.#taped();
        // A step that found no room is written again; one for the host is still to come.
        if (step.kind !== 'other') continue;
      }
      yield { kind: 'step', at };
      at = step.end;
    }
    if (!tape.isEmpty) yield this.#taped();
  }

  #taped(): Piece {
    this.#tape.close();
    const { first } = this.#tape;
    this.#tape.clear();
    return { kind: 'tape', first };
  }

  /** Lets the workers begin with a tape. */
  #open(first: number): void {
    const words = this.#words;
    words[LAYOUT.modules] = this.#workers.share();
    Atomics.store(words, LAYOUT.phase, first);
    Atomics.add(words, LAYOUT.sequence, 1);
    if (Atomics.load(words, LAYOUT.idle) > 0) Atomics.notify(words, LAYOUT.sequence);
  }

  #rethrow(): void {
    if (this.isBroken) this.#fail('a worker stopped in the middle of a program, whose results are lost.');
    if (Atomics.exchange(this.#words, LAYOUT.failures, 0) > 0) this.#fail(reasonIn(this.#words, LAYOUT));
  }

  /** Waits until nobody reads the tape, so that it may be written again. */
  #awaitReaders(): void {
    const words = this.#words;
    for (let i = 0; i < this.#spins; i++) if (Atomics.load(words, LAYOUT.active) === 0) return;
    for (let readers = Atomics.load(words, LAYOUT.active); readers !== 0; ) {
      Atomics.wait(words, LAYOUT.active, readers, LAYOUT.watchMs);
      readers = Atomics.load(words, LAYOUT.active);
    }
  }
}

/** What is run next: a tape from its first phase on, or the step at a word by the host. */
type Piece =
  | { readonly kind: 'tape'; readonly first: number }
  | { readonly kind: 'step'; readonly at: number };
