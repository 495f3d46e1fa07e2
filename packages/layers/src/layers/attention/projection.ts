/** Linear maps between several axes, as those into heads and out of them. */
import type { Tensor, Variable } from '@hadal/core';
import { matmul } from '@hadal/core';

/** A linear map of the last axes to others: `kernel` [...from, …to] and `bias` [...to]. */
export interface Projection {
  readonly kernel: Variable;
  readonly bias: Variable | undefined;
  readonly from: number;
  readonly to: readonly number[];
}

const product = (extents: readonly number[]): number => extents.reduce((size, extent) => size * extent, 1);

/** Applies a projection to the last axes of x. */
export function project({ kernel, bias, from, to }: Projection, x: Tensor): Tensor {
  const rows = x.shape.slice(0, -from);
  const width = product(x.shape.slice(-from));
  const flat = matmul(x.reshape([...rows, width]), kernel.value.reshape([width, product(to)]));
  const sums = bias === undefined ? flat : flat.add(bias.value.reshape([product(to)]));
  return sums.reshape([...rows, ...to]);
}
