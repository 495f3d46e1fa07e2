/**
 * The gradient rule of every operation: given a node and its cotangent, the cotangents of its inputs.
 */

import { ArgumentError, ShapeError } from '../../errors';
import { cast } from '../../graph/build';
import type { Node, NodeOf } from '../../graph/node';
import { formatShape, sameShape } from '../../shape/shape';
import { convRule, dotRule } from './contraction';
import { binaryRules, unaryRules, whereRule } from './elementwise';
import { gatherRule, scatterAddRule } from './indexed';
import {
  concatRule,
  expandRule,
  flipRule,
  padRule,
  permuteRule,
  reshapeRule,
  sliceRule,
  windowRule,
} from './movement';
import { reduceRule } from './reduce';
import type { Pullback } from './rule';

/** Cotangents by input; undefined where there is no gradient. */
export type Cotangents = readonly (Node | undefined)[];

/**
 * The cotangents of a node's inputs.
 *
 * @param g        cotangent of the node, of its shape and dtype
 * @param pullback differentiates through other nodes
 */
export function inputCotangents(node: Node, g: Node, pullback: Pullback): Cotangents {
  const input = (index: number): Node => {
    const found = node.inputs[index];
    if (found === undefined) throw new ArgumentError('gradients', `node ${node.op} has no input ${index}.`);
    return found;
  };
  switch (node.op) {
    case 'scalar':
    case 'data':
    case 'buffer':
    case 'parameter':
    case 'iota':
    case 'bitcast':
    // Backpropagation hands control flow the cotangents of all its results at once.
    case 'control':
    case 'result':
      return [];
    case 'cast':
      return [cast(g, input(0).dtype)];
    case 'where':
      return [undefined, ...whereRule(g, input(0))];
    case 'reshape':
      return [reshapeRule(g, input(0))];
    case 'permute':
      return [permuteRule(g, node)];
    case 'expand':
      return [expandRule(g, input(0))];
    case 'flip':
      return [flipRule(g, node)];
    case 'slice':
      return [sliceRule(g, input(0), node)];
    case 'pad':
      return padRule(g, input(0), node);
    case 'window':
      return [windowRule(g, input(0), node)];
    case 'concat':
      return concatRule(g, node.inputs, node);
    case 'reduce':
      return [reduceRule(g, input(0), node, pullback)];
    case 'dot':
      return dotRule(g, input(0), input(1), node);
    case 'conv':
      return convRule(g, input(0), input(1), node);
    case 'gather':
      return [gatherRule(g, input(0), input(1), node)];
    case 'scatterAdd':
      return scatterAddRule(g, input(1), node);
    case 'composite':
      return compositeRule(g, node, pullback);
    case 'identity':
      return [node.attributes.kind === 'detach' ? undefined : g];
    case 'neg':
    case 'abs':
    case 'sign':
    case 'recip':
    case 'sqrt':
    case 'rsqrt':
    case 'exp2':
    case 'log2':
    case 'exp':
    case 'log':
    case 'sin':
    case 'cos':
    case 'tanh':
    case 'erf':
    case 'floor':
    case 'ceil':
    case 'round':
    case 'not':
      return [unaryRules[node.op]?.(g, input(0), node)];
    default:
      return binaryRules[node.op]?.(g, input(0), input(1), node) ?? [];
  }
}

/** A composite's own gradient, or that of its decomposition. */
function compositeRule(g: Node, node: NodeOf<'composite'>, pullback: Pullback): Cotangents {
  const { inputs } = node;
  const { definition, attributes } = node.attributes;
  if (definition.vjp === undefined) return pullback(definition.decompose(inputs, attributes), g, inputs);
  const cotangents = definition.vjp({ inputs, attributes, output: node, cotangent: g });
  inputs.forEach((input, index) => {
    const cotangent = cotangents[index];
    if (cotangent !== undefined && !sameShape(cotangent.shape, input.shape)) {
      throw new ShapeError(
        definition.name,
        `its vjp gave input ${index} a cotangent ${formatShape(cotangent.shape)}, expected ${formatShape(input.shape)}.`,
      );
    }
  });
  return cotangents;
}
