/**
 * What the printers of this package make and its run time compiles: WGSL, and how many workgroups each of its passes
 * takes.
 *
 * Every shader meets the run time in the same way. Binding 0 of group 0 is a uniform `args: array<vec4<u32>, n>`, whose
 * words are, in order: for each binding of the dispatch the number of its elements (of four bytes) by which its first one
 * lies behind the start of the bound range, then the int32 arguments, then the scalar arguments as the bits of their
 * type, then a zero, of which compilers do not know that it is one. Binding 1 + i is the i-th binding of the dispatch, declared as
 * `@group(0) @binding(…) var<storage, read_write> name: type`: WebGPU allows ranges of one buffer to be bound together
 * only where all of them may be written, or none. The run time changes `read_write` to `read` where ranges that are only
 * read overlap.
 */

/** One dispatch of an entry point. Passes run in order, and each sees what earlier ones wrote. */
export interface ShaderPass {
  readonly entryPoint: string;
  /**
   * How many workgroups run along x, y and z, none of them above the device's limit. Where one of them is 0, the pass is
   * left out.
   */
  workgroups(integers: readonly number[]): readonly [x: number, y: number, z: number];
}

export interface Shader {
  /** For people, and for messages of the compiler. */
  readonly name: string;
  readonly code: string;
  readonly passes: readonly ShaderPass[];
  /** For each binding of the dispatch whether it is only read, or also written. */
  readonly access: readonly ('read' | 'write')[];
}

/** Workgroups of a grid that is folded where it is longer than a device allows along one axis. */
export type Workgroups = readonly [x: number, y: number, z: number];

/** What WebGPU guarantees along each axis; adapters offer no more. */
const MOST_WORKGROUPS = 65_535;

/**
 * Folds `count` workgroups in a row into two axes. Workgroup `y · workgroups along x + x` is the one at (x, y), and the
 * last ones may be beyond `count`.
 */
export function folded(count: number): Workgroups {
  if (count <= MOST_WORKGROUPS) return [count, 1, 1];
  const rows = Math.ceil(count / MOST_WORKGROUPS);
  return [Math.ceil(count / rows), rows, 1];
}
