/** What kernels of the library are chosen by: facts about the adapter, never about the moment. */
export interface LibraryTraits {
  /** Whether a processor does the work of a GPU: barriers and workgroup memory are dear there, and registers cheap. */
  readonly isSoftware: boolean;
  /**
   * How many neighbouring invocations can read each other's registers: the size of a subgroup where the device has
   * subgroups and they all have one size; 1 otherwise.
   */
  readonly subgroupSize: number;
  /** Most bindings of a dispatch. */
  readonly maxBindings: number;
}
