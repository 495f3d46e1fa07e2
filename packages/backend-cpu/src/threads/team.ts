/**
 * The host and its workers. Programs that are worth it are written as a tape and worked on by all of them; the host takes
 * part and returns when the program is done. A worker that is late, or missing, is not waited for.
 */
import { DeviceError } from '@hadal/core';
import type { LoopKernel } from '@hadal/core/backend';
import type { LibraryExecutable } from '../library/index';
import type { Modules } from '../memory/modules';
import type { Kernel, StepRunner } from '../protocol/local-executor';
import { COPY_STEP, COPY_WORDS, RUN_HEADER_WORDS, scalarsOf } from '../protocol/program';
import { MemoryOp, ModuleBuilder } from '../wasm/index';
import { copyCost, type Grain, loopCost, productCost } from './cost';
import { mostTasks, ProductDealer, ranges } from './deal-product';
import { LAYOUT } from './layout';
import { FROM, plain, Tape, TO } from './tape';
import { type Callable, makeThread, type Thread } from './thread';
import { Workers } from './workers';

/** Looks at a word before a thread falls asleep: some 20 µs. A machine with fewer cores than threads has no time for it. */
const SPINS = 4000;
/** Pieces of a loop begin at multiples of this, so that vectors stay whole. */
const PIECE_STEP = 16;

export interface TeamOptions {
  readonly modules: Modules;
  readonly kernels: readonly Kernel[];
  /** The room for tapes. */
  readonly tapeAt: number;
  readonly tapeBytes: number;
  readonly threads: number;
  readonly cores: number;
  readonly grain: Grain;
  /** Runs one step at once, in this thread. */
  readonly runStep: StepRunner;
}

export class Team {
  readonly #options: TeamOptions;
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

