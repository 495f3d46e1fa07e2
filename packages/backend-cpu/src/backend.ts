/**
 * The CPU backend, host side: handles, allocation, and programs encoded for an executor.
 */

import { DeviceError } from '@hadal/core';
import {
  BACKEND_API_VERSION,
  type Backend,
  type Binding,
  type Buf,
  type Caps,
  type Dispatch,
  type Exec,
  type Extent,
  type KernelDispatch,
  type Library,
  type LibraryCall,
  type LoopKernel,
  OPTIONAL_SCALAR_OPS,
  type Register,
} from '@hadal/core/backend';
import { type EmitOptions, emitKernel, loadFor } from './emit/index';
import { Allocator } from './memory/allocator';
import { MAXIMUM_BYTES, PAGE_BYTES } from './memory/linear-memory';
import type { Executor, LibraryRecipe } from './protocol/commands';
import { ProgramWriter } from './protocol/program';

/** The smallest elements but bytes; unaligned vector loads cost nothing on today's processors. */
const ALIGNMENT_BYTES = 4;
/** Pointers are locals of a function, of which engines take thousands; this keeps kernels of a sensible size. */
const MAXIMUM_BINDINGS = 64;
/** The last page stays unused: a vector that begins at the end of a range must not leave memory. */
const LARGEST_LIMIT_BYTES = MAXIMUM_BYTES - PAGE_BYTES;
/** Byte distances within one buffer stay int32. */
const LARGEST_BUFFER_BYTES = 2 ** 31 - PAGE_BYTES;

class CpuBuf implements Buf {
  constructor(
    readonly bytes: number,
    readonly address: number,
    readonly owner: CpuBackend,
  ) {}
}

class CpuExec implements Exec {
  constructor(
    readonly name: string,
    readonly id: number,
    readonly owner: CpuBackend,
    /** The extent of the axis that threads may split; undefined for library calls and single points. */
    readonly split: Extent | undefined,
    readonly scalars: readonly Register[],
  ) {}
}

const recipeOf = (call: LibraryCall): LibraryRecipe => ({
  kind: 'library',
  name: call.name,
  call,
  scalars: call.epilogue.scalars,
});

export interface CpuBackendOptions extends EmitOptions {
  /** Most bytes of memory that tensors may take. */
  readonly memoryLimitBytes: number;
}

export class CpuBackend implements Backend {
  readonly apiVersion = BACKEND_API_VERSION;
  readonly name = 'cpu';
  readonly caps: Caps;
  readonly readSync?: Backend['readSync'];
  readonly breathe?: Backend['breathe'];
  readonly #allocator: Allocator;
  readonly #kernels = new Map<string, CpuExec>();
  readonly #program = new ProgramWriter();
  #nextKernel = 0;

  /**
   * @param executor carries out what this backend is asked for
   * @param library  matches whole operations; the executor must be able to prepare its calls
   */
  readonly #executor: Executor;
  readonly #options: CpuBackendOptions;

