/** The memory that library kernels work in, with the packing that every product shares. */
import { ModuleBuilder } from '../wasm/index';
import { emitPack } from './gemm/pack';

/** Packs a block of an operand into panels; see `emitPack`. */
type Pack = (
  source: number,
  lanes: number,
  inner: number,
  stretches: number,
  target: number,
  laneCount: number,
  innerCount: number,
) => void;

/** Where library kernels run. */
export class Machine {
  readonly pack: { readonly packLeft: Pack; readonly packRight: Pack };
  readonly #memory: WebAssembly.Memory;
  #view: Int32Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new Int32Array(memory.buffer);
    const module = new ModuleBuilder().importMemory();
    emitPack(module, 'packLeft', 6);
    emitPack(module, 'packRight', 8);
    this.pack = this.instantiate(module.encode());
  }

  /** All of memory; not to be kept, since memory may grow. */
  get integers(): Int32Array {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new Int32Array(this.#memory.buffer);
    return this.#view;
  }

  /** The exports of a module that imports this memory. The caller names the functions that the module was made with. */
  instantiate<Exports>(bytes: Uint8Array<ArrayBuffer>): Exports {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.#memory },
    });
    return instance.exports as Exports;
  }
}
