/**
 * Batching of composites. A composite stays whole where a rule is known for it, so that a backend may still take it.
 *
 * Any other composite with a gradient of its own becomes a composite for all examples: what it means and its gradient
 * are those of the original, batched. Without a gradient of its own it is batched as what it decomposes to.
 */
import { applyComposite, mul, sum } from '../../../graph/build';
import type { CompositeDefinition } from '../../../graph/composite';
import type { CompositeAttributes, Node, NodeOf } from '../../../graph/node';
import { Batching } from '../batching';
import { forAll, type Operand } from '../operand';
import { WHOLE } from './whole';

export function compositeRule(
  node: NodeOf<'composite'>,
  operands: readonly Operand[],
  batching: Batching,
): Node {
  const { definition, attributes } = node.attributes;
  const { size } = batching;
  const own = definition.batch?.({
    inputs: operands.map(({ example, batched }) => batched ?? example),
    isBatched: operands.map(({ batched }) => batched !== undefined),
    attributes,
    size,
  });
  if (own !== undefined) return own;
  const all = operands.map((operand) => forAll(operand, size));
  if (definition.elementwise === true) return applyComposite(definition, all, attributes);
  const whole = WHOLE[definition.name]?.({ definition, attributes, operands, all, node, size });
  if (whole !== undefined) return whole;
  if (definition.vjp === undefined) return batching.all(definition.decompose(node.inputs, attributes));
  return mapped(node, operands, batching);
}

/** The composite that is `node` for each example. */
function mapped(
  node: NodeOf<'composite'>,
  operands: readonly Operand[],
  { size, randomness }: Batching,
): Node {
  const { shape, dtype } = node;
  const { definition, attributes } = node.attributes;
  const name = `vmap(${definition.name})`;
  const isBatched = operands.map(({ batched }) => batched !== undefined);
  const standIns = (batching: Batching, inputs: readonly Node[]): Node[] =>
    inputs.map((input, index) => (isBatched[index] ? batching.standIn(input) : input));

  const mappedDefinition: CompositeDefinition = {
    name,
    infer: () => ({ shape: [size, ...shape], dtype }),
    decompose(inputs) {
      const batching = new Batching(size, randomness);
      return batching.all(definition.decompose(standIns(batching, inputs), attributes));
    },
    vjp({ inputs, output, cotangent }) {
      const batching = new Batching(size, randomness);
      const cotangents = definition.vjp?.({
        inputs: standIns(batching, inputs),
        attributes,
        output: batching.standIn(output),
        cotangent: batching.standIn(cotangent),
      });
      return inputs.map((_, index) => {
        const found = cotangents?.[index];
        if (found === undefined) return undefined;
        if (isBatched[index]) return batching.all(found);
        // All examples share this input: their gradients add up.
        const each = batching.find(found);
        return each === undefined ? mul(found, size) : sum(each, [0]);
      });
    },
  };
  const told: CompositeAttributes = {
    ...attributes,
    [name]: [randomness === 'same' ? 1 : 0, ...isBatched.map(Number)],
  };
  const inputs = operands.map(({ example, batched }) => batched ?? example);
  return applyComposite(mappedDefinition, inputs, told);
}
