/**
 * Builders of composites and of identities, the nodes that carry a name or a mark beside their value.
 */
import type { CompositeDefinition } from '../composite';
import { type CompositeAttributes, makeNode, type Node, type OpAttributes } from '../node';

/** An application of a composite. */
export function applyComposite(
  definition: CompositeDefinition,
  inputs: readonly Node[],
  attributes: CompositeAttributes,
): Node {
  const { shape, dtype } = definition.infer(inputs, attributes);
  return makeNode('composite', inputs, { definition, attributes }, shape, dtype);
}

/** The same value with a mark. */
export const identity = (x: Node, kind: OpAttributes['identity']['kind']): Node =>
  makeNode('identity', [x], { kind }, x.shape, x.dtype);

/** Gradients end here. */
export const detach = (x: Node): Node => identity(x, 'detach');
