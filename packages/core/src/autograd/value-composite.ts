/**
 * Composites that are their first input, with a gradient of their own by the others.
 */
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';

type Vjp = NonNullable<CompositeDefinition['vjp']>;

const first = (inputs: readonly Node[]): Node => {
  const [value] = inputs;
  if (value === undefined) throw new Error('a value is missing');
  return value;
};

/** `vjp` gives the cotangents of all inputs, that of the value among them. */
export const valueComposite = (name: string, vjp: Vjp): CompositeDefinition => ({
  name,
  infer: first,
  decompose: first,
  vjp,
});