  constructor(options: TeamOptions) {
    this.#options = options;
    const { modules, threads, cores, tapeAt, tapeBytes } = options;
    const { memory } = modules;
    this.#spins = threads > cores ? 0 : SPINS;
    this.#words = new Int32Array(memory.buffer);
    this.#tape = new Tape(this.#words, tapeAt, tapeBytes, () => {
      this.#play();
      this.#awaitReaders();
    });
    this.#host = makeThread(LAYOUT, memory, 0, this.#spins, this.#functions);
    this.#workers = new Workers(modules, threads - 1, this.#spins);
    const { copy } = modules.instantiate<{ readonly copy: unknown }>(copyModule());
    this.#copy = this.#targetOf(copy);
    this.#workers.share();
  }

  /** Runs a program, if it is worth the threads; false where it was left to the caller. */
  run(program: Int32Array): boolean {
    const steps = this.#stepsOf(program);
    if (steps.reduce((total, { nanoseconds }) => total + nanoseconds, 0) < this.#options.grain.program)
      return false;
    this.#awaitReaders();
    for (const step of steps) this.#write(program, step);
    this.#tape.close();
    this.#play();
    return true;
  }

  /** Threads that are there by now, the host's included. */
  get threads(): number {
    return 1 + Atomics.load(this.#words, LAYOUT.joined);
  }

  close(): Promise<void> {
    return this.#workers.close();
  }

  #stepsOf(program: Int32Array): Step[] {
    const steps: Step[] = [];
    const word = (at: number): number => program[at] ?? 0;
    for (let at = 0; at < program.length; ) {
      if (word(at) === COPY_STEP) {
        steps.push({ kind: 'copy', at, nanoseconds: copyCost(word(at + 3) >>> 0) });
        at += COPY_WORDS;
        continue;
      }
      const kernel = this.#options.kernels[word(at + 1)];
      const end = at + RUN_HEADER_WORDS + word(at + 4) + word(at + 5) + word(at + 6);
      const integers = program.subarray(end - word(at + 6), end);
      if (kernel?.kind === 'module') {
        const perIndex = this.#costOf(kernel.kernel)(integers);
        steps.push({ kind: 'loop', at, end, kernel, nanoseconds: perIndex * (word(at + 3) - word(at + 2)) });
      } else if (kernel?.executable.products !== undefined) {
        const { products } = kernel.executable;
        const planned = products.plan(integers);
        const nanoseconds = planned.reduce((total, each) => total + productCost(each), 0);
        steps.push({ kind: 'products', at, end, kernel, products, planned, nanoseconds });
      } else {
        steps.push({ kind: 'other', at, nanoseconds: 0 });
      }
      at = end;
    }
    return steps;
  }

  #costOf(kernel: LoopKernel): (integers: ArrayLike<number>) => number {
    const known = this.#costs.get(kernel);
    if (known !== undefined) return known;
    const cost = loopCost(kernel);
    this.#costs.set(kernel, cost);
    return cost;
  }

  #write(program: Int32Array, step: Step): void {
    const word = (offset: number): number => program[step.at + offset] ?? 0;
    const tape = this.#tape;
    const { threads, grain } = this.#options;
    switch (step.kind) {
      case 'copy':
        tape.reserve(STEP_WORDS);
        tape.serial({ target: this.#copy, values: [plain(word(2)), plain(word(1)), plain(word(3))] });
        return;
      case 'loop': {
        const words = program.subarray(step.at + RUN_HEADER_WORDS, step.end);
        tape.reserve(words.length + STEP_WORDS);
        const constants = plain(tape.constant(words));
        const target = this.#targetOf(step.kernel.entry);
        const [begin, end] = [word(2), word(3)];
        if (step.nanoseconds < grain.kernel || end - begin < 2) {
          tape.serial({ target, values: [plain(begin), plain(end), constants] });
          return;
        }
        const most = mostTasks(step.nanoseconds, threads, grain);
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
        new ProductDealer(context, threads, grain).deal(step.planned);
        return;
      }
      case 'other':
        tape.close();
        this.#play();
        this.#options.runStep(program, step.at);
        this.#awaitReaders();
    }
  }

  /** The place of a function among those of all modules. */
  #targetOf(callable: unknown): number {
    const known = this.#targets.get(callable);
    if (known !== undefined) return known;
    const { made } = this.#options.modules;
    for (; this.#listed < made.length; this.#listed++) {
      for (const each of Object.values(made[this.#listed]?.exports ?? {}) as Callable[]) {
        this.#targets.set(each, this.#functions.length);
        this.#functions.push(each);
      }
    }
    const found = this.#targets.get(callable);
    if (found === undefined)
      throw new DeviceError('cpu', 'a program calls a function that no module exports.');
    return found;
  }

  /** Works on what is on the tape, with whoever comes, and clears it. */
  #play(): void {
    const { first } = this.#tape;
    this.#tape.clear();
    if (first === 0) return;
    const words = this.#words;
    words[LAYOUT.modules] = this.#workers.share();
    Atomics.store(words, LAYOUT.phase, first);
    Atomics.add(words, LAYOUT.sequence, 1);
    if (Atomics.load(words, LAYOUT.idle) > 0) Atomics.notify(words, LAYOUT.sequence);
    this.#host.join();
    if (Atomics.exchange(words, LAYOUT.failures, 0) > 0) throw new DeviceError('cpu', this.#reason());
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

/** Words that a step takes beside its arguments: a call of three arguments and the tasks of a phase. */
const STEP_WORDS = 1024;

type LoopKernelEntry = Extract<Kernel, { readonly kind: 'module' }>;
type LibraryKernel = Extract<Kernel, { readonly kind: 'library' }>;
type Products = NonNullable<LibraryExecutable['products']>;

type Step = { readonly at: number; readonly nanoseconds: number } & (
  | { readonly kind: 'copy' | 'other' }
  | { readonly kind: 'loop'; readonly end: number; readonly kernel: LoopKernelEntry }
  | {
      readonly kind: 'products';
      readonly end: number;
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