  constructor(
    executor: Executor,
    readonly library: Library | undefined,
    options: CpuBackendOptions,
  ) {
    this.#executor = executor;
    this.#options = options;
    const limit = Math.min(options.memoryLimitBytes + executor.reservedBytes, LARGEST_LIMIT_BYTES);
    this.#allocator = new Allocator({
      start: executor.reservedBytes,
      limit,
      grow: (end) => executor.grow(end + PAGE_BYTES, limit + PAGE_BYTES) - PAGE_BYTES,
    });
    this.caps = {
      storages: ['f32', 'f64', 'i32', 'u8'],
      scalarOps: OPTIONAL_SCALAR_OPS,
      maxBindings: MAXIMUM_BINDINGS,
      alignment: ALIGNMENT_BYTES,
      maxBufferBytes: LARGEST_BUFFER_BYTES,
    };
    if (executor.breathe !== undefined) this.breathe = () => executor.breathe?.();
    if (executor.readSync !== undefined) {
      this.readSync = (buf, at, bytes) => {
        const { address } = this.#rangeOf('read', buf, at, bytes);
        return executor.readSync?.(address, bytes) ?? new Uint8Array(bytes);
      };
    }
  }

  /** Bytes in use by buffers. */
  get usedBytes(): number {
    return this.#allocator.usedBytes;
  }

  alloc(bytes: number): Buf {
    return new CpuBuf(bytes, this.#allocator.allocate(bytes), this);
  }

  free(buf: Buf): void {
    this.#allocator.free(this.#rangeOf('free', buf, 0, 0).address);
  }

  write(buf: Buf, at: number, source: Uint8Array): void {
    const { address } = this.#rangeOf('write', buf, at, source.byteLength);
    this.#executor.submit({ kind: 'write', address, bytes: source });
  }

  async read(buf: Buf, at: number, bytes: number): Promise<Uint8Array> {
    const { address } = this.#rangeOf('read', buf, at, bytes);
    return this.#executor.read(address, bytes);
  }

  /** A promise only where code has to be loaded, with the first kernel that needs it, or the thread has other things to do. */
  prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    const key = `${kernel.kind}:${kernel.key}`;
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    const isLoop = kernel.kind === 'loop';
    const loading =
      (isLoop ? loadFor(kernel) : this.#executor.load(recipeOf(kernel))) ?? this.#executor.breathe?.();
    if (loading !== undefined) return loading.then(() => this.prepare(kernel));
    const id = this.#nextKernel++;
    const exec = isLoop ? this.#prepareLoop(kernel, id) : this.#prepareLibrary(kernel, id);
    this.#kernels.set(key, exec);
    return exec;
  }

  run(program: readonly Dispatch[]): void {
    for (const dispatch of program) {
      if (dispatch.kind === 'copy') {
        const from = this.#addressOf(dispatch.from);
        this.#program.copy(from, this.#addressOf(dispatch.to), dispatch.from.bytes);
      } else {
        this.#encode(dispatch);
      }
    }
    this.#executor.submit({ kind: 'run', program: this.#program.finish() });
  }

  sync(): Promise<void> {
    return this.#executor.sync();
  }

  close(): Promise<void> {
    this.#kernels.clear();
    return this.#executor.close();
  }

  #prepareLoop(kernel: LoopKernel, id: number): CpuExec {
    const bytes = emitKernel(kernel, this.#options, this.#executor.isShared);
    this.#executor.submit({ kind: 'prepare', kernel: id, recipe: { kind: 'module', kernel, bytes } });
    return new CpuExec(kernel.name, id, this, kernel.grid[0], kernel.scalars);
  }

  #prepareLibrary(call: LibraryCall, id: number): CpuExec {
    const recipe = recipeOf(call);
    this.#executor.submit({ kind: 'prepare', kernel: id, recipe });
    return new CpuExec(call.name, id, this, undefined, recipe.scalars);
  }

  #encode({ exec, bindings, scalars, integers }: KernelDispatch): void {
    if (!(exec instanceof CpuExec) || exec.owner !== this) {
      throw new DeviceError('cpu', `${exec.name} was not prepared by this backend.`);
    }
    const { split } = exec;
    const end = split === undefined ? 1 : typeof split === 'number' ? split : (integers[split.argument] ?? 0);
    this.#program.run({
      kernel: exec.id,
      begin: 0,
      end,
      addresses: bindings.map((binding) => this.#addressOf(binding)),
      scalarTypes: exec.scalars,
      scalars,
      integers,
    });
  }

  #addressOf({ buf, offset, bytes }: Binding): number {
    return this.#rangeOf('run', buf, offset, bytes).address;
  }

  /** The address of a range, checked to lie within its buffer. */
  #rangeOf(where: string, buf: Buf, at: number, bytes: number): { readonly address: number } {
    if (!(buf instanceof CpuBuf) || buf.owner !== this) {
      throw new DeviceError('cpu', `${where} was given a buffer of another backend.`);
    }
    if (at < 0 || at + bytes > buf.bytes) {
      throw new DeviceError(
        'cpu',
        `${where} was given bytes ${at} to ${at + bytes} of a buffer of ${buf.bytes} bytes.`,
      );
    }
    return { address: buf.address + at };
  }
}
