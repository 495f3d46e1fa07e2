/**
 * A device: a backend (or the interpreter) together with its memory pool, its program order and its statistics.
 */
import { BACKEND_API_VERSION, type Backend, type Buf } from '../backend/interface';
import {
  bytesPerStorage,
  type DType,
  hostArray,
  hostArrayOver,
  isFloat,
  type Storage,
  storageOf,
  type TypedArray,
} from '../dtype';
import { DeviceError, DTypeError } from '../errors';
import { DeviceBuffer, type Loan } from './buffer';
import { debugHook } from './debug-hook';
import { Pool } from './pool';
import type { Graph, Program } from './program';
import { Queue } from './queue';
import { runHook } from './run-hook';

/** Memory of a device, in bytes. */
export interface MemoryReport {
  /** Held by tensors, variables and running programs. */
  readonly usedBytes: number;
  /** Kept for reuse. */
  readonly pooledBytes: number;
  /** Most ever held at once. */
  readonly peakBytes: number;
}

/** What a device has done so far. */
export interface DeviceStatistics {
  /** Graphs planned, and graphs that an earlier plan served. */
  readonly plans: number;
  /** Graphs for which a program was there already. */
  readonly planHits: number;
  /** Kernels and library calls compiled. */
  readonly kernels: number;
  /** An estimate of what the plans and kernels that are kept for reuse hold, in bytes. */
  readonly cachedBytes: number;
  /** Programs run. */
  readonly runs: number;
}

/** The part of a device that makes graphs executable. */
export interface Planner {
  program(graph: Graph): Program;
  statistics(): Omit<DeviceStatistics, 'runs'>;
}

/** The memory side of a backend. */
export type DeviceMemory = Pick<
  Backend,
  'name' | 'caps' | 'alloc' | 'free' | 'write' | 'read' | 'readSync' | 'sync' | 'close'
>;

export interface DeviceOptions {
  /**
   * Bytes of unreachable tensors that may be held, at most, before they are collected; half as many are kept for reuse.
   * Default 512 MiB. Collections begin at an eighth of it where they are cheap.
   */
  readonly budgetBytes?: number;
  /** Bytes that plans may hold, and as many kernels; the least recently used go first. Default 64 MiB. */
  readonly cacheBytes?: number;
}

const DEFAULT_BUDGET_BYTES = 512 * 2 ** 20;
/** The share of the budget below which unreachable tensors are not worth a collection. */
const LEAST_SHARE = 1 / 8;
/** Bytes of new memory that take about as long to be touched for the first time as a collection of a millisecond. */
const BYTES_PER_MILLISECOND = 4 * 2 ** 20;

export class Device {
  readonly queue = new Queue();
  readonly #memory: DeviceMemory;
  readonly #planner: Planner;
  readonly #pool: Pool;
  readonly #budgetBytes: number;
  readonly #finalizers: FinalizationRegistry<Loan>;
  #collectAboveBytes: number;
  #runs = 0;
  #lost: Error | undefined;
  #closed = false;

