/**
 * The executor in the host's own thread: it does what it is told at once. With more than one thread, its memory is shared,
 * and once a program took long enough, workers are started and take part in those that are worth it.
 */
import { DeviceError } from '@hadal/core';
import { doubleFunctions, RESERVED_BYTES } from '../emit/index';
import { LinearMemory } from '../memory/linear-memory';
import { Modules } from '../memory/modules';
import type { Grain } from '../threads/cost';
import type { Team } from '../threads/team';
import type { Command, Executor, LibraryRecipe } from './commands';
import { type ExecutorLibrary, type Kernel, kernelOf } from './kernel';
import { COPY_STEP, COPY_WORDS, RUN_HEADER_WORDS, RUN_STEP, scalarsOf } from './program';

/** Arguments of the kernel at work lie here, below everything that is allocated. */
const ARGUMENTS_AT = 2048;
const ARGUMENT_WORDS = (RESERVED_BYTES - ARGUMENTS_AT) / 4;
/** What threads work through lies behind that; a longer program is cut in pieces. */
const TAPE = { at: RESERVED_BYTES, bytes: 2 ** 18 };
/** Programs that take this long are worth starting threads for. */
const LONG_PROGRAM_MS = 4;
/** The first program is slow because all code is new, so that one alone says nothing. */
const LONG_PROGRAMS = 2;

function fail(reason: string): never {
  throw new DeviceError('cpu', reason);
}

/** Runs the step that begins at a word of a program; returns where the next one begins. */
export type StepRunner = (program: Int32Array, at: number) => number;

export class LocalExecutor<L extends ExecutorLibrary> implements Executor {
  readonly library: L;
  readonly isShared: boolean;
  readonly reservedBytes: number;
  readonly #threads: number;
  readonly #grain: Grain | undefined;
  readonly #memory: LinearMemory;
  readonly #modules: Modules;
  readonly #kernels: Kernel[] = [];
  #team: Team | undefined;
  #starting: Promise<Team> | undefined;
  #longPrograms = 0;

  /**
   * @param makeLibrary makes the library over the memory that the executor owns
   * @param threads     that may work on a program, the host's included
   * @param grain       from what size on work is dealt out to them
   */
  constructor(makeLibrary: (modules: Modules) => L, threads = 1, grain?: Grain) {
    this.#threads = threads;
    this.#grain = grain;
    this.isShared = threads > 1;
    this.reservedBytes = RESERVED_BYTES + (this.isShared ? TAPE.bytes : 0);
    this.#memory = new LinearMemory(this.reservedBytes, this.isShared);
    this.#modules = new Modules(this.#memory.memory);
    this.library = makeLibrary(this.#modules);
  }

  load({ call }: LibraryRecipe): Promise<void> | undefined {
    return this.library.load(call);
  }

  submit(command: Command): void {
    switch (command.kind) {
      case 'prepare':
        this.#kernels[command.kernel] = kernelOf(
          command.recipe,
          this.library,
          this.#modules,
          doubleFunctions(),
        );
        return;
      case 'write':
        this.#memory.bytes.set(command.bytes, command.address);
        return;
      case 'run':
        this.#run(command.program);
    }
  }

  grow(end: number, limit: number): number {
    return this.#memory.reach(end, limit);
  }

  readSync(address: number, bytes: number): Uint8Array {
    return this.#memory.bytes.slice(address, address + bytes);
  }

  async read(address: number, bytes: number): Promise<Uint8Array> {
    return this.readSync(address, bytes);
  }

  async sync(): Promise<void> {}

  /** Starts the workers, which is done by itself after the second long program. */
  startThreads(): Promise<Team> {
    this.#starting ??= this.#startThreads();
    return this.#starting;
  }

  async close(): Promise<void> {
    this.#kernels.length = 0;
    const team = await this.#starting?.catch(() => undefined);
    this.#team = undefined;
    await team?.close();
  }

  async #startThreads(): Promise<Team> {
    const { Team } = await import('../on-demand');
    const runStep: StepRunner = (program, at) => this.#runKernel(program, at);
    this.#team = new Team(this.#modules, TAPE, this.#kernels, runStep, fail, this.#threads, this.#grain);
    return this.#team;
  }

  #run(program: Int32Array): void {
    if (this.#runTogether(program)) return;
    const isTimed = this.#starting === undefined && this.isShared;
    // Not `performance`, which Node loads when it is first named.
    const start = Date.now();
    this.#runHere(program);
    if (!isTimed || Date.now() - start <= LONG_PROGRAM_MS) return;
    this.#longPrograms++;
    // Where threads cannot be had, the host goes on alone.
    if (this.#longPrograms === LONG_PROGRAMS) this.startThreads().catch(() => {});
  }

  /** False where there are no threads, or the program is not worth them. */
  #runTogether(program: Int32Array): boolean {
    const team = this.#team;
    try {
      return team?.run(program) ?? false;
    } finally {
      if (team?.isBroken) {
        // The program is lost; the host goes on alone with the next.
        this.#team = undefined;
        team.close();
      }
    }
  }

  #runHere(program: Int32Array): void {
    const word = (at: number): number => program[at] ?? 0;
    let at = 0;
    while (at < program.length) {
      if (word(at) === COPY_STEP) {
        const from = word(at + 1) >>> 0;
        this.#memory.bytes.copyWithin(word(at + 2) >>> 0, from, from + (word(at + 3) >>> 0));
        at += COPY_WORDS;
      } else if (word(at) === RUN_STEP) {
        at = this.#runKernel(program, at);
      } else {
        fail(`a program has the unknown step ${word(at)} at word ${at}.`);
      }
    }
  }

  /** Returns where the next step begins. */
  #runKernel(program: Int32Array, at: number): number {
    const field = (position: number): number => program[at + position] ?? 0;
    const id = field(1);
    const buffers = field(4);
    const scalars = field(5);
    const first = at + RUN_HEADER_WORDS;
    const next = first + buffers + scalars + field(6);
    const kernel = this.#kernels[id];
    if (kernel === undefined) fail(`kernel ${id} was not prepared.`);
    if (kernel.kind === 'library') {
      const firstScalar = first + buffers;
      const firstInteger = firstScalar + scalars;
      kernel.executable.run(
        Array.from(program.subarray(first, firstScalar), (address) => address >>> 0),
        scalarsOf(kernel.scalars, program.subarray(firstScalar, firstInteger)),
        Array.from(program.subarray(firstInteger, next)),
      );
      return next;
    }
    if (next - first > ARGUMENT_WORDS) {
      fail(`a kernel has ${next - first} arguments; at most ${ARGUMENT_WORDS} fit.`);
    }
    const { words } = this.#memory;
    for (let word = first; word < next; word++) words[ARGUMENTS_AT / 4 + word - first] = program[word] ?? 0;
    kernel.entry(field(2), field(3), ARGUMENTS_AT);
    return next;
  }
}
