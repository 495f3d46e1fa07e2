/**
 * The modules that were made over one memory, in order. Threads make the same ones and name a function by its place in
 * this order.
 */
import type { ModuleBuilder } from '../wasm/index';

export interface MadeModule {
  readonly module: WebAssembly.Module;
  readonly exports: WebAssembly.Exports;
}

export class Modules {
  readonly made: MadeModule[] = [];
  /** Whether other threads see the memory; modules have to say so where they import it. */
  readonly isShared: boolean;

  constructor(readonly memory: WebAssembly.Memory) {
    this.isShared = !(memory.buffer instanceof ArrayBuffer);
  }

  /**
   * The exports of a module, which imports this memory and functions that threads have as well. The caller names the
   * functions that it was made with.
   */
  load<Exports>(bytes: Uint8Array<ArrayBuffer>, functions?: WebAssembly.ModuleImports): Exports {
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.memory, ...functions } });
    this.made.push({ module, exports });
    return exports as Exports;
  }

  /** The same, of one being built. */
  instantiate<Exports>(module: ModuleBuilder): Exports {
    return this.load(module.encode(this.isShared));
  }
}
