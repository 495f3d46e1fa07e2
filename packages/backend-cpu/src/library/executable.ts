/** A prepared library call, as the backend's program runner sees it. */
import type { PreparedProducts } from './products';

export interface LibraryExecutable {
  readonly name: string;
  /** What the call consists of, where it can be dealt to threads. */
  readonly products?: PreparedProducts;
  /**
   * @param addresses byte addresses in the memory, in the order of the call's bindings: operands, side inputs, outputs,
   *                  workspace (when the call asked for one)
   * @param scalars   the epilogue's scalar arguments
   * @param integers  the call's `integers`
   */
  run(addresses: readonly number[], scalars: readonly number[], integers: ArrayLike<number>): void;
}
