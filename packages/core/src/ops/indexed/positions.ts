/**
 * Positions along one axis as positions in the flat tensor.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, sizeOf, stridesOf } from '../../shape/shape';

/**
 * Where the elements of a tensor of `shape` are that `indices` names along `axis`. Indices have the same rank; on other
 * axes they have the extent of the tensor, or 1 to name the same everywhere.
 */
function flatPositions(shape: readonly number[], indices: Node, axis: number): Node {
  const strides = stridesOf(shape);
  let position = build.mul(indices, extentAt(strides, axis));
  shape.forEach((extent, other) => {
    if (other === axis || extent === 1) return;
    const places = build.alongAxis(build.iota(extent), other, shape.length);
    const own = build.mul(places, extentAt(strides, other));
    position = build.add(position, own);
  });
  return position;
}

/** The elements that `indices`, all within the axis, name along `axis`. */
export const readAlong = (x: Node, indices: Node, axis: number): Node =>
  build.gather(build.reshape(x, [sizeOf(x.shape)]), flatPositions(x.shape, indices, axis), 0);

/**
 * Indices [...batch, count] as they lie beside a tensor whose `axis` they index: batch axes first, the count at `axis`,
 * extent 1 on all others.
 */
export function alignedIndices(indices: Node, axis: number, rank: number): Node {
  const batch = indices.shape.length - 1;
  const ones = (count: number): number[] => new Array<number>(count).fill(1);
  const leading = [...indices.shape.slice(0, batch), ...ones(axis - batch)];
  return build.reshape(indices, [...leading, extentAt(indices.shape, batch), ...ones(rank - axis - 1)]);
}

/** Whether each index lies within the axis. */
export const isInside = (indices: Node, extent: number): Node =>
  build.and(build.lessEqual(0, indices), build.lessThan(indices, extent));

/** Each index, or the end of the axis that is nearest to it. */
export const clamped = (indices: Node, extent: number): Node =>
  build.minimum(build.maximum(indices, 0), extent - 1);

/** Inputs of a composite under `vmap`, those that all examples share repeated for each. */
export const forEachExample = (
  inputs: readonly Node[],
  isBatched: readonly boolean[],
  size: number,
): Node[] =>
  inputs.map((input, i) =>
    isBatched[i] === true ? input : build.broadcastTo(input, [size, ...input.shape]),
  );
