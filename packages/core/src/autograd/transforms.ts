/**
 * Functions from functions: `grad`, `valueAndGrad` and `vjp` differentiate what a function does to its inputs.
 *
 * Inputs are wrapped in `tracer` nodes, so that a function is differentiated by its inputs as it sees them: whatever it
 * captured stays constant, and nested derivatives cannot be confused.
 */
import { ArgumentError, DTypeError, ShapeError } from '../errors';
import { broadcastTo, constant, identity } from '../graph/build';
import { operandNode, type TensorLike } from '../ops/operand';
import { formatShape, sameShape } from '../shape/shape';
import { Tensor } from '../tensor';
import { gradientNodes, requireScalar } from './gradients';

/** A function of tensors. */
export type TensorFunction = (...inputs: Tensor[]) => Tensor;

const traced = (inputs: readonly TensorLike[]): Tensor[] =>
  inputs.map((input) => {
    const device = typeof input === 'number' ? undefined : input.device;
    return new Tensor(identity(operandNode('grad', input), 'tracer'), device);
  });

/**
 * The function that computes the gradient of `f`, a function to a scalar.
 *
 * @param f       a function of tensors to a floating-point scalar
 * @param argnums the input to differentiate by (default 0), or several
 * @returns a function of the same inputs to the gradient, or to the list of gradients
 * @throws {ShapeError} when `f` returns more than one element
 * @throws {ArgumentError} when there is no such input
 * @example
 * const cube = (x: Tensor) => x.pow(3);
 * await grad(cube)(2).item(); // 12
 * await grad(grad(cube))(2).item(); // 12, the second derivative 6x at 2
 */
export function grad(f: TensorFunction, argnums?: number): (...inputs: TensorLike[]) => Tensor;
export function grad(f: TensorFunction, argnums: readonly number[]): (...inputs: TensorLike[]) => Tensor[];
export function grad(f: TensorFunction, argnums: number | readonly number[] = 0) {
  if (typeof argnums === 'number') {
    const both = valueAndGrad(f, argnums);
    return (...inputs: TensorLike[]) => both(...inputs)[1];
  }
  const both = valueAndGrad(f, argnums);
  return (...inputs: TensorLike[]) => both(...inputs)[1];
}

/**
 * The function that computes both the value of `f` and its gradient.
 *
 * @param f       a function of tensors to a floating-point scalar
 * @param argnums the input to differentiate by (default 0), or several
 * @returns a function of the same inputs to [value, gradient], or [value, list of gradients]
 * @throws {ShapeError} when `f` returns more than one element
 * @throws {ArgumentError} when there is no such input
 * @example
 * const [loss, slope] = valueAndGrad((x) => x.square().sum())(tensor([1, 2]));
 * await slope.data(); // Float32Array [2, 4]
 */
export function valueAndGrad(
  f: TensorFunction,
  argnums?: number,
): (...inputs: TensorLike[]) => [value: Tensor, gradient: Tensor];
export function valueAndGrad(
  f: TensorFunction,
  argnums: readonly number[],
): (...inputs: TensorLike[]) => [value: Tensor, gradients: Tensor[]];
export function valueAndGrad(f: TensorFunction, argnums: number | readonly number[] = 0) {
  return (...inputs: TensorLike[]) => {
    const tracers = traced(inputs);
    const value = f(...tracers);
    requireScalar('grad', value);
    const seed = broadcastTo(constant(1, value.dtype), value.shape);
    const sources = (typeof argnums === 'number' ? [argnums] : argnums).map(
      (index) => inputAt(tracers, index).node,
    );
    const found = gradientNodes('grad', value.node, seed, sources).map(
      (node) => new Tensor(node, value.device),
    );
    return [value, typeof argnums === 'number' ? found[0] : found];
  };
}

function inputAt(inputs: readonly Tensor[], index: number): Tensor {
  const found = inputs[index];
  if (found === undefined) {
    throw new ArgumentError(
      'grad',
      `there is no input ${index}: the function was called with ${inputs.length}.`,
    );
  }
  return found;
}

/**
 * Evaluates `f` and returns, with the result, the function that takes a cotangent of it back to the inputs (the
 * vector–Jacobian product).
 *
 * @param f      a function of tensors to a floating-point tensor of any shape
 * @param inputs where to evaluate it; all floating point, the pullback throws a DTypeError otherwise
 * @returns [output, pullback]; the pullback takes a cotangent of the shape of the output (or one number for all of
 *   it) and gives one gradient per input, zeros where there is no dependence
 * @throws {ShapeError} from the pullback, when the cotangent has another shape
 * @example
 * const [y, pullback] = vjp((x) => x.square(), tensor([1, 2, 3]));
 * const [dx] = pullback(tensor([1, 0, 1]));
 * await dx.data(); // Float32Array [2, 0, 6]
 */
export function vjp(
  f: TensorFunction,
  ...inputs: readonly TensorLike[]
): [output: Tensor, pullback: (cotangent: TensorLike) => Tensor[]] {
  const tracers = traced(inputs);
  const output = f(...tracers);
  const sources = tracers.map((tracer) => tracer.node);
  const pullback = (cotangent: TensorLike): Tensor[] => {
    const given = operandNode('vjp', cotangent);
    const seed = typeof cotangent === 'number' ? constant(cotangent, output.dtype) : given;
    if (typeof cotangent !== 'number' && !sameShape(given.shape, output.shape)) {
      throw new ShapeError(
        'vjp',
        `the cotangent has shape ${formatShape(given.shape)}, the output ${formatShape(output.shape)}.`,
        'A cotangent weighs every element of the output.',
      );
    }
    if (seed.dtype !== output.dtype) {
      throw new DTypeError(
        'vjp',
        `the cotangent is ${seed.dtype}, the output ${output.dtype}; cast one of them.`,
      );
    }
    const nodes = gradientNodes('vjp', output.node, broadcastTo(seed, output.shape), sources);
    return nodes.map((node) => new Tensor(node, output.device));
  };
  return [output, pullback];
}
