/** Kernels that operations of other packages bring for this backend: what they look like. */
import type { DType, TypedArray } from '@hadal/core';

/** A tensor as a kernel sees it: row-major, one element after another. */
export interface KernelTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Float32Array for float32, Float64Array for float64, Int32Array for int32, Uint8Array for uint8 and bool. */
  readonly values: TypedArray;
}

/**
 * Computes an operation of `customOp({ kernels: { cpu } })` in the host's thread. It may not keep the arrays: most are
 * views of the backend's memory.
 *
 * @example
 * const double: CpuKernel = ({ inputs: [x], output }) => {
 *   if (x !== undefined) for (let i = 0; i < output.values.length; i++) output.values[i] = 2 * (x.values[i] ?? 0);
 * };
 */
export type CpuKernel = (call: {
  readonly inputs: readonly KernelTensor[];
  /** Its values are undefined at first, and all to be written. */
  readonly output: KernelTensor;
  readonly attributes: Readonly<Record<string, unknown>>;
}) => void;
