/**
 * The host and its workers. Programs that are worth it are written as a tape and worked on by all of them; the host takes
 * part and returns when the program is done. A worker that is late, or missing, is not waited for.
 */
import type { LoopKernel } from '@hadal/core/backend';
import type { LibraryExecutable } from '../library/index';
import type { Modules } from '../memory/modules';
import type { Kernel, StepRunner } from '../protocol/local-executor';
import { COPY_STEP, COPY_WORDS, RUN_HEADER_WORDS, scalarsOf } from '../protocol/program';
import { cores } from '../runtime';
import { MemoryOp, ModuleBuilder } from '../wasm/index';
import { copyCost, GRAIN, type Grain, loopCost, productCost } from './cost';
import { mostTasks, ProductDealer, ranges } from './deal-product';
import { LAYOUT } from './layout';
import { FROM, plain, Tape, TapeFull, TO } from './tape';
import { type Callable, makeThread, type Thread } from './thread';
import { Workers } from './workers';

/** Looks at a word before a thread falls asleep: some 20 µs. A machine with fewer cores than threads has no time for it. */
const SPINS = 4000;
/** Pieces of a loop begin at multiples of this, so that vectors stay whole. */
const PIECE_STEP = 16;

export class Team {
  readonly #modules: Modules;
  readonly #kernels: readonly Kernel[];
  readonly #runStep: StepRunner;
  readonly #fail: (reason: string) => never;
  readonly #size: number;
  readonly #grain: Grain;
  readonly #words: Int32Array;
  readonly #tape: Tape;
  readonly #workers: Workers;
  readonly #host: Thread;
  readonly #functions: Callable[] = [];
  readonly #targets = new Map<unknown, number>();
  readonly #costs = new Map<LoopKernel, (integers: ArrayLike<number>) => number>();
  readonly #copy: number;
  readonly #spins: number;
  #listed = 0;

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
    this.#modules = modules;
    this.#kernels = kernels;
    this.#runStep = runStep;
    this.#fail = fail;
    this.#size = size;
    this.#grain = grain;
    this.#spins = size > cores() ? 0 : SPINS;
    const { memory } = modules;
    this.#words = new Int32Array(memory.buffer);
    this.#tape = new Tape(this.#words, room.at, room.bytes);
    this.#host = makeThread(LAYOUT, memory, 0, this.#spins, this.#functions);
    this.#workers = new Workers(modules, size - 1, this.#spins);
    const { copy } = modules.instantiate<{ readonly copy: unknown }>(copyModule());
    this.#copy = this.#targetOf(copy);
    this.#workers.share();
  }

  /** Runs a program, if it is worth the threads; false where it was left to the caller. */
  run(program: Int32Array): boolean {
    if (!this.isWorth(program)) return false;
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
    let left = this.#grain.program;
    for (let at = 0; left > 0 && at < program.length; ) {
      const { nanoseconds, end } = this.#stepAt(program, at);
      left -= nanoseconds;
      at = end;
    }
    return left <= 0;
  }

  /** Threads that are there by now, the host's included. */
  get threads(): number {
    return 1 + Atomics.load(this.#words, LAYOUT.joined);
  }

  close(): Promise<void> {
    return this.#workers.close();
  }

  /** The program as tapes, and steps that are left to the host between them. */
  *#pieces(program: Int32Array): Generator<Piece> {
    const tape = this.#tape;
    let at = 0;
    while (at < program.length) {
      const step = this.#stepAt(program, at);
      const mark = tape.mark();
      const isEmpty = tape.isEmpty;
      try {
        if (step.kind !== 'other') {
          this.#write(program, step);
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

  #stepAt(program: Int32Array, at: number): Step {
    const word = (offset: number): number => program[at + offset] ?? 0;
    if (word(0) === COPY_STEP) {
      return { kind: 'copy', at, end: at + COPY_WORDS, nanoseconds: copyCost(word(3) >>> 0) };
    }
    const kernel = this.#kernels[word(1)];
    const end = at + RUN_HEADER_WORDS + word(4) + word(5) + word(6);
    const integers = program.subarray(end - word(6), end);
    if (kernel?.kind === 'module' && kernel.isLocal) return { kind: 'other', at, end, nanoseconds: 0 };
    if (kernel?.kind === 'module') {
      const nanoseconds = this.#costOf(kernel.kernel)(integers) * (word(3) - word(2));
      return { kind: 'loop', at, end, kernel, nanoseconds };
    }
    const products = kernel?.executable.products;
    if (kernel === undefined || products === undefined) return { kind: 'other', at, end, nanoseconds: 0 };
    const planned = products.plan(integers);
    const nanoseconds = planned.reduce((total, each) => total + productCost(each), 0);
    return { kind: 'products', at, end, kernel, products, planned, nanoseconds };
  }

  #costOf(kernel: LoopKernel): (integers: ArrayLike<number>) => number {
    const known = this.#costs.get(kernel);
    if (known !== undefined) return known;
    const cost = loopCost(kernel);
    this.#costs.set(kernel, cost);
    return cost;
  }

  #write(program: Int32Array, step: Exclude<Step, { readonly kind: 'other' }>): void {
    const word = (offset: number): number => program[step.at + offset] ?? 0;
    const tape = this.#tape;
    switch (step.kind) {
      case 'copy':
        tape.serial({ target: this.#copy, values: [plain(word(2)), plain(word(1)), plain(word(3))] });
        return;
      case 'loop': {
        const words = program.subarray(step.at + RUN_HEADER_WORDS, step.end);
        const constants = plain(tape.constant(words));
        const target = this.#targetOf(step.kernel.entry);
        const [begin, end] = [word(2), word(3)];
        if (step.nanoseconds < this.#grain.kernel || end - begin < 2) {
          tape.serial({ target, values: [plain(begin), plain(end), constants] });
          return;
        }
        const most = mostTasks(step.nanoseconds, this.#size, this.#grain);
        const before = [{ target, values: [FROM, TO, constants] }];
        tape.parallel([{ workspace: 0, stride: 0, before, tasks: pieces(begin, end, most) }]);
        return;
      }
      case 'products': {
        const first = RUN_HEADER_WORDS + step.at;
        const scalars = first + word(4);
        const { kernel, products } = step;
        const context = {
          tape,
          prepared: products,
          at: products.addresses(Array.from(program.subarray(first, scalars), (address) => address >>> 0)),
          scalars: scalarsOf(kernel.scalars, program.subarray(scalars, scalars + word(5))),
          targetOf: (callable: unknown) => this.#targetOf(callable),
        };
        new ProductDealer(context, this.#size, this.#grain).deal(step.planned);
        return;
      }
    }
  }

  /** The place of a function among those of all modules. */
  #targetOf(callable: unknown): number {
    const known = this.#targets.get(callable);
    if (known !== undefined) return known;
    const { made } = this.#modules;
    for (; this.#listed < made.length; this.#listed++) {
      for (const each of Object.values(made[this.#listed]?.exports ?? {}) as Callable[]) {
        this.#targets.set(each, this.#functions.length);
        this.#functions.push(each);
      }
    }
    const found = this.#targets.get(callable);
    if (found === undefined) throw new RangeError('a program calls a function that no module exports');
    return found;
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
    if (Atomics.exchange(this.#words, LAYOUT.failures, 0) > 0) this.#fail(this.#reason());
  }

  /** Waits until nobody reads the tape, so that it may be written again. */
  #awaitReaders(): void {
    const words = this.#words;
    for (let i = 0; i < this.#spins; i++) if (Atomics.load(words, LAYOUT.active) === 0) return;
    for (let readers = Atomics.load(words, LAYOUT.active); readers !== 0; ) {
      Atomics.wait(words, LAYOUT.active, readers);
      readers = Atomics.load(words, LAYOUT.active);
    }
  }

  #reason(): string {
    const start = LAYOUT.reason + 1;
    const characters = this.#words.subarray(start, start + (this.#words[LAYOUT.reason] ?? 0));
    return `a kernel failed: ${String.fromCharCode(...characters)}`;
  }
}

type LoopKernelEntry = Extract<Kernel, { readonly kind: 'module' }>;
type LibraryKernel = Extract<Kernel, { readonly kind: 'library' }>;
type Products = NonNullable<LibraryExecutable['products']>;

/** What is run next: a tape from its first phase on, or the step at a word by the host. */
type Piece =
  | { readonly kind: 'tape'; readonly first: number }
  | { readonly kind: 'step'; readonly at: number };

type Step = { readonly at: number; readonly end: number; readonly nanoseconds: number } & (
  | { readonly kind: 'copy' | 'other' }
  | { readonly kind: 'loop'; readonly kernel: LoopKernelEntry }
  | {
      readonly kind: 'products';
      readonly kernel: LibraryKernel;
      readonly products: Products;
      readonly planned: ReturnType<Products['plan']>;
    }
);

/** [begin, end) in at most `most` pieces, long ones at multiples of whole vectors. */
function pieces(begin: number, end: number, most: number): [number, number][] {
  const step = end - begin >= PIECE_STEP * most ? PIECE_STEP : 1;
  return ranges(Math.ceil((end - begin) / step), most).map(([from, to]) => [
    begin + from * step,
    Math.min(end, begin + to * step),
  ]);
}

/** `copy(to, from, bytes)`. */
function copyModule(): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  const { code } = module.function({ parameters: ['i32', 'i32', 'i32'], exportAs: 'copy' });
  for (const parameter of code.parameters) code.get(parameter);
  code.memory(MemoryOp.memory_copy);
  return module;
}
