/**
 * Composites with one floating-point operand whose gradient is a factor: cotangent × derivative(x, output).
 */
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { soleInput } from './inputs';

export interface ElementwiseRule {
  decompose(x: Node, attributes: CompositeAttributes): Node;
  /** dy/dx from the operand and the output; whichever of them it reads is what has to be kept. */
  derivative(x: Node, output: Node, attributes: CompositeAttributes): Node;
}

export function elementwiseComposite(name: string, rule: ElementwiseRule): CompositeDefinition {
  return {
    name,
    elementwise: true,
    infer: (inputs) => soleInput(name, inputs),
    decompose: (inputs, attributes) => rule.decompose(soleInput(name, inputs), attributes),
    vjp: ({ inputs, output, cotangent, attributes }) => [
      build.mul(cotangent, rule.derivative(soleInput(name, inputs), output, attributes)),
    ],
  };
}
