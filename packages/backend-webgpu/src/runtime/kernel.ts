/** An executable of this backend: a shader, its pipelines, and the bind groups made for it. */
import type { Exec, Register } from '@hadal/core/backend';
import type { Shader } from '../shader';
import type { GpuBuf } from './memory';
import type { Pipelines, ReadOnly } from './pipelines';

/** A range of a buffer that was checked. */
export interface Range {
  readonly buf: GpuBuf;
  readonly offset: number;
  readonly bytes: number;
}

/** A copy that a dispatch needs first, to scratch memory. */
export interface ScratchCopy {
  readonly from: Range;
  readonly to: Range;
}

/** The bind group of one set of ranges. */
export interface Bound {
  readonly pipelines: readonly GPUComputePipeline[];
  readonly group: GPUBindGroup;
  readonly copies: readonly ScratchCopy[];
  /** What it was made for. */
  readonly ranges: readonly Range[];
}

export class GpuKernel implements Exec {
  /** By the hash of their ranges; of two with one hash the later stays. */
  readonly bound = new Map<number, Bound>();
  readonly #variants = new Map<ReadOnly, readonly GPUComputePipeline[]>();

  constructor(
    readonly shader: Shader,
    readonly scalars: readonly Register[],
    readonly owner: object,
    private readonly pipelines: Pipelines,
    compiled: readonly GPUComputePipeline[],
  ) {
    this.#variants.set(0, compiled);
  }

  get name(): string {
    return this.shader.name;
  }

  /** The pipelines whose bindings of `readOnly` are declared so. */
  variant(readOnly: ReadOnly): readonly GPUComputePipeline[] {
    const known = this.#variants.get(readOnly);
    if (known !== undefined) return known;
    const made = this.pipelines.compileNow(this.shader, readOnly);
    this.#variants.set(readOnly, made);
    return made;
  }
}
