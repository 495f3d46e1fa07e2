/**
 * Gradients of indexed operations: reading and adding at the same places undo each other.
 */
import { and, gather, lessEqual, lessThan, reshape, scatterAdd, where } from '../../graph/build';
import type { Node, NodeOf } from '../../graph/node';
import { extentAt } from '../../shape/shape';
import { zerosOf } from './movement';

/** What was read from a place is added up there. */
export const gatherRule = (g: Node, x: Node, indices: Node, { attributes }: NodeOf<'gather'>): Node =>
  scatterAdd(zerosOf(x), indices, g, attributes.axis);

/** The operand passes through; an update reads what its place got, or 0 if it was dropped. */
export function scatterAddRule(
  g: Node,
  indices: Node,
  { attributes }: NodeOf<'scatterAdd'>,
): readonly [Node, undefined, Node] {
  const { axis } = attributes;
  const extent = extentAt(g.shape, axis);
  const read = gather(g, indices, axis);
  const inside = and(lessEqual(0, indices), lessThan(indices, extent));
  const after = g.shape.length - axis - 1;
  const aligned = reshape(inside, [...inside.shape, ...new Array<number>(after).fill(1)]);
  return [g, undefined, where(aligned, read, 0)];
}
