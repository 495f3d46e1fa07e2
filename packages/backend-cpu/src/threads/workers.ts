/**
 * Workers of this runtime, made from the text of functions, so that no bundler has to find a file for them.
 */
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

interface WorkerHandle {
  postMessage(message: Message): void;
  terminate(): unknown;
}

/** The worker's end: a port in Node, the global scope elsewhere. */
interface WorkerPort {
  on?(event: 'message', listener: (message: Message) => void): void;
  onmessage?: (event: { readonly data: Message }) => void;
}

/** The program of a worker; its text is used, so that it may name nothing outside of it. */
function work(port: WorkerPort, make: typeof makeThread, layout: Layout): void {
  const functions: Callable[] = [];
  let made = 0;
  let thread: ReturnType<typeof make> | undefined;
  // A method for the reason that `makeThread` gives.
  const worker = {
    receive({ memory, index, spins, modules }: Message): void {
      for (const module of modules) {
        const { exports } = new WebAssembly.Instance(module, { env: { memory } });
        functions.push(...(Object.values(exports) as Callable[]));
        made++;
      }
      thread ??= make(layout, memory, index, spins, functions);
      thread.serve(made);
    },
  };
  if (port.on === undefined) port.onmessage = ({ data }) => worker.receive(data);
  else port.on('message', worker.receive);
}

const sourceFor = (port: string): string => `(${work})(${port}, ${makeThread}, ${JSON.stringify(LAYOUT)});`;

interface ThreadsModule {
  readonly Worker: new (
    source: string,
    options: { readonly eval: true },
  ) => WorkerHandle & { unref(): void; on(event: 'error', listener: (reason: unknown) => void): void };
}

/** A worker that does not keep the process alive. One that fails to start is never heard of: it takes no tasks. */
function start(): WorkerHandle {
  const node = builtin<ThreadsModule>('node:worker_threads');
  if (node !== undefined) {
    const worker = new node.Worker(sourceFor('require("node:worker_threads").parentPort'), { eval: true });
    worker.on('error', () => {});
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([sourceFor('globalThis')], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onerror = (event) => event.preventDefault();
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

export class Workers {
  readonly #workers: readonly WorkerHandle[];
  readonly #modules: Modules;
  readonly #spins: number;
  #posted = 0;

  /** @param count threads beside the host's */
  constructor(modules: Modules, count: number, spins: number) {
    this.#modules = modules;
    this.#spins = spins;
    this.#workers = Array.from({ length: count }, () => start());
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

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
