/**
 * Forward mode: how an output moves when the inputs move in given directions.
 */
import { ArgumentError } from '../errors';
import type { TensorLike } from '../ops/operand';
import { Tensor } from '../tensor';
import { evaluateAt, pushForward, tangentNode } from './linear';
import type { TensorFunction } from './transforms';

/**
 * Evaluates `f` and the derivative of its output along directions of its inputs (the Jacobian–vector product).
 *
 * @param f        a function of tensors to a floating-point tensor of any shape
 * @param primals  where to evaluate it; all floating point
 * @param tangents one direction per primal, of its shape and dtype (or one number for all of it)
 * @returns [output, tangent], both of the shape of the output
 * @throws {ArgumentError} when there is not one tangent per primal
 * @throws {ShapeError} when a tangent has another shape than its primal
 * @throws {DTypeError} when an input or the output is not floating point
 * @example
 * const [y, dy] = jvp((x) => x.square(), [tensor([1, 2, 3])], [tensor([1, 0, 1])]);
 * await dy.data(); // Float32Array [2, 0, 6]
 */
export function jvp(
  f: TensorFunction,
  primals: readonly TensorLike[],
  tangents: readonly TensorLike[],
): [output: Tensor, tangent: Tensor] {
  const [output, along] = linearizeAs('jvp', f, primals);
  return [output, along(...tangents)];
}

/**
 * Evaluates `f` and returns, with the result, its derivative there as a linear function of directions: what `jvp` gives,
 * for any number of directions.
 *
 * @param f       a function of tensors to a floating-point tensor of any shape
 * @param primals where to evaluate it; all floating point
 * @returns [output, pushforward]; the pushforward takes one direction per primal
 * @throws {DTypeError} when an input or the output is not floating point
 * @example
 * const [y, along] = linearize((x) => x.square(), tensor([1, 2, 3]));
 * await along(tensor([0, 1, 0])).data(); // Float32Array [0, 4, 0]
 */
export const linearize = (
  f: TensorFunction,
  ...primals: readonly TensorLike[]
): [output: Tensor, pushforward: (...tangents: TensorLike[]) => Tensor] =>
  linearizeAs('linearize', f, primals);

function linearizeAs(
  where: string,
  f: TensorFunction,
  primals: readonly TensorLike[],
): [Tensor, (...tangents: readonly TensorLike[]) => Tensor] {
  const evaluated = evaluateAt(where, f, primals);
  const { output, sources } = evaluated;
  const forward = pushForward(where, evaluated);
  return [
    output,
    (...tangents) => {
      if (tangents.length !== sources.length) {
        throw new ArgumentError(
          where,
          `${tangents.length} tangents were given for ${sources.length} primals.`,
          'Give one direction for each; 0 for what stays.',
        );
      }
      const nodes = sources.map((source, index) => tangentNode(where, tangents[index] ?? 0, source, index));
      return new Tensor(forward(nodes), output.device);
    },
  ];
}
