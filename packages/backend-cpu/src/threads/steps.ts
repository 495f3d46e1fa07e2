/**
 * Writes the steps of a program on a tape, as calls of functions that threads find by their place among those of all
 * modules.
 */
import type { LoopKernel } from '@hadal/core/backend';
import type { Caller, LibraryExecutable } from '../library/executable';
import type { Modules } from '../memory/modules';
import type { Kernel } from '../protocol/kernel';
import { COPY_STEP, COPY_WORDS, RUN_HEADER_WORDS, scalarsOf } from '../protocol/program';
import { MemoryOp, ModuleBuilder } from '../wasm/index';
import { copyCost, type Grain, loopCost, productCost } from './cost';
import { mostTasks, ProductDealer, ranges } from './deal-product';
import { type Body, FROM, own, plain, type Tape, TO } from './tape';
import type { Callable } from './thread';

/** Pieces of a loop begin at multiples of this, so that vectors stay whole. */
const PIECE_STEP = 16;
/** Tasks of a library call that share a phase. */
const MOST_DEALT = 64;

export class StepWriter {
  /** All functions of modules that are called by their place. */
  readonly functions: Callable[] = [];
  readonly #modules: Modules;
  readonly #kernels: readonly Kernel[];
  readonly #tape: Tape;
  readonly #threads: number;
  readonly #grain: Grain;
  readonly #makeRoom: () => void;
  readonly #targets = new Map<unknown, number>();
  readonly #costs = new Map<LoopKernel, (integers: ArrayLike<number>) => number>();
  readonly #copy: number;
  #listed = 0;

  /**
   * @param kernels  by their numbers in programs
   * @param threads  that the tape is for
   * @param makeRoom called where a step may go on with another tape
   */
  constructor(
    modules: Modules,
    kernels: readonly Kernel[],
    tape: Tape,
    threads: number,
    grain: Grain,
    makeRoom: () => void = () => {},
  ) {
    this.#modules = modules;
    this.#kernels = kernels;
    this.#tape = tape;
    this.#threads = threads;
    this.#grain = grain;
    this.#makeRoom = makeRoom;
    const { copy } = modules.instantiate<{ readonly copy: unknown }>(copyModule());
    this.#copy = this.#targetOf(copy);
  }

  /** Whether a program takes long enough for threads to be woken. */
  isWorth(program: Int32Array): boolean {
    let left = this.#grain.program;
    for (let at = 0; left > 0 && at < program.length; ) {
      const { nanoseconds, end } = this.stepAt(program, at);
      left -= nanoseconds;
      at = end;
    }
    return left <= 0;
  }

  /** The step that begins at a word of a program, with its nanoseconds, roughly. */
  stepAt(program: Int32Array, at: number): Step {
    const word = (offset: number): number => program[at + offset] ?? 0;
    if (word(0) === COPY_STEP) {
      return { kind: 'copy', at, end: at + COPY_WORDS, nanoseconds: copyCost(word(3) >>> 0) };
    }
    const kernel = this.#kernels[word(1)];
    const end = at + RUN_HEADER_WORDS + word(4) + word(5) + word(6);
    const integers = program.subarray(end - word(6), end);
    if (kernel?.kind === 'module') {
      const nanoseconds = this.#costOf(kernel.kernel)(integers) * (word(3) - word(2));
      return { kind: 'loop', at, end, kernel, nanoseconds };
    }
    const { products, record } = kernel?.executable ?? {};
    if (record !== undefined) return { kind: 'calls', at, end, record, nanoseconds: 0 };
    if (kernel === undefined || products === undefined) return { kind: 'other', at, end, nanoseconds: 0 };
    const planned = products.plan(integers);
    const nanoseconds = planned.reduce((total, each) => total + productCost(each), 0);
    return { kind: 'products', at, end, kernel, products, planned, nanoseconds };
  }

