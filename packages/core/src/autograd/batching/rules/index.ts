/**
 * The batching rule of every operation: given a node for one example and its operands for all, the node for all examples.
 */
import { TraceError } from '../../../errors';
import { isElementwise } from '../../../graph/kinds';
import { type Node, withInputs } from '../../../graph/node';
import type { Batching } from '../batching';
import { forAll, type Operand } from '../operand';
import { compositeRule } from './composite';
import { convRule, dotRule } from './contraction';
import { gatherRule, scatterAddRule } from './indexed';
import {
  concatRule,
  expandRule,
  flipRule,
  padRule,
  permuteRule,
  reduceRule,
  reshapeRule,
  sliceRule,
  windowRule,
} from './movement';

/** The node for all examples. At least one operand is batched, or the node draws random numbers. */
export function batchNode(node: Node, operands: readonly Operand[], batching: Batching): Node {
  const { size } = batching;
  switch (node.op) {
    case 'reshape':
      return reshapeRule(node, operands, size);
    case 'permute':
      return permuteRule(node, operands, size);
    case 'expand':
      return expandRule(node, operands, size);
    case 'flip':
      return flipRule(node, operands, size);
    case 'slice':
      return sliceRule(node, operands, size);
    case 'pad':
      return padRule(node, operands, size);
    case 'window':
      return windowRule(node, operands, size);
    case 'concat':
      return concatRule(node, operands, size);
    case 'reduce':
      return reduceRule(node, operands, size);
    case 'dot':
      return dotRule(node, operands, size);
    case 'conv':
      return convRule(node, operands, size);
    case 'gather':
      return gatherRule(node, operands, size);
    case 'scatterAdd':
      return scatterAddRule(node, operands, size);
    case 'composite':
      return compositeRule(node, operands, batching);
    default:
      return everyElement(node, operands, size);
  }
}

/** Operations that treat each element by itself: the same on more elements. */
function everyElement(node: Node, operands: readonly Operand[], size: number): Node {
  if (!isElementwise(node) && node.op !== 'identity') {
    throw new TraceError('vmap', `the operation ${node.op} cannot be mapped over a batch.`);
  }
  const inputs = operands.map((operand) => forAll(operand, size));
  return { ...withInputs(node, inputs), shape: [size, ...node.shape] };
}
