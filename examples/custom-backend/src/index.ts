/**
 * A backend of one's own, from memory to kernels: its bytes lie where core cannot reach them, it prints every loop
 * kernel as JavaScript source, and it takes matrix products whole.
 */
import type {
  Binding,
  Buf,
  Caps,
  Dispatch,
  Exec,
  LibraryCall,
  LoopKernel,
  Storage,
} from '@hadal/core/backend';
import { BACKEND_API_VERSION, type Backend, decomposeScalarOp } from '@hadal/core/backend';
import { library, multiply } from './dot';
import { helpers, printKernel, SCALAR_OPS } from './print';

type Memory = Float32Array | Int32Array | Uint8Array;

/** A kernel that was printed and compiled, with what it takes to run it. */
class CompiledKernel implements Exec {
  constructor(
    readonly name: string,
    readonly storages: readonly Storage[],
    readonly run: (
      memory: readonly Memory[],
      scalars: readonly number[],
      integers: readonly number[],
    ) => void,
  ) {}
}

export class PrintingBackend implements Backend {
  readonly apiVersion = BACKEND_API_VERSION;
  readonly name = 'printing';
  readonly caps: Caps = {
    storages: ['f32', 'i32', 'u8'],
    scalarOps: SCALAR_OPS,
    decompose: decomposeScalarOp,
    maxBindings: 16,
    alignment: 4,
    maxBufferBytes: 2 ** 31 - 1,
  };
  readonly library = library;
  /** Core holds the handles, only this backend the bytes. */
  readonly #blocks = new Map<Buf, ArrayBuffer>();

  alloc(bytes: number): Buf {
    const handle: Buf = { bytes };
    // Whole words, so that every storage can be viewed.
    this.#blocks.set(handle, new ArrayBuffer(Math.ceil(bytes / 4) * 4));
    return handle;
  }

  free(buf: Buf): void {
    this.#blocks.delete(buf);
  }

  write(buf: Buf, at: number, source: Uint8Array): void {
    this.#bytes({ buf, offset: at, bytes: source.length }).set(source);
  }

  async read(buf: Buf, at: number, bytes: number): Promise<Uint8Array> {
    return this.#bytes({ buf, offset: at, bytes }).slice();
  }

  prepare(kernel: LoopKernel | LibraryCall): Exec {
    if (kernel.kind === 'library') {
      return new CompiledKernel(kernel.name, ['f32', 'f32', 'f32'], (memory, _scalars, integers) => {
        const out = memory[2]!;
        multiply(memory, integers, (index, value) => {
          out[index] = value;
        });
      });
    }
    const compiled = new Function('memory', 'scalars', 'integers', 'help', printKernel(kernel));
    const storages = kernel.buffers.map(({ storage }) => storage);
    return new CompiledKernel(kernel.name, storages, (memory, scalars, integers) => {
      compiled(memory, scalars, integers, helpers);
    });
  }

  run(program: readonly Dispatch[]): void {
    for (const dispatch of program) {
      if (dispatch.kind === 'copy') {
        this.#bytes(dispatch.to).set(this.#bytes(dispatch.from));
        continue;
      }
      const { exec, bindings, scalars, integers } = dispatch;
      if (!(exec instanceof CompiledKernel)) throw new Error(`${exec.name} was prepared by another backend`);
      const memory = exec.storages.map((storage, index) => this.#view(storage, bindings[index]!));
      exec.run(memory, scalars, integers);
    }
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {
    this.#blocks.clear();
  }

  #bytes({ buf, offset, bytes }: Binding): Uint8Array {
    const block = this.#blocks.get(buf);
    if (block === undefined) throw new Error('this memory was freed, or belongs to another backend');
    return new Uint8Array(block, offset, bytes);
  }

  #view(storage: Storage, binding: Binding): Memory {
    const { buffer, byteOffset, length } = this.#bytes(binding);
    if (storage === 'u8') return new Uint8Array(buffer, byteOffset, length);
    return storage === 'i32'
      ? new Int32Array(buffer, byteOffset, length / 4)
      : new Float32Array(buffer, byteOffset, length / 4);
  }
}
