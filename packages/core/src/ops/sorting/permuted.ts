/**
 * Elements along an axis in another order. Each position occurs exactly once, so that the gradient is read in the
 * inverse order instead of being added up.
 */
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { CompositeAttributes, Node } from '../../graph/node';
import { forEachExample, readAlong } from '../indexed/positions';
import { inputPair } from '../inputs';
import { argsortNode } from './argsort';

function axisOf({ axis }: CompositeAttributes): number {
  if (typeof axis !== 'number')
    throw new ArgumentError('permuteAlong', 'the attribute axis must be a number.');
  return axis;
}

const permuteAlongDefinition: CompositeDefinition = {
  name: 'permuteAlong',
  infer: (inputs) => inputPair('permuteAlong', inputs)[0],
  decompose: (inputs, attributes) => readAlong(...inputPair('permuteAlong', inputs), axisOf(attributes)),
  vjp({ inputs, attributes, cotangent }) {
    const axis = axisOf(attributes);
    // What sorts a permutation is its inverse.
    const inverse = argsortNode(inputPair('permuteAlong', inputs)[1], axis, false);
    return [permutedNode(cotangent, inverse, axis), undefined];
  },
  batch({ inputs, isBatched, attributes, size }) {
    const [x, order] = inputPair('permuteAlong', forEachExample(inputs, isBatched, size));
    return permutedNode(x, order, axisOf(attributes) + 1);
  },
};

/** `x` in the given order along `axis`; `order` has the shape of `x` and permutes every row. */
export const permutedNode = (x: Node, order: Node, axis: number): Node =>
  build.applyComposite(permuteAlongDefinition, [x, order], { axis });
