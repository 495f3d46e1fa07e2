/** Arrays of a problem as tensors. */
import { type Tensor, tensor } from '@hadal/core';
import type { Block } from '../../peers/protocol.mjs';

export const upload = ({ data, shape }: Block): Tensor => tensor(data, { shape });

/** Indices, which problems hold as floats. */
export const uploadIndices = ({ data, shape }: Block): Tensor => tensor(Int32Array.from(data), { shape });

/** @throws {Error} when there are fewer */
export function required<T>(values: readonly T[], at: number): T {
  const value = values.at(at);
  if (value === undefined) throw new Error('The problem has too few arrays.');
  return value;
}
