/**
 * The native backend, host side: handles that are checked, and programs as words for the addon.
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
  type KernelDispatch,
  type Library,
  type LibraryCall,
  type LoopKernel,
  OPTIONAL_SCALAR_OPS,
} from '@hadal/core/backend';
import type { NativeDevice } from './addon';
import { encodeKernel } from './loops/encode';
import { WordWriter } from './words';

/** The largest element that a kernel may find at the start of a range. */
const ALIGNMENT_BYTES = 8;
/** Bindings only cost words; this keeps kernels of a sensible size. */
const MAXIMUM_BINDINGS = 64;
/** Element indices within one buffer are int32, which bytes reach first. Temporary memory of a program may be larger. */
const LARGEST_BUFFER_BYTES = 2 ** 31 - 64;

/** Steps of a program, as native/program/program.h describes them. */
const RUN_STEP = 1;
const COPY_STEP = 2;

class NativeBuf implements Buf {
  /** Tells what it holds from what it held before: another number after everything that may have written to it. */
  contents = 0;

  constructor(
    readonly bytes: number,
    readonly address: number,
    readonly owner: NativeBackend,
  ) {}
}

class NativeExec implements Exec {
  constructor(
    readonly name: string,
    /** The number that stands for it in the addon. */
    readonly kernel: number,
    /** For each binding whether it is only read; what is beyond the list may be written. */
    readonly reads: readonly boolean[],
    readonly owner: NativeBackend,
  ) {}
}

/** Makes calls of a library executable, and matches operations for it. */
export interface NativeLibrary extends Library {
  /** The words of which the addon makes the call's kernel. */
  encode(call: LibraryCall): Float64Array;
  /** How many bindings, from the first on, the call is known to read only. */
  readCount(call: LibraryCall): number;
}

export interface NativeBackendOptions {
  /** Most bytes of memory that tensors may take. */
  readonly memoryLimitBytes: number;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class NativeBackend implements Backend {
  readonly apiVersion = BACKEND_API_VERSION;
  readonly name = 'native';
  readonly caps: Caps;
  readonly library: NativeLibrary;
  readonly #device: NativeDevice;
  readonly #memoryLimitBytes: number;
  readonly #kernels = new Map<string, NativeExec>();
  readonly #program = new WordWriter();
  #programArray: Float64Array;
  #lastContents = 0;

  constructor(device: NativeDevice, library: NativeLibrary, options: NativeBackendOptions) {
    this.#device = device;
    this.library = library;
    this.#memoryLimitBytes = options.memoryLimitBytes;
    this.#programArray = this.#program.array;
    device.useProgram(this.#programArray);
    this.caps = {
      storages: ['f32', 'f64', 'i32', 'u8'],
      scalarOps: OPTIONAL_SCALAR_OPS,
      maxBindings: MAXIMUM_BINDINGS,
      alignment: ALIGNMENT_BYTES,
      maxBufferBytes: LARGEST_BUFFER_BYTES,
    };
  }

  /** Bytes in use by buffers. */
  get usedBytes(): number {
    return this.#device.usedBytes();
  }

  alloc(bytes: number): Buf {
    const address = this.#device.allocate(bytes);
    if (address === 0) throw this.#full(bytes);
    const buf = new NativeBuf(bytes, address, this);
    this.#changed(buf);
    return buf;
  }

  free(buf: Buf): void {
    const address = this.#addressOf('free', buf, 0, 0);
    this.#guarded(() => this.#device.free(address));
  }

  write(buf: Buf, at: number, source: Uint8Array): void {
    const address = this.#addressOf('write', buf, at, source.byteLength);
    this.#changed(this.#own('write', buf));
    this.#device.write(address, source);
  }

  async read(buf: Buf, at: number, bytes: number): Promise<Uint8Array> {
    const address = this.#addressOf('read', buf, at, bytes);
    const target = new Uint8Array(bytes);
    try {
      if (!this.#device.readNow(address, target)) await this.#device.readLater(address, target);
    } catch (error) {
      throw new DeviceError('native', messageOf(error));
    }
    return target;
  }

  readSync(buf: Buf, at: number, bytes: number): Uint8Array {
    const address = this.#addressOf('read', buf, at, bytes);
    const target = new Uint8Array(bytes);
    this.#guarded(() => {
      this.#device.waitUntilIdle();
      this.#device.readNow(address, target);
    });
    return target;
  }

  prepare(kernel: LoopKernel | LibraryCall): Exec {
    const key = `${kernel.kind}:${kernel.key}`;
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    const made = this.#guarded(() =>
      kernel.kind === 'loop'
        ? this.#device.prepareLoop(kernel.name, encodeKernel(kernel))
        : this.#device.prepareLibrary(this.library.encode(kernel)),
    );
    const reads =
      kernel.kind === 'loop'
        ? kernel.buffers.map(({ access }) => access === 'read')
        : Array.from({ length: this.library.readCount(kernel) }, () => true);
    const exec = new NativeExec(kernel.name, made, reads, this);
    this.#kernels.set(key, exec);
    return exec;
  }

