/**
 * A backend for whoever has memory and no kernels yet: a subclass keeps bytes, core executes every loop kernel for it in
 * JavaScript. It is the first step of a backend of one's own; the next is to print kernels in `prepare` and `runKernel`,
 * the last to take whole operations through `library`.
 */
import type { TypedArray } from '../dtype';
import { DeviceError } from '../errors';
import { executable, type KernelExecutable, storageArray } from '../kernel/execute';
import { type KernelBuffer, type LoopKernel, OPTIONAL_SCALAR_OPS } from '../kernel/form';
import { decomposeScalarOp } from '../lower/decompose-scalar';
import {
  BACKEND_API_VERSION,
  type Backend,
  type Binding,
  type Buf,
  type Caps,
  type Dispatch,
  type Exec,
  type KernelDispatch,
} from './interface';
import type { Library, LibraryCall } from './library';

/** What `HostBackend.prepare` makes of a loop kernel. */
export interface HostExec extends Exec {
  readonly buffers: readonly KernelBuffer[];
  readonly executable: KernelExecutable;
}

/** Any storage can be viewed from a byte offset that is a multiple of this. */
const ELEMENT_ALIGNMENT = 8;

const isHostExec = (exec: Exec): exec is HostExec => 'executable' in exec;

/**
 * Base class of backends that compute on the host.
 *
 * A subclass gives a name, keeps bytes behind `alloc`, `free`, `copyIn` and `copyOut`, and may lay its memory open
 * through `view`, which saves the copies.
 *
 * @example
 * class Plain extends HostBackend {
 *   readonly name = 'plain';
 *   private readonly memory = new Map<Buf, Uint8Array>();
 *   alloc(bytes: number): Buf {
 *     const buf = { bytes };
 *     this.memory.set(buf, new Uint8Array(bytes));
 *     return buf;
 *   }
 *   free(buf: Buf): void {
 *     this.memory.delete(buf);
 *   }
 *   copyIn(buf: Buf, at: number, source: Uint8Array): void {
 *     this.memory.get(buf)?.set(source, at);
 *   }
 *   copyOut(buf: Buf, at: number, target: Uint8Array): void {
 *     target.set(this.memory.get(buf)?.subarray(at, at + target.length) ?? []);
 *   }
 * }
 */
export abstract class HostBackend implements Backend {
  readonly apiVersion: number = BACKEND_API_VERSION;
  abstract readonly name: string;
  readonly caps: Caps = {
    storages: ['f32', 'f64', 'i32', 'u8'],
    scalarOps: OPTIONAL_SCALAR_OPS,
    decompose: decomposeScalarOp,
    maxBindings: 16,
    alignment: 8,
    maxBufferBytes: 2 ** 31 - 1,
  };
  readonly library?: Library;
  /** Reads at once. A subclass that cannot sets it to undefined. */
  readonly readSync: Backend['readSync'] = (buf, at, bytes) => this.bytesOf(buf, at, bytes);

  abstract alloc(bytes: number): Buf;
  abstract free(buf: Buf): void;
  /** Copies `source` into `buf` from byte `at` on. */
  abstract copyIn(buf: Buf, at: number, source: Uint8Array): void;
  /** Fills `target` with the bytes of `buf` from byte `at` on. */
  abstract copyOut(buf: Buf, at: number, target: Uint8Array): void;

  /** The bytes themselves, where they lie in memory that JavaScript can reach; kernels then work in place. */
  protected view?(buf: Buf, at: number, bytes: number): Uint8Array;

  write(buf: Buf, at: number, source: Uint8Array): void {
    this.copyIn(buf, at, source);
  }

  async read(buf: Buf, at: number, bytes: number): Promise<Uint8Array> {
    return this.bytesOf(buf, at, bytes);
  }

  prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    if (kernel.kind === 'library') {
      throw new DeviceError(
        this.name,
        `no kernel for the library call ${kernel.name}.`,
        'A backend whose library matches an operation must prepare the call it made.',
      );
    }
    return this.prepareOnHost(kernel);
  }

  /** The executable that core runs in JavaScript. */
  protected prepareOnHost(kernel: LoopKernel): HostExec {
    return { name: kernel.name, buffers: kernel.buffers, executable: executable(kernel) };
  }

  run(program: readonly Dispatch[]): void {
    for (const dispatch of program) {
      if (dispatch.kind === 'copy') this.runCopy(dispatch.from, dispatch.to);
      else this.runKernel(dispatch);
    }
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {}

  /** Runs one dispatch of something `prepare` made; override it for kernels of your own. */
  protected runKernel({ exec, bindings, scalars, integers }: KernelDispatch): void {
    if (!isHostExec(exec)) {
      throw new DeviceError(
        this.name,
        `${exec.name} was not prepared by core's executor.`,
        'Override runKernel for it.',
      );
    }
    const staged = exec.buffers.map((buffer, index) => {
      const binding = bindings[index];
      if (binding === undefined) {
        throw new DeviceError(
          exec.name,
          `${bindings.length} bindings given, ${exec.buffers.length} expected.`,
        );
      }
      return this.open(buffer, binding);
    });
    exec.executable.run(
      staged.map(({ array }) => array),
      scalars,
      integers,
    );
    for (const { writeBack } of staged) writeBack();
  }

  private runCopy(from: Binding, to: Binding): void {
    this.copyIn(to.buf, to.offset, this.bytesOf(from.buf, from.offset, from.bytes));
  }

  /** The bound range as an array: the memory itself if it is open and aligned, else a copy that is written back. */
  private open(buffer: KernelBuffer, binding: Binding): { array: TypedArray; writeBack: () => void } {
    const { buf, offset, bytes } = binding;
    const direct = this.view?.(buf, offset, bytes);
    if (direct !== undefined && direct.byteOffset % ELEMENT_ALIGNMENT === 0) {
      return { array: storageArray(buffer.storage, direct), writeBack: () => {} };
    }
    const copy = this.bytesOf(buf, offset, bytes);
    return {
      array: storageArray(buffer.storage, copy),
      writeBack: () => {
        if (buffer.access !== 'read') this.copyIn(buf, offset, copy);
      },
    };
  }

  private bytesOf(buf: Buf, at: number, bytes: number): Uint8Array {
    const target = new Uint8Array(bytes);
    this.copyOut(buf, at, target);
    return target;
  }
}
