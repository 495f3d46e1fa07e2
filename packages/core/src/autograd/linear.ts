/**
 * The derivative of a function as a linear function, in both directions.
 *
 * Backpropagation gives the pullback g ↦ Jᵀg, which is linear in g. The transpose of a linear function is its own
 * pullback, so that differentiating g ↦ Jᵀg once more gives the pushforward t ↦ Jt: forward mode needs no rules of
 * its own. What the first pass computed besides is not reached from the result and never runs.
 */
import { DTypeError, ShapeError, TraceError } from '../errors';
import { broadcastTo, constant, identity } from '../graph/build';
import type { Node } from '../graph/node';
import { operandNode, type TensorLike } from '../ops/operand';
import { formatShape, sameShape } from '../shape/shape';
import { Tensor } from '../tensor';
import { backpropagate } from './backpropagate';
import { gradientNodes, requireFloating } from './gradients';
import { zerosOf } from './rules/movement';
import type { TensorFunction } from './transforms';

/** A function at a point: its value there, and what its inputs are seen as. */
export interface Evaluated {
  readonly output: Tensor;
  readonly sources: readonly Node[];
}

/** Calls `f` with tracers of its inputs, so that it is differentiated by its inputs as it sees them. */
export function evaluateAt(where: string, f: TensorFunction, inputs: readonly TensorLike[]): Evaluated {
  const tracers = inputs.map((input) => {
    const device = typeof input === 'number' ? undefined : input.device;
    return new Tensor(identity(operandNode(where, input), 'tracer'), device);
  });
  const output: unknown = f(...tracers);
  if (!(output instanceof Tensor)) {
    throw new TraceError(
      where,
      'the function returned no tensor.',
      'It must return the tensor to differentiate.',
    );
  }
  return { output, sources: tracers.map(({ node }) => node) };
}

/** Jᵀg for a cotangent g of the output, one per source. */
export const pullBack = (where: string, { output, sources }: Evaluated, cotangent: Node): Node[] =>
  gradientNodes(where, output.node, cotangent, sources);

/** The function from tangents of the sources (undefined for zeros) to the tangent of the output, J·t. */
export function pushForward(
  where: string,
  evaluated: Evaluated,
): (tangents: readonly (Node | undefined)[]) => Node {
  const { node } = evaluated.output;
  requireFloating(where, 'the output', node);
  // Any value will do: what is linear has the same derivative everywhere.
  const cotangent = identity(zerosOf(node), 'tracer');
  const pulled = pullBack(where, evaluated, cotangent);
  return (tangents) => {
    const seeds = new Map<Node, Node>();
    tangents.forEach((tangent, index) => {
      const gradient = pulled[index];
      if (tangent !== undefined && gradient !== undefined) addSeed(seeds, gradient, tangent);
    });
    const { cotangents } = backpropagate(seeds, new Set([cotangent]), true);
    return cotangents.get(cotangent) ?? zerosOf(node);
  };
}

/** One node may be the gradient of several sources. */
function addSeed(seeds: Map<Node, Node>, gradient: Node, tangent: Node): void {
  const marked = seeds.has(gradient) ? identity(gradient, 'tracer') : gradient;
  seeds.set(marked, tangent);
}

/** A tangent of a primal: of its shape and dtype, or one number for all of it. */
export function tangentNode(where: string, tangent: TensorLike, primal: Node, index: number): Node {
  if (typeof tangent === 'number') return broadcastTo(constant(tangent, primal.dtype), primal.shape);
  const node = operandNode(where, tangent);
  if (!sameShape(node.shape, primal.shape)) {
    throw new ShapeError(
      where,
      `tangent ${index} has shape ${formatShape(node.shape)}, its primal ${formatShape(primal.shape)}.`,
      'A tangent is a direction in which the primal moves.',
    );
  }
  if (node.dtype !== primal.dtype) {
    throw new DTypeError(
      where,
      `tangent ${index} is ${node.dtype}, its primal ${primal.dtype}; cast one of them.`,
    );
  }
  return node;
}
