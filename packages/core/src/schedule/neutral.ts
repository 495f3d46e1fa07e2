/**
 * Operations with a neutral operand: gradients are full of products with 1 and sums with 0.
 *
 * Only what is exact for every value is dropped: x · 1, x / 1, x + (-0) and x − 0. Adding +0 turns -0 into 0, which
 * compares equal, and gradients start from such sums; it is dropped as well.
 */
import type { Node } from '../graph/node';

/** The operand that a node equals, when its other operand does nothing. */
export function neutralOperand(node: Node): Node | undefined {
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined || a.dtype !== node.dtype) return undefined;
  switch (node.op) {
    case 'mul':
      if (isAll(b, 1)) return a;
      return isAll(a, 1) ? b : undefined;
    case 'div':
      return isAll(b, 1) ? a : undefined;
    case 'add':
      if (isAll(b, 0)) return a;
      return isAll(a, 0) ? b : undefined;
    case 'sub':
      return isAll(b, 0) ? a : undefined;
    default:
      return undefined;
  }
}

/** Whether every element is the constant `value`. */
function isAll(node: Node, value: number): boolean {
  let inner: Node | undefined = node;
  while (inner !== undefined && (inner.op === 'expand' || inner.op === 'reshape' || inner.op === 'permute')) {
    inner = inner.inputs[0];
  }
  return inner?.op === 'scalar' && !inner.attributes.slot && inner.attributes.value === value;
}
