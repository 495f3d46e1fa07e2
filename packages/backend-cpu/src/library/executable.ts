/** A prepared library call, as the backend's program runner sees it. */
import type { PreparedProducts } from './products';

/** Makes calls of functions of modules, at once or later, in the order in which it is told. */
export interface Caller {
  call(target: (...values: number[]) => unknown, ...values: number[]): void;
  /** The address of numbers for the next call to read. `scratch` has room for them. */
  numbers(values: Int32Array, scratch: number): number;
  /**
   * Calls a function for each task, in any order or at once, with the address of the task's words and the workspace of the
   * thread. Workspaces are `stride` bytes apart, and begin with room for the words.
   */
  deal(
    target: (words: number, own: number) => unknown,
    tasks: readonly Int32Array[],
    workspace: number,
    stride: number,
  ): void;
}

export interface LibraryExecutable {
  readonly name: string;
  /** What the call consists of, where it can be dealt to threads. */
  readonly products?: PreparedProducts;
  /** Makes the calls that it consists of, where these are functions of modules alone; arguments as for `run`. */
  readonly record?: (caller: Caller, addresses: readonly number[], integers: ArrayLike<number>) => void;
  /**
   * @param addresses byte addresses in the memory, in the order of the call's bindings: operands, side inputs, outputs,
   *                  workspace (when the call asked for one)
   * @param scalars   the epilogue's scalar arguments
   * @param integers  the call's `integers`
   */
  run(addresses: readonly number[], scalars: readonly number[], integers: ArrayLike<number>): void;
}
