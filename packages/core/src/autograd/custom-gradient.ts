/**
 * Functions with a gradient rule of their own.
 *
 * The value and the rule are built once, side by side. The rule becomes a graph function of the cotangent and of what it
 * took from the forward computation, so that it can be differentiated, mapped and recomputed like any other graph.
 */
import { ArgumentError, DTypeError, ShapeError } from '../errors';
import { applyComposite, identity } from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';
import type { TensorLike } from '../ops/operand';
import { formatShape, sameShape } from '../shape/shape';
import { Tensor } from '../tensor';
import { type Apply, graphFunction } from './graph-function';
import { evaluateAt } from './linear';
import { placeholder } from './placeholder';
import { valueComposite } from './value-composite';

export interface ValueAndRule {
  readonly value: Tensor;
  /**
   * From the cotangent of the value to those of the inputs, in order; undefined where there is none. It may use whatever
   * the function computed.
   */
  readonly gradient: (cotangent: Tensor) => readonly (Tensor | undefined)[];
}

/**
 * A function whose gradient is what you say it is: for a formula that is more accurate than the derivative of the parts,
 * a straight-through estimator, or a gradient that is clipped on its way back.
 *
 * The rule is called once per call of the function, with a tensor that only stands for the cotangent. It has to be linear
 * in the cotangent, and is itself differentiated like any other function. Gradients by tensors and variables that the
 * function does not take as inputs are not passed on.
 *
 * @param f gives the value for some inputs and the rule that goes with it
 * @returns a function of the same inputs to the value
 * @throws {ArgumentError} when the rule gives another number of gradients than there are inputs
 * @throws {ShapeError} when a gradient has another shape than its input
 * @throws {DTypeError} when a gradient has another dtype than its input
 * @example
 * // The derivative of the parts would be ∞/∞ where eˣ overflows.
 * const logOnePlusExp = customGradient((x) => {
 *   const total = x.exp().add(1);
 *   return { value: total.log(), gradient: (g) => [g.mul(total.pow(-1).neg().add(1))] };
 * });
 * await grad(logOnePlusExp)(100).item(); // 1
 */
export function customGradient(
  f: (...inputs: Tensor[]) => ValueAndRule,
): (...inputs: TensorLike[]) => Tensor {
  return (...inputs) => {
    let rule: ValueAndRule['gradient'] = () => [];
    const { output, sources } = evaluateAt(
      'customGradient',
      (...tracers) => {
        const { value, gradient } = f(...tracers);
        rule = gradient;
        return value;
      },
      inputs,
    );
    const cotangent = placeholder(output.shape, output.dtype);
    const gradients = checked(rule(new Tensor(cotangent, output.device)), sources);
    const { captured, apply } = graphFunction(
      gradients.flatMap((gradient) => gradient ?? []),
      [cotangent],
    );
    const definition = ruleOf(
      apply,
      gradients.map((gradient) => gradient !== undefined),
    );
    const node = applyComposite(definition, [output.node, ...sources, ...captured], {});
    // A node of its own, so that a realized value lets go of the rule.
    return new Tensor(identity(node, 'tracer'), output.device);
  };
}

/** Inputs are the value, the inputs of the function, and what the rule captured. */
const ruleOf = (apply: Apply, hasGradient: readonly boolean[]): CompositeDefinition =>
  valueComposite('customGradient', ({ inputs, cotangent }) => {
    const gradients = apply([cotangent], inputs.slice(1 + hasGradient.length));
    return [undefined, ...hasGradient.map((has) => (has ? gradients.shift() : undefined))];
  });

function checked(gradients: readonly (Tensor | undefined)[], sources: readonly Node[]): (Node | undefined)[] {
  if (gradients.length !== sources.length) {
    throw new ArgumentError(
      'customGradient',
      `the rule gave ${gradients.length} gradients for ${sources.length} inputs.`,
      'Give one for each input, undefined where there is none.',
    );
  }
  return sources.map((source, index) => {
    const node = gradients[index]?.node;
    if (node === undefined) return undefined;
    if (!sameShape(node.shape, source.shape)) {
      throw new ShapeError(
        'customGradient',
        `the gradient of input ${index} has shape ${formatShape(node.shape)}, the input ${formatShape(source.shape)}.`,
        'Sum over the axes along which the input was broadcast.',
      );
    }
    if (node.dtype !== source.dtype) {
      throw new DTypeError(
        'customGradient',
        `the gradient of input ${index} is ${node.dtype}, the input ${source.dtype}; cast it.`,
      );
    }
    return node;
  });
}
