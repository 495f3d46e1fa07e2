/** Small pieces that decompositions of operations share. */
import type { Node } from '../node';
import { cast } from './elementwise';
import { sum } from './reduce';

/** An input that the operation always has. */
export function operand(node: Node, index: number): Node {
  const found = node.inputs[index];
  if (found === undefined) throw new Error(`${node.op} lacks operand ${index}`);
  return found;
}

/** The sum of a product, as the dtype of the operation that it stands for. */
export const summed = (product: Node, axes: readonly number[], like: Node): Node =>
  cast(sum(product, axes), like.dtype);
