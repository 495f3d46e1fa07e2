/**
 * The executor in the host's own thread: it does what it is told at once.
 */
import { DeviceError } from '@hadal/core';
import type { LibraryCall, Register } from '@hadal/core/backend';
import { ENTRY, importsOf, RESERVED_BYTES } from '../emit/index';
import type { LibraryExecutable } from '../library/index';
import { LinearMemory } from '../memory/linear-memory';
import type { Command, Executor, KernelRecipe, LibraryRecipe } from './commands';
import { COPY_STEP, COPY_WORDS, RUN_HEADER_WORDS, RUN_STEP, scalarOfWord } from './program';

/** Arguments of the kernel at work lie here, below everything that is allocated. */
const ARGUMENTS_AT = 1024;
const ARGUMENT_WORDS = (RESERVED_BYTES - ARGUMENTS_AT) / 4;

/** Makes executables of library calls over a memory. */
export interface ExecutorLibrary {
  /** What the call needs before it can be prepared; undefined where nothing is missing. */
  load(call: LibraryCall): Promise<void> | undefined;
  prepare(call: LibraryCall): LibraryExecutable;
}

type Kernel =
  | { readonly kind: 'module'; readonly run: (begin: number, end: number, argumentsAt: number) => void }
  | {
      readonly kind: 'library';
      readonly executable: LibraryExecutable;
      readonly scalars: readonly Register[];
    };

export class LocalExecutor<L extends ExecutorLibrary> implements Executor {
  readonly #memory = new LinearMemory(RESERVED_BYTES);
  readonly #kernels: Kernel[] = [];
  readonly library: L;

  /** @param makeLibrary makes the library over the memory that the executor owns */
  constructor(makeLibrary: (memory: WebAssembly.Memory) => L) {
    this.library = makeLibrary(this.#memory.memory);
  }

  load({ call }: LibraryRecipe): Promise<void> | undefined {
    return this.library.load(call);
  }

  submit(command: Command): void {
    switch (command.kind) {
      case 'prepare':
        this.#kernels[command.kernel] = this.#prepare(command.recipe);
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

  async close(): Promise<void> {
    this.#kernels.length = 0;
  }

  #prepare(recipe: KernelRecipe): Kernel {
    if (recipe.kind === 'library') {
      return { kind: 'library', executable: this.library.prepare(recipe.call), scalars: recipe.scalars };
    }
    const module = new WebAssembly.Module(recipe.bytes);
    const { exports } = new WebAssembly.Instance(module, importsOf(this.#memory.memory));
    const entry = exports[ENTRY];
    if (typeof entry !== 'function') {
      throw new DeviceError('cpu', `the module of kernel ${recipe.name} exports no function "${ENTRY}".`);
    }
    return { kind: 'module', run: (begin, end, argumentsAt) => entry(begin, end, argumentsAt) };
  }

  #run(program: Int32Array): void {
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
        throw new DeviceError('cpu', `a program has the unknown step ${word(at)} at word ${at}.`);
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
    if (kernel === undefined) throw new DeviceError('cpu', `kernel ${id} was not prepared.`);
    if (kernel.kind === 'library') {
      const firstScalar = first + buffers;
      const firstInteger = firstScalar + scalars;
      kernel.executable.run(
        Array.from(program.subarray(first, firstScalar), (address) => address >>> 0),
        kernel.scalars.map((type, index) => scalarOfWord(type, program[firstScalar + index] ?? 0)),
        Array.from(program.subarray(firstInteger, next)),
      );
      return next;
    }
    if (next - first > ARGUMENT_WORDS) {
      throw new DeviceError('cpu', `a kernel has ${next - first} arguments; at most ${ARGUMENT_WORDS} fit.`);
    }
    const { words } = this.#memory;
    for (let word = first; word < next; word++) words[ARGUMENTS_AT / 4 + word - first] = program[word] ?? 0;
    kernel.run(field(2), field(3), ARGUMENTS_AT);
    return next;
  }
}
