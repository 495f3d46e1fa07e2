/** A prepared library call, as the backend's program runner sees it. */
export interface LibraryExecutable {
  readonly name: string;
  /**
   * @param addresses byte addresses in the memory, in the order of the call's bindings: operands, side inputs, outputs,
   *                  workspace (when the call asked for one)
   * @param scalars   the epilogue's scalar arguments
   * @param integers  the call's `integers`
   */
  run(addresses: readonly number[], scalars: readonly number[], integers: ArrayLike<number>): void;
}
