/**
 * The memory that library kernels work in, with the helpers that no epilogue changes: index tables and packing.
 */
import type { Modules } from '../memory/modules';
import { ModuleBuilder } from '../wasm/index';
import { emitPack } from './gemm/pack';
import { emitCollect, emitEnumerate, emitStretches } from './tables';

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
  stretches(target: number, table: number, count: number): void;
  packLeft(
    source: number,
    lanes: number,
    inner: number,
    stretches: number,
    target: number,
    laneCount: number,
    innerCount: number,
  ): void;
  packRight: Helpers['packLeft'];
}

/** Room for the axes that an index table is made from. */
export const AXES_BYTES = 256;
/** Most axes that fit there. */
export const MOST_AXES = AXES_BYTES / 8;

/** A row-major walk over axes: pairs of extent and stride, innermost first. */
export type Walk = Int32Array;

/** The walk over these axes with their strides in one field, times a factor that makes them bytes where asked. */
export function walkOf<Field extends string>(
  axes: readonly (Readonly<Record<Field, number>> & { readonly extent: number })[],
  field: Field,
  factor: number,
): Walk {
  if (axes.length === 0) return Int32Array.of(1, 0);
  return Int32Array.from(axes.toReversed().flatMap((each) => [each.extent, each[field] * factor]));
}

/** Where library kernels run. */
export class Machine {
  readonly helpers: Helpers;
  readonly #modules: Modules;
  #view: Int32Array;

  constructor(modules: Modules) {
    this.#modules = modules;
    this.#view = new Int32Array(modules.memory.buffer);
    const module = new ModuleBuilder().importMemory();
    emitEnumerate(module);
    emitCollect(module);
    emitStretches(module);
    emitPack(module, 'packLeft', 6);
    emitPack(module, 'packRight', 8);
    this.helpers = this.instantiate<Helpers>(module);
  }

  get memory(): WebAssembly.Memory {
    return this.#modules.memory;
  }

  /** All of memory; not to be kept, since memory may grow. */
  get integers(): Int32Array {
    const { buffer } = this.#modules.memory;
    if (this.#view.buffer !== buffer) this.#view = new Int32Array(buffer);
    return this.#view;
  }

  /**
   * Writes the offsets of the indices start … start + count - 1 of a walk to `table`, and repeats the last one up to
   * `padded` entries. `scratch` has `AXES_BYTES` for the axes.
   */
  enumerate(table: number, walk: Walk, start: number, count: number, padded: number, scratch: number): void {
    this.integers.set(walk, scratch >>> 2);
    this.helpers.enumerate(table, start, count, padded, scratch, walk.length >>> 1);
  }

  /** The exports of a module that imports this memory. The caller names the functions that the module was made with. */
  instantiate<Exports>(module: ModuleBuilder): Exports {
    return this.#modules.instantiate(module);
  }
}
