/** What a scatter is over simpler nodes, for backends without a library for it: a sum of choices. */
import { range, sizeOf } from '../../shape/shape';
import type { Node, NodeOf } from '../node';
import { operand, summed } from './decomposition';
import { add, equal, where } from './elementwise';
import { iota } from './leaves';
import { expand, permute, reshape } from './movement';

/** Element i of the operand plus all updates whose index is i, in index order. */
export function decomposeScatterAdd(node: NodeOf<'scatterAdd'>): Node {
  const [target, indices, updates] = [operand(node, 0), operand(node, 1), operand(node, 2)];
  const { axis } = node.attributes;
  const before = target.shape.slice(0, axis);
  const after = target.shape.slice(axis + 1);
  const extent = target.shape[axis] ?? 1;
  const count = sizeOf(indices.shape);
  const full = [...before, extent, ...after, count];
  const ones = (shape: readonly number[]): number[] => shape.map(() => 1);
  const wanted = reshape(indices, [...ones(before), 1, ...ones(after), count]);
  const own = reshape(iota(extent), [...ones(before), extent, ...ones(after), 1]);
  const flat = reshape(updates, [...before, count, ...after]);
  const rank = before.length + after.length;
  const moved = permute(flat, [...range(axis), ...range(rank - axis, axis + 1), axis]);
  const candidates = reshape(moved, [...before, 1, ...after, count]);
  const isHit = equal(expand(wanted, full), expand(own, full));
  const chosen = where(isHit, expand(candidates, full), 0);
  return add(target, summed(chosen, [full.length - 1], node));
}
