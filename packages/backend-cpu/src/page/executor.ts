/**
 * The executor of a page: its programs run in workers, and the page's thread only writes them down, a slice at a time.
 * One worker leads; in a page that is isolated, memory is shared and others help it, elsewhere it has a memory of its own,
 * and what goes in and out is copied.
 */
import { DeviceError } from '@hadal/core/errors';
import { Slices } from '@hadal/core/slices';
import { functions } from '../emit/double/functions';
import { RESERVED_BYTES } from '../emit/index';
import { LinearMemory, PAGE_BYTES } from '../memory/linear-memory';
import { Modules } from '../memory/modules';
import type { Command, Executor, LibraryRecipe } from '../protocol/commands';
import { type ExecutorLibrary, type Kernel, kernelOf } from '../protocol/kernel';
import { GRAIN, type Grain } from '../threads/cost';
import { LAYOUT } from '../threads/layout';
import { StepWriter } from '../threads/steps';
import { Tape } from '../threads/tape';
import { spinsFor } from '../threads/team';
import { startInPage, type WorkerHandle, Workers } from '../threads/workers';
import { lead } from './lead';
import type { FromLeader, ToLeader } from './messages';

/** Room for a tape; longer programs are several. It is address space, most of which is never touched. */
const TAPE = { at: RESERVED_BYTES, bytes: 2 ** 21 };
const TAPE_WORDS = TAPE.bytes / 4;
/** A tape ends at the next good place when less than this part of it is free. */
const LEAST_FREE = 0.5;
/** How much more the leader's own memory gets than was asked for. */
const GROWTH_BYTES = 2 ** 24;

interface Reading {
  resolve(bytes: Uint8Array): void;
  reject(reason: Error): void;
}

export class PageExecutor<L extends ExecutorLibrary> implements Executor {
  readonly library: L;
  readonly isShared: boolean;
  readonly reservedBytes = TAPE.at + TAPE.bytes;
  /** Resolves when the leader is there; rejects where workers cannot be made. */
  readonly ready: Promise<void>;
  readonly #threads: number;
  readonly #memory: LinearMemory;
  readonly #modules: Modules;
  readonly #kernels: Kernel[] = [];
  readonly #tape: Tape;
  readonly #steps: StepWriter;
  readonly #leader: WorkerHandle;
  readonly #readings = new Map<number, Reading>();
  readonly #slices = new Slices();
  /** What was asked for after a program that is still being written down. */
  #waiting: (() => Promise<void> | void)[] = [];
  #isWriting = false;
  #helpers: Workers | undefined;
  #told = 0;
  #reach: number;
  #nextReading = 0;
  #isWorth = false;
  /** What failed since the last reading, and what ended everything. */
  #fault: DeviceError | undefined;
  #lost: DeviceError | undefined;

