/**
 * Batching of contractions. Batches of both operands are paired. A batch of one operand is a free axis of a product, and
 * becomes more images or more filters of a convolution, so that one large contraction does the work of many small ones.
 */
import { conv, dot, permute, reshape } from '../../../graph/build';
import type { Node, NodeOf } from '../../../graph/node';
import { extentAt, range } from '../../../shape/shape';
import { moveAxis, shifted } from '../operand';
import { type BatchingRule, operandAt } from './rule';

export const dotRule: BatchingRule<'dot'> = (node, operands) => {
  const [left, right] = [operandAt(operands, 0), operandAt(operands, 1)];
  const { leftBatch, rightBatch, leftContract, rightContract } = node.attributes;
  const ofLeft = { leftBatch: shifted(leftBatch), leftContract: shifted(leftContract) };
  const ofRight = { rightBatch: shifted(rightBatch), rightContract: shifted(rightContract) };
  if (left.batched !== undefined && right.batched !== undefined) {
    return dot(left.batched, right.batched, {
      ...ofLeft,
      ...ofRight,
      leftBatch: [0, ...ofLeft.leftBatch],
      rightBatch: [0, ...ofRight.rightBatch],
    });
  }
  // The batch is the first free axis of the operand that has it.
  if (left.batched !== undefined) {
    const product = dot(left.batched, right.example, { ...node.attributes, ...ofLeft });
    return moveAxis(product, leftBatch.length, 0);
  }
  const product = dot(left.example, right.batched ?? right.example, { ...node.attributes, ...ofRight });
  const leftFree = left.example.shape.length - leftBatch.length - leftContract.length;
  return moveAxis(product, leftBatch.length + leftFree, 0);
};

export const convRule: BatchingRule<'conv'> = (node, operands, size) => {
  const [input, kernel] = [operandAt(operands, 0), operandAt(operands, 1)];
  if (input.batched === undefined) {
    return kernel.batched === undefined ? node : moreFilters(node, input.example, kernel.batched, size);
  }
  if (kernel.batched === undefined) return moreImages(node, input.batched, kernel.example, size);
  return moreGroups(node, input.batched, kernel.batched, size);
};

/** [batch, N, …] as [batch · N, …]. */
function moreImages(node: NodeOf<'conv'>, input: Node, kernel: Node, size: number): Node {
  const [, images = 1, ...image] = input.shape;
  const result = conv(reshape(input, [size * images, ...image]), kernel, node.attributes);
  return reshape(result, [size, ...node.shape]);
}

/** Filters in the order (group, example, filter of the group), so that groups stay together. */
function moreFilters(node: NodeOf<'conv'>, input: Node, kernel: Node, size: number): Node {
  const { groups } = node.attributes;
  const rank = node.shape.length;
  const filters = extentAt(node.shape, rank - 1) / groups;
  const apart = reshape(kernel, [...kernel.shape.slice(0, -1), groups, filters]);
  // [batch, …spatial, C / groups, groups, filters] → [...spatial, C / groups, groups, batch, filters]
  const ordered = permute(apart, [...range(rank, 1), 0, rank + 1]);
  const wide = reshape(ordered, [...kernel.shape.slice(1, -1), groups * size * filters]);
  const result = conv(input, wide, node.attributes);
  const split = reshape(result, [...result.shape.slice(0, -1), groups, size, filters]);
  return reshape(moveAxis(split, rank, 0), [size, ...node.shape]);
}

/** Each example is a group of channels: batch and channels side by side, all filters of an example together. */
function moreGroups(node: NodeOf<'conv'>, input: Node, kernel: Node, size: number): Node {
  const rank = node.shape.length;
  const beside = (x: Node): Node => {
    const moved = moveAxis(x, 0, rank - 1);
    return reshape(moved, [...moved.shape.slice(0, -2), size * extentAt(x.shape, rank)]);
  };
  const result = conv(beside(input), beside(kernel), {
    ...node.attributes,
    groups: size * node.attributes.groups,
  });
  const filters = extentAt(node.shape, rank - 1);
  const split = reshape(result, [...result.shape.slice(0, -1), size, filters]);
  return moveAxis(split, rank - 1, 0);
}
