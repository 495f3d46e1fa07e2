/**
 * Values that are written into a tensor and take its dtype.
 */
import { DTypeError } from '../errors';
import type { Node } from '../graph/node';
import type { Tensor } from '../tensor';
import { operandPair, type TensorLike } from './operand';

/** The tensor and the value as nodes of the tensor's dtype, which must be able to hold the value. */
export function fittedNodes(where: string, x: Tensor, value: TensorLike): readonly [Node, Node] {
  const [node, filler] = operandPair(where, x, value);
  if (node.dtype !== x.dtype) {
    throw new DTypeError(
      where,
      `a ${x.dtype} tensor cannot hold ${typeof value === 'number' ? value : `a ${value.dtype} value`}.`,
      'Cast one of them first.',
    );
  }
  return [node, filler];
}
