/**
 * A backend that does everything the interface allows and nobody expects: it plans, prepares and reads asynchronously and runs
 * late, on a timeline of its own; it hides its memory behind private fields and copies; it poisons what it hands out and
 * what it takes back; it stores float32 and int32 only, binds four buffers at most, wants ranges aligned to 256 bytes,
 * and has none of the optional operations. And it checks every rule that core has to keep.
 */
import {
  BACKEND_API_VERSION,
  type Backend,
  type Binding,
  type Buf,
  type Caps,
  type Dispatch,
  decomposeScalarOp,
  type Exec,
  executable,
  type KernelBuffer,
  type KernelExecutable,
  type LibraryCall,
  type LoopKernel,
  OPTIONAL_SCALAR_OPS,
  storageArray,
  validateKernel,
} from '@hadal/core/backend';

/** Core broke a rule of the backend interface. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

function require(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new ContractError(rule);
}

/** A later turn of the event loop; `setTimeout` alone would wait a millisecond tens of thousands of times. */
const later = (): Promise<void> =>
  new Promise((resolve) => {
    if ('setImmediate' in globalThis) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });

/** Every 32-bit lane of 0x7fc00000 is a NaN, and as an integer an index far outside of anything. */
const NAN_BITS = 0x7fc00000;
const FREED_BYTE = 0xaa;

interface Prepared {
  readonly executable: KernelExecutable;
  readonly buffers: readonly KernelBuffer[];
  readonly scalars: number;
  readonly integers: number;
}

export class HostileBackend implements Backend {
  readonly apiVersion = BACKEND_API_VERSION;
  readonly name = 'hostile';
  readonly caps: Caps = {
    storages: ['f32', 'i32'],
    scalarOps: [],
    decompose: decomposeScalarOp,
    maxBindings: 4,
    alignment: 256,
    maxBufferBytes: 2 ** 26,
  };

  readonly #memory = new WeakMap<Buf, Uint8Array>();
  readonly #prepared = new WeakMap<Exec, Prepared>();
  readonly #keys = new Set<string>();
  #timeline: Promise<void> = Promise.resolve();
  #fault: unknown;
  #closed = false;
  #isBreathing = false;

