/**
 * The memory that library kernels work in, with the helpers that no epilogue changes: index tables and packing.
 */
import { ModuleBuilder } from '../../wasm/index';
import { emitPack } from './pack';
import { emitCollect, emitEnumerate } from './tables';

export interface Helpers {
  enumerate(
    target: number,
    start: number,
    count: number,
    padded: number,
    axes: number,
    axisCount: number,
  ): void;
  collect(target: number, source: number, offsets: number, count: number): void;
  packLeft(
    source: number,
    lanes: number,
    inner: number,
    target: number,
    laneCount: number,
    innerCount: number,
  ): void;
  packRight: Helpers['packLeft'];
}

/** Where library kernels run. */
export class Machine {
  readonly helpers: Helpers;
  private view: Int32Array;

  constructor(readonly memory: WebAssembly.Memory) {
    const module = new ModuleBuilder().importMemory();
    emitEnumerate(module);
    emitCollect(module);
    emitPack(module, 'packLeft', 6);
    emitPack(module, 'packRight', 8);
    this.helpers = this.instantiate<Helpers>(module.encode());
    this.view = new Int32Array(memory.buffer);
  }

  /** All of memory; not to be kept, since memory may grow. */
  get integers(): Int32Array {
    if (this.view.buffer !== this.memory.buffer) this.view = new Int32Array(this.memory.buffer);
    return this.view;
  }

  /** The exports of a module that imports this memory. The caller names the functions that the module was made with. */
  instantiate<Exports>(bytes: Uint8Array<ArrayBuffer>): Exports {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.memory },
    });
    return instance.exports as Exports;
  }
}