  /**
   * @param makeLibrary makes the library over modules that the workers make as well
   * @param threads     that work on a program; more than one need a page that is isolated
   */
  constructor(
    makeLibrary: (modules: Modules) => L,
    isShared: boolean,
    threads: number,
    grain: Grain = GRAIN,
  ) {
    this.#threads = threads;
    this.isShared = isShared;
    // What is not shared only serves for making modules here, which names their functions.
    this.#memory = new LinearMemory(isShared ? this.reservedBytes : 0, isShared);
    this.#reach = this.reservedBytes;
    this.#modules = new Modules(this.#memory.memory);
    this.library = makeLibrary(this.#modules);
    this.#tape = new Tape(new Int32Array(TAPE.at / 4 + TAPE_WORDS), TAPE.at, TAPE.bytes);
    const { memory } = this.#memory;
    this.#steps = new StepWriter(this.#modules, this.#kernels, this.#tape, threads, grain, () => {
      if (this.#tape.room < LEAST_FREE * TAPE_WORDS) this.#send();
    });
    let start: { resolve(): void; reject(reason: Error): void };
    this.ready = new Promise((resolve, reject) => {
      start = { resolve, reject };
    });
    this.#leader = startInPage(
      lead,
      (message: FromLeader) => {
        if (message.kind === 'ready') start.resolve();
        else this.#hear(message);
      },
      (reason) => {
        this.#lose(reason);
        start.reject(new DeviceError('cpu', `a worker cannot be made: ${reason}`));
      },
    );
    const spins = spinsFor(threads);
    this.#tell({
      kind: 'start',
      memory: isShared ? memory : undefined,
      bytes: this.reservedBytes,
      spins,
    });
  }

  load({ call }: LibraryRecipe): Promise<void> | undefined {
    return this.library.load(call);
  }

  breathe(): Promise<void> | undefined {
    return this.#slices.breathe();
  }

  submit(command: Command): void {
    switch (command.kind) {
      case 'prepare':
        this.#kernels[command.kernel] = kernelOf(command.recipe, this.library, this.#modules, functions);
        return;
      case 'write': {
        const bytes = command.bytes.slice();
        this.#inTurn(() => this.#tell({ kind: 'write', address: command.address, bytes }, [bytes.buffer]));
        return;
      }
      case 'run': {
        if (this.#lost !== undefined) throw this.#lost;
        const { program } = command;
        this.#inTurn(() => this.#run(program));
      }
    }
  }

  /** Memory that is not here is taken to grow; where it does not, the next reading rejects. */
  grow(end: number, limit: number): number {
    if (this.isShared) return this.#memory.reach(end, limit);
    if (end <= this.#reach) return this.#reach;
    const wanted = Math.max(end, Math.min(limit, this.#reach + GROWTH_BYTES));
    this.#reach = Math.ceil(wanted / PAGE_BYTES) * PAGE_BYTES;
    const bytes = this.#reach;
    this.#inTurn(() => this.#tell({ kind: 'grow', bytes }));
    return bytes;
  }

  read(address: number, bytes: number): Promise<Uint8Array> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const id = this.#nextReading++;
    return new Promise((resolve, reject) => {
      this.#readings.set(id, { resolve, reject });
      this.#inTurn(() => this.#tell({ kind: 'read', id, address, bytes }));
    });
  }

  async sync(): Promise<void> {
    await this.read(0, 0);
  }

  async close(): Promise<void> {
    this.#kernels.length = 0;
    this.#end(new DeviceError('cpu', 'the device was closed.'));
  }

  /** Does what was asked for in its order: at once, unless a program before it is still being written down. */
  #inTurn(work: () => Promise<void> | void): void {
    this.#waiting.push(work);
    if (!this.#isWriting) void this.#workOff();
  }

  async #workOff(): Promise<void> {
    this.#isWriting = true;
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
      const writing = work();
      if (writing !== undefined) await writing;
    }
    this.#isWriting = false;
  }

  async #run(program: Int32Array): Promise<void> {
    const steps = this.#steps;
    try {
      await this.#slices.breathe();
      this.#isWorth = this.#threads > 1 && steps.isWorth(program);
      if (this.#isWorth) this.#helpers ??= this.#startHelpers();
      for (let at = 0; at < program.length && this.#lost === undefined; ) {
        const step = steps.stepAt(program, at);
        if (step.kind === 'other') throw new RangeError('a program has a step that workers cannot run');
        steps.write(program, step);
        at = step.end;
        const pause = this.#slices.breathe();
        if (pause !== undefined || this.#tape.room < LEAST_FREE * TAPE_WORDS) this.#send();
        if (pause !== undefined) await pause;
      }
      this.#send();
    } catch (error) {
      // What was read before is not to fail: the leader answers in the order of what it is told.
      this.#tape.clear();
      this.#tell({ kind: 'fail', reason: String(error) });
    }
  }

  /** Gives away what was written. */
  #send(): void {
    if (this.#tape.isEmpty) return;
    const { made } = this.#modules;
    if (made.length > this.#told) {
      this.#tell({ kind: 'modules', modules: made.slice(this.#told).map(({ module }) => module) });
      this.#told = made.length;
    }
    const text = this.#tape.take();
    this.#helpers?.share();
    const transfer = [text.code.buffer, text.constants.buffer];
    this.#tell({ kind: 'tape', text, isWorth: this.#isWorth, modules: made.length }, transfer);
  }

  #startHelpers(): Workers {
    const words = new Int32Array(this.#memory.memory.buffer);
    return new Workers(this.#modules, this.#threads - 1, spinsFor(this.#threads), (index, reason) => {
      // One that never began to serve is not waited for.
      const begun = Atomics.load(words, LAYOUT.begun + (index >> 5)) & (1 << (index & 31));
      if (begun !== 0) this.#lose(reason);
    });
  }

  #tell(message: ToLeader, transfer: ArrayBuffer[] = []): void {
    this.#leader.postMessage(message, transfer);
  }

  #hear(message: FromLeader): void {
    if (message.kind === 'failed') {
      this.#fault ??= new DeviceError('cpu', `a kernel failed: ${message.reason}`);
    } else if (message.kind === 'read') {
      const reading = this.#readings.get(message.id);
      this.#readings.delete(message.id);
      if (this.#fault === undefined) reading?.resolve(message.bytes);
      else reading?.reject(this.#fault);
      this.#fault = undefined;
    }
  }

  #lose(reason: string): void {
    this.#end(
      new DeviceError(
        'cpu',
        `a worker of this device stopped, and what its memory held is lost: ${reason}`,
        'A new device has workers of its own.',
      ),
    );
  }

  #end(reason: DeviceError): void {
    this.#lost ??= reason;
    this.#waiting = [];
    this.#leader.terminate();
    void this.#helpers?.close();
    for (const { reject } of this.#readings.values()) reject(this.#lost);
    this.#readings.clear();
  }
}