  /** @throws {TapeFull} where there is no room for it */
  write(program: Int32Array, step: WrittenStep): void {
    const word = (offset: number): number => program[step.at + offset] ?? 0;
    const tape = this.#tape;
    const first = step.at + RUN_HEADER_WORDS;
    switch (step.kind) {
      case 'copy':
        tape.serial({ target: this.#copy, values: [plain(word(2)), plain(word(1)), plain(word(3))] });
        return;
      case 'loop': {
        const constants = plain(tape.constant(program.subarray(first, step.end)));
        const target = this.#targetOf(step.kernel.entry);
        const [begin, end] = [word(2), word(3)];
        if (step.nanoseconds < this.#grain.kernel || end - begin < 2) {
          tape.serial({ target, values: [plain(begin), plain(end), constants] });
          return;
        }
        const most = mostTasks(step.nanoseconds, this.#threads, this.#grain);
        const before = [{ target, values: [FROM, TO, constants] }];
        tape.parallel([{ workspace: 0, stride: 0, before, tasks: pieces(begin, end, most) }]);
        return;
      }
      case 'calls': {
        // Room is made after a call, so that the numbers before one stay with it.
        const caller: Caller = {
          call: (target, ...values) => {
            tape.serial({ target: this.#targetOf(target), values: values.map((value) => plain(value)) });
            this.#makeRoom();
          },
          numbers: (values) => tape.constant(values),
          deal: (callable, tasks, workspace, stride) => {
            const target = this.#targetOf(callable);
            for (let first = 0; first < tasks.length; first += MOST_DEALT) {
              const bodies = tasks.slice(first, first + MOST_DEALT).map(
                (words): Body => ({
                  workspace,
                  stride,
                  before: [{ target, values: [plain(tape.constant(words)), own(0)] }],
                  tasks: [[0, 0]],
                }),
              );
              tape.parallel(bodies);
              this.#makeRoom();
            }
          },
        };
        step.record(
          caller,
          addressesIn(program, first, word(4)),
          program.subarray(first + word(4), step.end),
        );
        return;
      }
      case 'products': {
        const scalars = first + word(4);
        const { kernel, products } = step;
        const context = {
          tape,
          prepared: products,
          at: products.addresses(addressesIn(program, first, word(4))),
          scalars: scalarsOf(kernel.scalars, program.subarray(scalars, scalars + word(5))),
          targetOf: (callable: unknown) => this.#targetOf(callable),
          makeRoom: this.#makeRoom,
        };
        new ProductDealer(context, this.#threads, this.#grain).deal(step.planned);
        return;
      }
    }
  }

  #costOf(kernel: LoopKernel): (integers: ArrayLike<number>) => number {
    const known = this.#costs.get(kernel);
    if (known !== undefined) return known;
    const cost = loopCost(kernel);
    this.#costs.set(kernel, cost);
    return cost;
  }

  /** The place of a function among those of all modules. */
  #targetOf(callable: unknown): number {
    const known = this.#targets.get(callable);
    if (known !== undefined) return known;
    const { made } = this.#modules;
    for (; this.#listed < made.length; this.#listed++) {
      for (const each of Object.values(made[this.#listed]?.exports ?? {}) as Callable[]) {
        this.#targets.set(each, this.functions.length);
        this.functions.push(each);
      }
    }
    const found = this.#targets.get(callable);
    if (found === undefined) throw new RangeError('a program calls a function that no module exports');
    return found;
  }
}

type LoopKernelEntry = Extract<Kernel, { readonly kind: 'module' }>;
type LibraryKernel = Extract<Kernel, { readonly kind: 'library' }>;
type Products = NonNullable<LibraryExecutable['products']>;

export type Step = { readonly at: number; readonly end: number; readonly nanoseconds: number } & (
  | { readonly kind: 'copy' }
  /** What only the host can run. */
  | { readonly kind: 'other' }
  | { readonly kind: 'loop'; readonly kernel: LoopKernelEntry }
  | { readonly kind: 'calls'; readonly record: NonNullable<LibraryExecutable['record']> }
  | {
      readonly kind: 'products';
      readonly kernel: LibraryKernel;
      readonly products: Products;
      readonly planned: ReturnType<Products['plan']>;
    }
);

/** A step that a tape can hold. */
export type WrittenStep = Exclude<Step, { readonly kind: 'other' }>;

const addressesIn = (program: Int32Array, first: number, count: number): number[] =>
  Array.from(program.subarray(first, first + count), (address) => address >>> 0);

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