  alloc(bytes: number): Buf {
    require(!this.#closed, 'nothing is allocated after close');
    require(Number.isSafeInteger(bytes) && bytes >= 0, `${bytes} is not a number of bytes`);
    require(bytes <=
      this.caps.maxBufferBytes, `${bytes} bytes are over the limit of ${this.caps.maxBufferBytes}`);
    const buf = Object.freeze({ bytes });
    const memory = new Uint8Array(Math.ceil(bytes / 4) * 4);
    new Int32Array(memory.buffer).fill(NAN_BITS);
    this.#memory.set(buf, memory.subarray(0, bytes));
    return buf;
  }

  free(buf: Buf): void {
    this.#bytes({ buf, offset: 0, bytes: buf.bytes });
    this.#submit(() => {
      this.#bytes({ buf, offset: 0, bytes: buf.bytes }).fill(FREED_BYTE);
      this.#memory.delete(buf);
    });
  }

  write(buf: Buf, at: number, source: Uint8Array): void {
    const copy = new Uint8Array(source);
    this.#submit(() => this.#bytes({ buf, offset: at, bytes: copy.length }).set(copy));
  }

  async read(buf: Buf, at: number, bytes: number): Promise<Uint8Array> {
    let result = new Uint8Array();
    this.#submit(() => {
      result = this.#bytes({ buf, offset: at, bytes }).slice();
    });
    await this.sync();
    await later();
    return result;
  }

  /** Pauses at every other place where it may. */
  readonly breathe = (): Promise<void> | undefined => {
    this.#isBreathing = !this.#isBreathing;
    return this.#isBreathing ? Promise.resolve() : undefined;
  };

  async prepare(kernel: LoopKernel | LibraryCall): Promise<Exec> {
    require(kernel.kind === 'loop', 'a backend without a library is never asked for a library call');
    require(!this.#keys.has(kernel.key), `kernel ${kernel.name} is prepared once per key`);
    this.#keys.add(kernel.key);
    // A kernel is plain data: it could come from another thread.
    const received = structuredClone(kernel);
    await later();
    this.#check(received);
    const exec = Object.freeze({ name: received.name });
    this.#prepared.set(exec, {
      executable: executable(received),
      buffers: received.buffers,
      scalars: received.scalars.length,
      integers: received.integers,
    });
    return exec;
  }

  run(program: readonly Dispatch[]): void {
    // What core does with its arrays afterwards must not matter.
    const copies = program.map((dispatch) =>
      dispatch.kind === 'copy'
        ? dispatch
        : {
            ...dispatch,
            bindings: [...dispatch.bindings],
            scalars: [...dispatch.scalars],
            integers: [...dispatch.integers],
          },
    );
    this.#submit(() => {
      for (const dispatch of copies) this.#dispatch(dispatch);
    });
  }

  async sync(): Promise<void> {
    await this.#timeline;
    if (this.#fault !== undefined) throw this.#fault;
  }

  async close(): Promise<void> {
    await this.#timeline;
    this.#closed = true;
  }

  /** Appends work to the timeline, which goes on in a later microtask. The first fault is kept. */
  #submit(work: () => void): void {
    this.#timeline = this.#timeline.then(() => {
      try {
        work();
      } catch (error) {
        this.#fault ??= error;
      }
    });
  }

  /** The bytes of a range, which must exist. */
  #bytes({ buf, offset, bytes }: Binding): Uint8Array {
    const memory = this.#memory.get(buf);
    require(memory !== undefined, 'a buffer is used after it was freed, or belongs to another backend');
    require(offset >= 0 &&
      bytes >= 0 &&
      offset + bytes <=
        memory.length, `bytes ${offset} to ${offset + bytes} lie outside of a buffer of ${memory.length}`);
    return memory.subarray(offset, offset + bytes);
  }

  #check(kernel: LoopKernel): void {
    validateKernel(kernel);
    require(kernel.buffers.length <=
      this.caps.maxBindings, `${kernel.name} binds ${kernel.buffers.length} buffers`);
    for (const { storage } of kernel.buffers) {
      require(this.caps.storages.includes(storage), `${kernel.name} has a buffer of ${storage}`);
    }
    for (const stage of kernel.stages) {
      for (const { op } of stage.body) {
        const isOptional = OPTIONAL_SCALAR_OPS.some((optional) => optional === op);
        require(!isOptional, `${kernel.name} uses the optional operation ${op}`);
      }
    }
  }

  #dispatch(dispatch: Dispatch): void {
    if (dispatch.kind === 'copy') {
      require(dispatch.from.bytes === dispatch.to.bytes, 'a copy has two ranges of one size');
      require(!overlap(dispatch.from, dispatch.to), 'the ranges of a copy do not overlap');
      this.#bytes(dispatch.to).set(this.#bytes(dispatch.from));
      return;
    }
    const { exec, bindings, scalars, integers } = dispatch;
    const prepared = this.#prepared.get(exec);
    require(prepared !== undefined, `${exec.name} was prepared by this backend`);
    require(bindings.length === prepared.buffers.length, `${exec.name} gets ${bindings.length} bindings`);
    require(scalars.length === prepared.scalars, `${exec.name} gets ${scalars.length} scalars`);
    require(integers.length === prepared.integers, `${exec.name} gets ${integers.length} integers`);
    this.#checkBindings(exec, prepared, bindings);
    const memory = bindings.map((binding) => this.#bytes(binding).slice());
    prepared.executable.run(
      memory.map((bytes, index) => storageArray(prepared.buffers[index]?.storage ?? 'u8', bytes)),
      scalars,
      integers,
    );
    bindings.forEach((binding, index) => {
      const bytes = memory[index];
      if (prepared.buffers[index]?.access !== 'read' && bytes !== undefined) this.#bytes(binding).set(bytes);
    });
  }

  #checkBindings(exec: Exec, prepared: Prepared, bindings: readonly Binding[]): void {
    bindings.forEach((binding, index) => {
      require(binding.offset % this.caps.alignment ===
        0, `${exec.name} binds a range at ${binding.offset}, which is not a multiple of ${this.caps.alignment}`);
      if (prepared.buffers[index]?.access === 'read') return;
      bindings.forEach((other, at) => {
        require(at === index ||
          !overlap(binding, other), `${exec.name} writes to a range that it binds twice`);
      });
    });
  }
}

const overlap = (a: Binding, b: Binding): boolean =>
  a.buf === b.buf && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
