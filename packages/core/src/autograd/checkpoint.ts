/**
 * Rematerialization: trading computation for memory.
 *
 * The gradient of a function needs what its forward pass computed. Under `checkpoint` it does not use those values: it
 * computes them again from the inputs, behind a barrier that lets this begin only once the cotangent is there. So
 * the values of the forward pass are not kept, and of a chain of checkpointed functions only one has its values in memory
 * at a time (Chen, Xu, Zhang, Guestrin: "Training deep nets with sublinear memory cost", 2016).
 */
import { isFloat } from '../dtype';
import { applyComposite, identity } from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import { makeNode, type Node } from '../graph/node';
import type { TensorLike } from '../ops/operand';
import { Tensor } from '../tensor';
import { backpropagate } from './backpropagate';
import { type Apply, graphFunction } from './graph-function';
import { evaluateAt } from './linear';
import type { TensorFunction } from './transforms';
import { valueComposite } from './value-composite';

/**
 * The same function, whose gradient computes the intermediate values again instead of keeping them.
 *
 * What is computed from the inputs is computed again; tensors and variables that `f` reads are kept and get their
 * gradients as usual. Random numbers are the same both times.
 *
 * @param f a function of tensors to a tensor, such as a block of a deep network
 * @returns a function with the values and gradients of `f`
 * @example
 * const block = checkpoint((x) => x.mul(2).tanh().mul(x).tanh());
 * const loss = (x: Tensor) => block(block(x)).sum();
 * const slope = grad(loss)(tensor([0.5, 1]));
 */
export function checkpoint(f: TensorFunction): (...inputs: TensorLike[]) => Tensor {
  return (...inputs) => {
    const { output, sources } = evaluateAt('checkpoint', f, inputs);
    const { captured, apply } = graphFunction([output.node], sources);
    const definition = recomputing(apply, sources.length);
    const node = applyComposite(definition, [output.node, ...sources, ...captured], {});
    // A node of its own, so that a realized value lets go of the recipe.
    return new Tensor(identity(node, 'tracer'), output.device);
  };
}

/** Inputs are the value, the inputs of the function, and what it captured. */
const recomputing = (apply: Apply, argumentCount: number): CompositeDefinition =>
  valueComposite('checkpoint', ({ inputs: [, ...inputs], cotangent }) => {
    const again = inputs.map((input, index) =>
      index < argumentCount || !isKeptAnyway(input) ? behind(cotangent, input) : identity(input, 'tracer'),
    );
    const recomputed = apply(again.slice(0, argumentCount), again.slice(argumentCount));
    const seeds = new Map(recomputed.map((output) => [output, cotangent]));
    const { cotangents } = backpropagate(seeds, new Set(again), true);
    return [undefined, ...again.map((source) => cotangents.get(source))];
  });

/** The same value, not to be read before `cotangent` is there, and not the same node as in the forward pass. */
const behind = (cotangent: Node, x: Node): Node =>
  makeNode('identity', [x, cotangent], { kind: 'barrier' }, x.shape, x.dtype);

/** Weights: leaves of floating point and views of them. Copies of them would cost more than what they are used for. */
function isKeptAnyway(node: Node): boolean {
  let origin = node;
  while (
    origin.op === 'slice' ||
    origin.op === 'reshape' ||
    origin.op === 'permute' ||
    origin.op === 'identity'
  ) {
    const [input] = origin.inputs;
    if (input === undefined || origin.realized !== undefined) break;
    origin = input;
  }
  return isFloat(node.dtype) && (origin.inputs.length === 0 || origin.realized !== undefined);
}
