/**
 * What a product is over simpler nodes, for backends without a library for it. Loaded with the first of them; it makes
 * nodes without builders, so that it shares little with the rest.
 */
import { makeNode, type Node, type NodeOf } from '../graph/node';

const pick = (node: Node, axes: readonly number[]): number[] => axes.map((axis) => node.shape[axis] ?? 1);

const reshaped = (x: Node, shape: readonly number[]): Node =>
  makeNode('reshape', [x], { shape }, shape, x.dtype);

/** Axes that are neither batch nor contracted, in order. */
const freeOf = (node: Node, ...taken: readonly (readonly number[])[]): number[] =>
  [...node.shape.keys()].filter((axis) => !taken.some((axes) => axes.includes(axis)));

/** Both operands as [batch, left free, right free, contracted], multiplied and summed. */
export function decomposeDot(node: NodeOf<'dot'>): Node {
  const [left, right] = node.inputs;
  if (left === undefined || right === undefined) throw new Error('dot lacks an operand');
  const { leftBatch, rightBatch, leftContract, rightContract } = node.attributes;
  const leftFree = freeOf(left, leftBatch, leftContract);
  const rightFree = freeOf(right, rightBatch, rightContract);
  const batch = pick(left, leftBatch);
  const contracted = pick(left, leftContract);
  const [rows, columns] = [pick(left, leftFree), pick(right, rightFree)];
  const full = [...batch, ...rows, ...columns, ...contracted];
  const operand = (x: Node, order: readonly number[], shape: readonly number[]): Node => {
    const ordered = makeNode('permute', [x], { order }, pick(x, order), x.dtype);
    return makeNode('expand', [reshaped(ordered, shape)], { shape: full }, full, x.dtype);
  };
  const ones = (extents: readonly number[]): number[] => extents.map(() => 1);
  const a = operand(
    left,
    [...leftBatch, ...leftFree, ...leftContract],
    [...batch, ...rows, ...ones(columns), ...contracted],
  );
  const b = operand(
    right,
    [...rightBatch, ...rightFree, ...rightContract],
    [...batch, ...ones(rows), ...columns, ...contracted],
  );
  const product = makeNode('mul', [a, b], {}, full, node.dtype);
  const kept = full.length - contracted.length;
  const axes = contracted.map((_, i) => kept + i);
  return axes.length === 0
    ? product
    : makeNode('reduce', [product], { kind: 'sum', axes }, node.shape, node.dtype);
}
