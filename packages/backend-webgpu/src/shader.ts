/**
 * What the printers of this package make and its run time compiles: WGSL, and how many workgroups each of its passes
 * takes.
 *
 * Every shader meets the run time in the same way. Binding 0 of group 0 is a uniform `args: array<vec4<u32>, n>`, whose
 * words are, in order: for each binding of the dispatch the number of its elements by which its first one lies behind the
 * start of the bound range, then the int32 arguments, then the scalar arguments as the bits of their type. Binding
 * 1 + i is the i-th binding of the dispatch, a storage buffer that may be written: WebGPU allows ranges of one buffer
 * to be bound together only so.
 */

/** One dispatch of an entry point. Passes run in order, and each sees what earlier ones wrote. */
export interface ShaderPass {
  readonly entryPoint: string;
  /** How many workgroups run along x, y and z, none of them above the device's limit. */
  workgroups(integers: readonly number[]): readonly [x: number, y: number, z: number];
}

export interface Shader {
  /** For people, and for messages of the compiler. */
  readonly name: string;
  readonly code: string;
  readonly passes: readonly ShaderPass[];
}
