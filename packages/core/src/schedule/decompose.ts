/**
 * What no library takes, over simpler nodes: products become element-wise ones summed over views; convolutions, scatters
 * and composites bring their own decomposition, so that only programs with them carry it. Right on any backend, fast
 * where a library is not needed.
 */
import { expand, freeAxes, mul, permute, reshape } from '../graph/build';
import { operand, summed } from '../graph/build/decomposition';
import type { Node, NodeOf } from '../graph/node';
import { withScope } from '../graph/scope';
import { range } from '../shape/shape';

/** The same value over simpler nodes of the same scope, or undefined where the node is simple already. */
export const decompose = (node: Node): Node | undefined =>
  node.scope === '' ? simpler(node) : withScope(node.scope, () => simpler(node));

function simpler(node: Node): Node | undefined {
  switch (node.op) {
    case 'composite':
      return node.attributes.definition.decompose(node.inputs, node.attributes.attributes);
    case 'dot':
      return decomposeDot(node);
    case 'conv':
      return node.attributes.decompose?.(node);
    case 'scatterAdd':
      return node.attributes.decompose?.(node);
    default:
      return undefined;
  }
}

const extents = (node: Node, axes: readonly number[]): number[] => axes.map((axis) => node.shape[axis] ?? 1);

/** Both operands as [batch, left free, right free, contracted], multiplied and summed. */
function decomposeDot(node: NodeOf<'dot'>): Node {
  const [left, right] = [operand(node, 0), operand(node, 1)];
  const { leftBatch, rightBatch, leftContract, rightContract } = node.attributes;
  const leftFree = freeAxes(left, leftBatch, leftContract);
  const rightFree = freeAxes(right, rightBatch, rightContract);
  const batch = extents(left, leftBatch);
  const rows = extents(left, leftFree);
  const columns = extents(right, rightFree);
  const contracted = extents(left, leftContract);
  const full = [...batch, ...rows, ...columns, ...contracted];
  const ones = (count: number): number[] => range(count).map(() => 1);
  const a = reshape(permute(left, [...leftBatch, ...leftFree, ...leftContract]), [
    ...batch,
    ...rows,
    ...ones(columns.length),
    ...contracted,
  ]);
  const b = reshape(permute(right, [...rightBatch, ...rightFree, ...rightContract]), [
    ...batch,
    ...ones(rows.length),
    ...columns,
    ...contracted,
  ]);
  const kept = batch.length + rows.length + columns.length;
  return summed(mul(expand(a, full), expand(b, full)), range(contracted.length, kept), node);
}
