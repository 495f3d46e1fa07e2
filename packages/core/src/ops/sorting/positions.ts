/**
 * Positions along one axis as positions in the flat tensor.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, sizeOf, stridesOf } from '../../shape/shape';

/** Where the elements of a tensor of `shape` are that `indices` names along `axis`; the other axes are equal. */
export function flatPositions(shape: readonly number[], indices: Node, axis: number): Node {
  const strides = stridesOf(shape);
  let position = build.mul(indices, extentAt(strides, axis));
  shape.forEach((extent, other) => {
    if (other === axis || extent === 1) return;
    const aligned = shape.map((_, i) => (i === other ? extent : 1));
    const own = build.mul(build.reshape(build.iota(extent), aligned), extentAt(strides, other));
    position = build.add(position, own);
  });
  return position;
}

/** The elements that `indices`, all within the axis, names along `axis`. */
export const readAlong = (x: Node, indices: Node, axis: number): Node =>
  build.gather(build.reshape(x, [sizeOf(x.shape)]), flatPositions(x.shape, indices, axis), 0);