  /** Use `createDevice(backend)` or `interpreter()`. */
  constructor(memory: DeviceMemory, planner: (device: Device) => Planner, options: DeviceOptions = {}) {
    this.#memory = memory;
    this.#planner = planner(this);
    this.#budgetBytes = options.budgetBytes ?? DEFAULT_BUDGET_BYTES;
    this.#pool = new Pool(memory, this.#budgetBytes / 2);
    this.#collectAboveBytes = this.#budgetBytes * LEAST_SHARE;
    this.#finalizers = new FinalizationRegistry(({ isReturned, buf }) => {
      if (!isReturned) this.#pool.release(buf);
    });
  }

  get name(): string {
    return this.#memory.name;
  }

  get caps(): Backend['caps'] {
    return this.#memory.caps;
  }

  /** Memory held now, in bytes. */
  memory(): MemoryReport {
    return {
      usedBytes: this.#pool.usedBytes,
      pooledBytes: this.#pool.keptBytes,
      peakBytes: this.#pool.peakBytes,
    };
  }

  /** Plans, kernels and runs so far. */
  statistics(): DeviceStatistics {
    return { ...this.#planner.statistics(), runs: this.#runs };
  }

  /** How elements of this dtype lie in this device's memory. */
  storageOf(dtype: DType): Storage {
    const wanted = storageOf(dtype);
    const { storages } = this.#memory.caps;
    if (storages.includes(wanted)) return wanted;
    if (wanted === 'u8' && storages.includes('i32')) return 'i32';
    throw new DTypeError(
      this.name,
      `this device has no ${dtype}; it stores ${storages.join(', ')}.`,
      wanted === 'f64'
        ? `cast to '${isFloat(dtype) ? 'float' : 'int'}32', or compute on the interpreter: setDevice(interpreter()).`
        : 'cast to another dtype first.',
    );
  }

  /** A buffer with undefined contents. */
  allocate(dtype: DType, length: number): DeviceBuffer {
    this.requireUsable();
    const storage = this.storageOf(dtype);
    const bytes = length * bytesPerStorage(storage);
    const { maxBufferBytes } = this.caps;
    if (bytes > maxBufferBytes) {
      throw new DeviceError(
        this.name,
        `a tensor of ${bytes} bytes is over the ${maxBufferBytes} that one may take on this device.`,
        'Split it along an axis, or use smaller batches.',
      );
    }
    return this.#lend(dtype, storage, length, this.#pool.lease(bytes));
  }

  /** Another buffer over the same memory, which is returned once both have let go of it. */
  share(source: DeviceBuffer): DeviceBuffer {
    const { dtype, storage, length, buf } = source;
    const buffer = this.#lend(dtype, storage, length, this.#pool.share(buf));
    void this.queue.push(() => {
      buffer.fault = source.fault;
      buffer.gone = source.gone;
    });
    return buffer;
  }

  /** Whether other buffers lie in the same memory, so that overwriting it would change them. */
  isShared({ buf }: DeviceBuffer): boolean {
    return this.#pool.shares(buf) > 0;
  }

  #lend(dtype: DType, storage: Storage, length: number, buf: Buf): DeviceBuffer {
    const loan = { buf, isReturned: false };
    const buffer = new DeviceBuffer(this, dtype, storage, length, loan);
    // By no token: the table of tokens takes longer than all else that is done for a small buffer.
    this.#finalizers.register(buffer, loan);
    return buffer;
  }

  /** Scratch memory that is given back with `releaseScratch` once the program using it has been submitted. */
  leaseScratch(bytes: number): Buf {
    return this.#pool.lease(bytes);
  }

  releaseScratch(buf: Buf): void {
    this.#pool.release(buf);
  }

  /**
   * Returns a buffer's memory before the collector would, but not a variable's.
   *
   * @param why what happened to the tensor, for whoever reads it afterwards
   */
  release(buffer: DeviceBuffer, why = 'disposed'): void {
    if (buffer.released || buffer.owned) return;
    buffer.loan.isReturned = true;
    void this.queue.push(() => {
      buffer.gone = why;
      this.#pool.release(buffer.buf);
    });
  }

  /** Copies host values into a new buffer. The values are read when their turn in the queue comes. */
  upload(dtype: DType, values: TypedArray): DeviceBuffer {
    const buffer = this.allocate(dtype, values.length);
    void this.queue.push(() => this.#memory.write(buffer.buf, 0, toStorage(values, buffer.storage)));
    return buffer;
  }

  /** Copies a buffer's values to the host, after everything asked for before. */
  async download(buffer: DeviceBuffer): Promise<TypedArray> {
    this.requireUsable();
    const bytes = buffer.length * bytesPerStorage(buffer.storage);
    const read = await this.queue.push(() => {
      buffer.check();
      return this.#memory.read(buffer.buf, 0, bytes);
    });
    return fromStorage(read, buffer);
  }

  /** Reads a buffer from within a program that the queue is running. */
  async readDirectly(buffer: DeviceBuffer): Promise<TypedArray> {
    buffer.check();
    const bytes = buffer.length * bytesPerStorage(buffer.storage);
    return fromStorage(await this.#memory.read(buffer.buf, 0, bytes), buffer);
  }

  /** Makes a graph executable, from the cache where possible. */
  program(graph: Graph): Program {
    this.requireUsable();
    const program = this.#planner.program(graph);
    return debugHook()?.wrap(this, graph, program) ?? program;
  }

  /** Runs a program in order; a failure becomes the fault of its targets, so that whoever reads them hears of it. */
  submit(program: Program, parameters: readonly DeviceBuffer[], targets: readonly DeviceBuffer[]): void {
    this.#runs++;
    const watched = runHook()?.(this, program) ?? program;
    const fail = (error: unknown): void => {
      const fault = error instanceof Error ? error : new DeviceError(this.name, String(error));
      for (const target of targets) target.fault = fault;
    };
    const work = (): void | Promise<void> => {
      try {
        const running = watched.run(parameters, targets);
        return running instanceof Promise ? running.catch(fail) : undefined;
      } catch (error) {
        fail(error);
      }
    };
    void this.queue.push(work);
  }

  /** An await point: where the budget is passed, unreachable tensors are collected before more are made. */
  async settle(): Promise<void> {
    if (this.#pool.usedBytes <= this.#collectAboveBytes) return;
    await this.queue.idle();
    const start = performance.now();
    await this.collect();
    const cost = (performance.now() - start) * BYTES_PER_MILLISECOND;
    // What is still held is in use. The next collection waits until as much again is held, and so much more that it costs
    // less than new memory, but no more than a budget.
    const { usedBytes } = this.#pool;
    this.#collectAboveBytes = Math.min(
      Math.max(this.#budgetBytes, usedBytes + Math.min(usedBytes, this.#budgetBytes)),
      usedBytes + Math.max(usedBytes, this.#budgetBytes * LEAST_SHARE, cost),
    );
  }

  /** Collects unreachable tensors now. Tests of memory call it; programs need not. */
  async collect(): Promise<void> {
    await this.queue.idle();
    await (await import('../on-demand')).collectGarbage();
  }

  /** Resolves when all submitted work is done. */
  async sync(): Promise<void> {
    await this.queue.idle();
    await this.#memory.sync();
  }

  /** Ends the backend and frees its memory. A process ends by itself without it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.queue.idle();
    this.#closed = true;
    await this.#memory.close();
  }

  /** Records that the device was lost; everything asked of it from now on fails with the reason. */
  reportLost(reason: Error): void {
    this.#lost = reason;
  }

  requireUsable(): void {
    if (this.#closed) {
      throw new DeviceError(
        this.name,
        'the device was closed.',
        'create a new one and call setDevice with it.',
      );
    }
    if (this.#lost !== undefined) {
      throw new DeviceError(
        this.name,
        `the device was lost: ${this.#lost.message}`,
        'create a new device and load the last checkpoint on it.',
      );
    }
  }
}

/** Refuses a backend that was made for another version of the interface. */
export function requireApiVersion(backend: Backend): void {
  if (backend.apiVersion === BACKEND_API_VERSION) return;
  throw new DeviceError(
    'createDevice',
    `backend "${backend.name}" was made for version ${backend.apiVersion} of the backend interface, this core has version ${BACKEND_API_VERSION}.`,
    'install versions of the backend and of @hadal/core that belong together.',
  );
}

function toStorage(values: TypedArray, storage: Storage): Uint8Array {
  const isNarrow = storage === 'i32' && values.BYTES_PER_ELEMENT < 4;
  const stored = isNarrow ? Int32Array.from(values) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function fromStorage(bytes: Uint8Array, buffer: DeviceBuffer): TypedArray {
  const values = hostArray(buffer.dtype, buffer.length);
  if (values.BYTES_PER_ELEMENT === bytesPerStorage(buffer.storage)) return hostArrayOver(buffer.dtype, bytes);
  values.set(hostArrayOver('int32', bytes));
  return values;
}
