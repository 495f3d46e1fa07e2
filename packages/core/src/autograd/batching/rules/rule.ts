/**
 * What batching rules have in common.
 */
import type { Node, NodeOf, Op } from '../../../graph/node';
import type { Operand } from '../operand';

/**
 * From a node for one example and its operands, of which at least one is batched, to the node for all examples. Its
 * axis 0 is the batch.
 */
export type BatchingRule<O extends Op> = (
  node: NodeOf<O>,
  operands: readonly Operand[],
  size: number,
) => Node;

/** An operand that the operation always has. */
export function operandAt(operands: readonly Operand[], index: number): Operand {
  const found = operands[index];
  if (found === undefined) throw new Error(`operand ${index} is missing`);
  return found;
}
