/**
 * Functions of floating-point numbers written over nodes, and composites with two operands of one shape whose gradients
 * are factors: cotangent × partial derivative. Broadcasting happens before a composite, so that each gradient is reduced
 * by the rule of broadcasting and not here.
 */
import { isHalf } from '../dtype';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';
import { broadcastShapes } from '../shape/broadcast';
import type { Tensor } from '../tensor';
import { inputPair } from './inputs';
import { asFloat, liftFloat, type TensorLike } from './operand';
import { liftPair } from './pairs';

export interface PairRule {
  decompose(a: Node, b: Node): Node;
  /** Both partial derivatives from the operands and the output. */
  derivatives(a: Node, b: Node, output: Node): readonly [Node, Node];
}

export function pairComposite(name: string, rule: PairRule): CompositeDefinition {
  return {
    name,
    elementwise: true,
    infer: (inputs) => inputPair(name, inputs)[0],
    decompose: (inputs) => rule.decompose(...inputPair(name, inputs)),
    vjp: ({ inputs, output, cotangent }) => {
      const [a, b] = inputPair(name, inputs);
      return rule.derivatives(a, b, output).map((derivative) => build.mul(cotangent, derivative));
    },
  };
}

/** The composite of two nodes of one dtype, broadcast to one shape. */
export function applyPair(definition: CompositeDefinition, a: Node, b: Node): Node {
  const shape = broadcastShapes(definition.name, a.shape, b.shape);
  return build.applyComposite(definition, [build.broadcastTo(a, shape), build.broadcastTo(b, shape)], {});
}

/** Half floats as float32: a formula of many steps would lose their few digits, or leave their range, on its way. */
export const widened = (x: Node): Node => (isHalf(x.dtype) ? build.cast(x, 'float32') : x);

/** A function of one floating-point operand; the result has its dtype. */
export const liftFunction = (where: string, x: TensorLike, make: (x: Node) => Node): Tensor =>
  liftFloat(where, x, (node) => build.cast(make(widened(node)), node.dtype));

/** A function of two operands, brought to one floating-point dtype, which is that of the result. */
export const liftFunction2 = (
  where: string,
  a: TensorLike,
  b: TensorLike,
  make: (a: Node, b: Node) => Node,
): Tensor =>
  liftPair(where, a, b, (given, other) => {
    const [x, y] = [asFloat(given), asFloat(other)];
    return build.cast(make(widened(x), widened(y)), x.dtype);
  });
