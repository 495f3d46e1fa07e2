/**
 * Workers of this runtime, made from the text of functions, so that no bundler has to find a file for them.
 */
import { makeScalarFunctions, makeScalarMath } from '@hadal/core/kernel/scalar-functions';
import type { Modules } from '../memory/modules';
import { builtin } from '../runtime';
import { LAYOUT, type Layout } from './layout';
import { type Callable, makeThread } from './thread';

/** What a worker is told: first everything, later modules that were made since. */
interface Message {
  readonly memory: WebAssembly.Memory;
  readonly index: number;
  readonly spins: number;
  readonly modules: readonly WebAssembly.Module[];
}

/** How far a worker's event loop has come; Node tells this of workers at once. */
interface Utilization {
  readonly idle: number;
  readonly active: number;
}

export interface WorkerHandle {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  terminate(): unknown;
  /** Whether it has stopped; a runtime that cannot tell says no. */
  isDead(): boolean;
}

/** The worker's end: a port in Node, the global scope elsewhere. */
export interface WorkerPort<Incoming> {
  on?(event: 'message', listener: (message: Incoming) => void): void;
  onmessage?: (event: { readonly data: Incoming }) => void;
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
}

/** Functions that modules import beside the memory, by operation and type of the operands. */
export type ScalarFunctions = ReturnType<typeof makeScalarFunctions>;

/** Makes modules and collects their functions; its text is used, so that it may name nothing outside of it. */
export function makeFunctions(scalars: ScalarFunctions) {
  const functions: Callable[] = [];
  return {
    functions,
    add(modules: readonly WebAssembly.Module[], memory: WebAssembly.Memory): void {
      for (const module of modules) {
        const env: WebAssembly.ModuleImports = { memory };
        for (const { name, kind } of WebAssembly.Module.imports(module)) {
          const [op, from] = name.split(':');
          const found = kind === 'function' && scalars.of(op ?? '', from ?? '');
          if (found) env[name] = found;
        }
        const { exports } = new WebAssembly.Instance(module, { env });
        functions.push(...(Object.values(exports) as Callable[]));
      }
    },
  };
}

/** The program of a worker; its text is used, so that it may name nothing outside of it. */
function work(
  port: WorkerPort<Message>,
  make: typeof makeThread,
  layout: Layout,
  made: ReturnType<typeof makeFunctions>,
): void {
  let count = 0;
  let thread: ReturnType<typeof make> | undefined;
  // A method for the reason that `makeThread` gives.
  const worker = {
    receive({ memory, index, spins, modules }: Message): void {
      made.add(modules, memory);
      count += modules.length;
      thread ??= make(layout, memory, index, spins, made.functions);
      thread.serve(count);
    },
  };
  if (port.on === undefined) port.onmessage = ({ data }) => worker.receive(data);
  else port.on('message', worker.receive);
}

/** A program that is called with a port and what all programs of workers need. */
export const sourceOf = (program: (...values: never[]) => void, port: string): string =>
  `(${program})(${port}, ${makeThread}, ${JSON.stringify(LAYOUT)}, (${makeFunctions})((${makeScalarFunctions})((${makeScalarMath})())));`;

interface ThreadsModule {
  readonly Worker: new (
    source: string,
    options: { readonly eval: true },
  ) => Pick<WorkerHandle, 'postMessage' | 'terminate'> & {
    readonly performance?: { eventLoopUtilization?(): Utilization };
    unref(): void;
    on(event: 'error', listener: (reason: unknown) => void): void;
  };
}

/** A worker of Node, or of a runtime that imitates it, that does not keep the process alive; undefined elsewhere. */
function startInNode(): WorkerHandle | undefined {
  const node = builtin<ThreadsModule>('node:worker_threads');
  if (node === undefined) return undefined;
  const source = sourceOf(work, 'require("node:worker_threads").parentPort');
  const worker = new node.Worker(source, { eval: true });
  // One that fails to start is never heard of: it takes no tasks.
  worker.on('error', () => {});
  worker.unref();
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    isDead: () => {
      const { idle, active } = worker.performance?.eventLoopUtilization?.() ?? { idle: 0, active: 1 };
      // A loop that runs has been active; one that ended has no idle time, or none that makes sense.
      return idle < 0 || active === 0;
    },
  };
}

/** A worker of a page, or of a worker of one. */
export function startInPage<Incoming>(
  program: (...values: never[]) => void,
  onMessage: (message: Incoming) => void,
  onError: (reason: string) => void,
): WorkerHandle {
  const source = sourceOf(program, 'globalThis');
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onerror = (event) => {
    event.preventDefault();
    onError(event.message);
  };
  return {
    postMessage: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
    isDead: () => false,
  };
}

export class Workers {
  readonly #workers: readonly WorkerHandle[];
  readonly #modules: Modules;
  readonly #spins: number;
  #posted = 0;

  /**
   * @param count   threads beside the host's
   * @param onError told what a page says of the worker of a thread that fails
   */
  constructor(
    modules: Modules,
    count: number,
    spins: number,
    onError: (index: number, reason: string) => void = () => {},
  ) {
    this.#modules = modules;
    this.#spins = spins;
    this.#workers = Array.from({ length: count }, (_, i) => {
      const inPage = () =>
        startInPage(
          work,
          () => {},
          (reason) => onError(i + 1, reason),
        );
      return startInNode() ?? inPage();
    });
  }

  /** Gives modules that were made since to all; returns how many there are. */
  share(): number {
    const { made, memory } = this.#modules;
    if (made.length > this.#posted) {
      const modules = made.slice(this.#posted).map(({ module }) => module);
      for (const [i, worker] of this.#workers.entries()) {
        worker.postMessage({ memory, index: i + 1, spins: this.#spins, modules });
      }
      this.#posted = made.length;
    }
    return made.length;
  }

  /** Whether the worker of a thread has stopped that had begun. */
  isDead(index: number): boolean {
    return this.#workers[index - 1]?.isDead() ?? false;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
