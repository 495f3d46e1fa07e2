/**
 * Powers with a constant exponent.
 *
 * Whole exponents from -1 to 3 are multiplications, exact and cheap. Others are a composite, whose gradient lowers the
 * exponent as a number: x⁴ ends in 0 after five derivatives, and no logarithm of x appears on the way.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { soleInput } from './inputs';

function exponentOf(attributes: CompositeAttributes): number {
  const { exponent } = attributes;
  if (typeof exponent !== 'number')
    throw new ArgumentError('power', 'the attribute exponent must be a number.');
  return exponent;
}

const powerDefinition: CompositeDefinition = {
  name: 'power',
  infer: (inputs) => build.requireFloatNode('pow', soleInput('power', inputs)),
  decompose: (inputs, attributes) => build.combine('pow', soleInput('power', inputs), exponentOf(attributes)),
  // d(xⁿ)/dx = n · xⁿ⁻¹
  vjp: ({ inputs, attributes, cotangent }) => {
    const exponent = exponentOf(attributes);
    return [build.mul(cotangent, build.mul(powerNode(soleInput('power', inputs), exponent - 1), exponent))];
  },
};

/** x to a constant power; exponents other than 0 … 3 need floating point. */
export function powerNode(x: Node, exponent: number): Node {
  switch (exponent) {
    case 0:
      return build.broadcastTo(build.constant(1, x.dtype), x.shape);
    case 1:
      return x;
    case 2:
      return build.mul(x, x);
    case 3:
      return build.mul(build.mul(x, x), x);
    case -1:
      return build.unary('recip', x);
    default:
      return build.applyComposite(powerDefinition, [x], { exponent });
  }
}
