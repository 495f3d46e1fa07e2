/**
 * Indexed operations: rows found, or added to, by int32 indices along one axis.
 */

import type { TypedArray } from '../dtype';
import type { Node, NodeOf } from '../graph/node';
import { sizeOf } from '../shape/shape';
import { isExact, resultArray } from './dtypes';

/** An operand seen as outer × extent × inner around the indexed axis. */
function around(shape: readonly number[], axis: number): { outer: number; extent: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    extent: shape[axis] ?? 0,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

export function evaluateGather(
  node: NodeOf<'gather'>,
  operand: Node,
  values: TypedArray,
  indices: TypedArray,
): TypedArray {
  const { outer, extent, inner } = around(operand.shape, node.attributes.axis);
  const result = resultArray(node.dtype, sizeOf(node.shape));
  if (result.length === 0) return result;
  let at = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of indices) {
      const row = Math.min(Math.max(index, 0), extent - 1);
      const start = (block * extent + row) * inner;
      result.set(values.subarray(start, start + inner), at);
      at += inner;
    }
  }
  return result;
}

export function evaluateScatterAdd(
  node: NodeOf<'scatterAdd'>,
  operand: Node,
  values: TypedArray,
  indices: TypedArray,
  updates: TypedArray,
): TypedArray {
  const { outer, extent, inner } = around(operand.shape, node.attributes.axis);
  const sums =
    isExact(node.dtype) || node.dtype === 'uint32' ? Float64Array.from(values) : Int32Array.from(values);
  for (let block = 0; block < outer; block++) {
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i] ?? 0;
      if (row < 0 || row >= extent) continue;
      const to = (block * extent + row) * inner;
      const from = (block * indices.length + i) * inner;
      for (let j = 0; j < inner; j++) sums[to + j] = (sums[to + j] ?? 0) + (updates[from + j] ?? 0);
    }
  }
  const result = resultArray(node.dtype, sums.length);
  result.set(sums);
  return result;
}