  run(program: readonly Dispatch[]): void {
    const words = this.#program;
    words.clear();
    for (const dispatch of program) {
      if (dispatch.kind === 'kernel') {
        this.#pushRun(dispatch);
      } else {
        words.push(COPY_STEP);
        words.push(this.#boundAddress(dispatch.from));
        words.push(this.#boundAddress(dispatch.to));
        this.#changed(this.#own('run', dispatch.to.buf));
        words.push(dispatch.from.bytes);
      }
    }
    if (words.array !== this.#programArray) {
      this.#programArray = words.array;
      this.#device.useProgram(words.array);
    }
    this.#guarded(() => this.#device.run(words.length));
  }

  async sync(): Promise<void> {
    try {
      await this.#device.sync();
    } catch (error) {
      throw new DeviceError('native', messageOf(error));
    }
  }

  async close(): Promise<void> {
    // A fault that nobody has heard of concerns nobody any more.
    await this.#device.sync().catch(() => {});
    this.#device.close();
    this.#kernels.clear();
  }

  #pushRun({ exec, bindings, scalars, integers }: KernelDispatch): void {
    if (!(exec instanceof NativeExec) || exec.owner !== this) {
      throw new DeviceError('native', `${exec.name} was not prepared by this backend.`);
    }
    const words = this.#program;
    words.push(RUN_STEP);
    words.push(exec.kernel);
    words.push(bindings.length);
    words.push(scalars.length);
    words.push(integers.length);
    // What is read and written by one dispatch is not what it was.
    for (let position = 0; position < bindings.length; position++) {
      const binding = bindings[position];
      if (binding !== undefined && exec.reads[position] !== true)
        this.#changed(this.#own('run', binding.buf));
    }
    for (const binding of bindings) {
      words.push(this.#boundAddress(binding));
      words.push(binding.bytes);
      words.push(this.#own('run', binding.buf).contents);
    }
    words.pushAll(scalars);
    words.pushAll(integers);
  }

  #boundAddress({ buf, offset, bytes }: Binding): number {
    return this.#addressOf('run', buf, offset, bytes);
  }

  #changed(buf: NativeBuf): void {
    buf.contents = ++this.#lastContents;
  }

  #own(where: string, buf: Buf): NativeBuf {
    if (buf instanceof NativeBuf && buf.owner === this) return buf;
    throw new DeviceError('native', `${where} was given a buffer of another backend.`);
  }

  /** The address of a range, checked to lie within its buffer. */
  #addressOf(where: string, given: Buf, at: number, bytes: number): number {
    const buf = this.#own(where, given);
    if (at < 0 || at + bytes > buf.bytes) {
      throw new DeviceError(
        'native',
        `${where} was given bytes ${at} to ${at + bytes} of a buffer of ${buf.bytes} bytes.`,
      );
    }
    return buf.address + at;
  }

  /** What the addon throws, as an error of this device. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof DeviceError) throw error;
      throw new DeviceError('native', messageOf(error));
    }
  }

  #full(bytes: number): DeviceError {
    const format = (value: number): string => value.toLocaleString('en-US');
    return new DeviceError(
      'native',
      `no room for ${format(bytes)} bytes: ${format(this.usedBytes)} of ${format(this.#memoryLimitBytes)} are in use.`,
      'Use smaller batches, drop tensors that are no longer needed, or raise memoryLimitBytes.',
    );
  }
}
