/** Kinds of operations, by name: what the scheduler asks of a node again and again. */
import type { Node, NodeOf } from './node';

export type MovementNode =
  | NodeOf<'reshape'>
  | NodeOf<'permute'>
  | NodeOf<'expand'>
  | NodeOf<'flip'>
  | NodeOf<'slice'>
  | NodeOf<'window'>;

/** Whether a node is a view: its elements are its operand's, at other places. */
export const isMovement = (node: Node): node is MovementNode =>
  node.op === 'reshape' ||
  node.op === 'permute' ||
  node.op === 'expand' ||
  node.op === 'flip' ||
  node.op === 'slice' ||
  node.op === 'window';

const NOT_ELEMENTWISE: ReadonlySet<Node['op']> = new Set<Node['op']>([
  'scalar',
  'data',
  'buffer',
  'parameter',
  'iota',
  'reshape',
  'permute',
  'expand',
  'flip',
  'slice',
  'pad',
  'window',
  'concat',
  'reduce',
  'dot',
  'conv',
  'gather',
  'scatterAdd',
  'composite',
  'control',
  'result',
  'identity',
]);

/** Whether every element of the result depends on the same element of the operands alone. */
export const isElementwise = ({ op }: Node): boolean => !NOT_ELEMENTWISE.has(op);
