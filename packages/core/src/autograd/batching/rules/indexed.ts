/**
 * Batching of indexed operations. Shared indices read or add at the same places of every example. Indices of each example
 * are turned into places of one long axis that holds all examples one after the other, after they were clamped or
 * dropped where an example would have.
 */
import * as build from '../../../graph/build';
import type { Node, NodeOf } from '../../../graph/node';
import { extentAt, sizeOf } from '../../../shape/shape';
import { forAll, moveAxis, type Operand } from '../operand';
import { type BatchingRule, operandAt } from './rule';

export const gatherRule: BatchingRule<'gather'> = (node, operands, size) => {
  const [source, indices] = [operandAt(operands, 0), operandAt(operands, 1)];
  const { axis } = node.attributes;
  if (indices.batched === undefined) return build.gather(forAll(source, size), indices.example, axis + 1);
  if (source.batched === undefined) {
    return moveAxis(build.gather(source.example, indices.batched, axis), axis, 0);
  }
  if (sizeOf(node.shape) === 0) {
    return build.broadcastTo(build.constant(0, node.dtype), [size, ...node.shape]);
  }
  const last = extentAt(source.example.shape, axis) - 1;
  const inside = build.minimum(build.maximum(indices.batched, 0), last);
  const places = build.add(inside, firstPlaces(indices, size, last + 1));
  const read = build.gather(inARow(source.batched, axis), places, 0);
  return axesBack(read, axis, indices.example.shape.length);
};

/** First place of each example along the long axis, shaped to meet the indices. */
function firstPlaces(indices: Operand, size: number, extent: number): Node {
  const first = build.mul(build.iota(size), extent);
  return build.reshape(first, [size, ...indices.example.shape.map(() => 1)]);
}

/** [batch, …before, extent, …after] → [batch · extent, …before, …after]. */
function inARow(x: Node, axis: number): Node {
  const moved = moveAxis(x, axis + 1, 1);
  const [size = 0, extent = 0, ...rest] = moved.shape;
  return build.reshape(moved, [size * extent, ...rest]);
}

/** [batch, …indices, …before, …after] → [batch, …before, …indices, …after]. */
function axesBack(x: Node, before: number, indices: number): Node {
  const order = x.shape.map((_, i) => i);
  const moved = order.splice(1, indices);
  order.splice(1 + before, 0, ...moved);
  return build.permute(x, order);
}

export const scatterAddRule: BatchingRule<'scatterAdd'> = (node, operands, size) => {
  const [target, indices, updates] = [operandAt(operands, 0), operandAt(operands, 1), operandAt(operands, 2)];
  const { axis } = node.attributes;
  const [targets, additions] = [forAll(target, size), forAll(updates, size)];
  if (indices.batched === undefined) {
    return build.scatterAdd(targets, indices.example, additions, axis + 1);
  }
  return scatterToExamples(node, targets, indices, indices.batched, additions, size);
};

function scatterToExamples(
  node: NodeOf<'scatterAdd'>,
  targets: Node,
  indices: Operand,
  batched: Node,
  additions: Node,
  size: number,
): Node {
  const { axis } = node.attributes;
  const extent = extentAt(node.shape, axis);
  const inside = build.and(build.lessEqual(0, batched), build.lessThan(batched, extent));
  const places = build.where(inside, build.add(batched, firstPlaces(indices, size, extent)), -1);
  const count = indices.example.shape.length;
  // [batch, …before, …indices, …after] → [batch, …indices, …before, …after]
  const order = additions.shape.map((_, i) => i);
  const moved = order.splice(1 + axis, count);
  order.splice(1, 0, ...moved);
  const rows = inARow(targets, axis);
  const added = build.scatterAdd(rows, places, build.permute(additions, order), 0);
  const apart = build.reshape(added, [size, extent, ...added.shape.slice(1)]);
  return moveAxis(apart, 1, axis + 1);
}
