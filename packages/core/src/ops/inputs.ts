/**
 * Inputs of a composite by position.
 */
import { ArgumentError } from '../errors';
import type { Node } from '../graph/node';

/** The inputs as a tuple of the length that the composite has. */
export function inputPair(where: string, inputs: readonly Node[]): readonly [Node, Node] {
  const [first, second] = inputs;
  if (first === undefined || second === undefined || inputs.length !== 2) {
    throw new ArgumentError(where, `takes 2 inputs, got ${inputs.length}.`);
  }
  return [first, second];
}

/** The only input. */
export function soleInput(where: string, inputs: readonly Node[]): Node {
  const [first] = inputs;
  if (first === undefined || inputs.length !== 1) {
    throw new ArgumentError(where, `takes 1 input, got ${inputs.length}.`);
  }
  return first;
}
