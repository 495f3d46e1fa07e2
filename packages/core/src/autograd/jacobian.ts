/**
 * Whole derivatives: the Jacobian of a function, the Hessian of a scalar function, and products with the Hessian.
 *
 * A Jacobian is its pullback applied to every basis vector of the outputs, or its pushforward applied to every basis
 * vector of the inputs. Either is written for one vector and batched over an identity matrix, so that all rows (or
 * columns) are computed together.
 */
import { ArgumentError } from '../errors';
import { add, broadcastTo, cast, constant, equal, iota, mul, reshape, sum } from '../graph/build';
import type { Node } from '../graph/node';
import type { TensorLike } from '../ops/operand';
import { sizeOf } from '../shape/shape';
import { Tensor } from '../tensor';
import { Batching } from './batching/batching';
import { moveAxis } from './batching/operand';
import { gradientNodes, requireFloating, requireScalar } from './gradients';
import { type Evaluated, evaluateAt, pullBack, pushForward, tangentNode } from './linear';
import { grad, type TensorFunction } from './transforms';

export interface JacobianOptions<Inputs extends number | readonly number[] = number | readonly number[]> {
  /**
   * 'reverse' (default) costs one backward pass per element of the output, 'forward' one forward pass per element of the
   * input: choose the smaller side.
   */
  readonly mode?: 'reverse' | 'forward';
  /** The input to differentiate by, or several. Default 0. */
  readonly argnums?: Inputs;
}

/**
 * The function that computes the Jacobian of `f`: the derivative of every element of the output by every element of an
 * input.
 *
 * @param f a function of tensors to a floating-point tensor of any shape
 * @returns a function of the same inputs to a tensor of shape output.shape + input.shape, or a list of them
 * @throws {ArgumentError} when there is no such input
 * @throws {DTypeError} when the output or such an input is not floating point
 * @example
 * const f = (x: Tensor) => x.square();
 * await jacobian(f)(tensor([1, 2])).data(); // Float32Array [2, 0, 0, 4]
 * await jacobian(f, { mode: 'forward' })(tensor([1, 2])).data(); // Float32Array [2, 0, 0, 4]
 */
export function jacobian(
  f: TensorFunction,
  options?: JacobianOptions<number>,
): (...inputs: TensorLike[]) => Tensor;
export function jacobian(
  f: TensorFunction,
  options: JacobianOptions<readonly number[]>,
): (...inputs: TensorLike[]) => Tensor[];
export function jacobian(f: TensorFunction, { mode = 'reverse', argnums = 0 }: JacobianOptions = {}) {
  return (...inputs: TensorLike[]) => {
    const numbers = typeof argnums === 'number' ? [argnums] : argnums;
    const { output, sources } = evaluateAt('jacobian', f, inputs);
    const evaluated = { output, sources: numbers.map((index) => inputAt('jacobian', sources, index)) };
    const blocks = mode === 'reverse' ? rowByRow(evaluated) : columnByColumn(evaluated);
    const found = blocks.map((block) => new Tensor(block, output.device));
    return typeof argnums === 'number' ? found[0] : found;
  };
}

function inputAt(where: string, sources: readonly Node[], index: number): Node {
  const found = sources[index];
  if (found === undefined) {
    throw new ArgumentError(
      where,
      `there is no input ${index}: the function was called with ${sources.length}.`,
    );
  }
  return found;
}

/** The pullback of every basis vector of the output. */
function rowByRow(evaluated: Evaluated): Node[] {
  const { node } = evaluated.output;
  requireFloating('jacobian', 'the output', node);
  const basis = basisOf(node);
  const batching = new Batching(sizeOf(node.shape), 'same');
  const rows = pullBack('jacobian', evaluated, batching.standIn(basis));
  return rows.map((row) => reshape(batching.all(row), [...node.shape, ...row.shape]));
}

/** The pushforward of every basis vector of each input. */
function columnByColumn(evaluated: Evaluated): Node[] {
  const { node } = evaluated.output;
  const forward = pushForward('jacobian', evaluated);
  return evaluated.sources.map((source, index) => {
    const basis = basisOf(source);
    const batching = new Batching(sizeOf(source.shape), 'same');
    const tangent = batching.standIn(basis);
    const columns = batching.all(
      forward(evaluated.sources.map((_, i) => (i === index ? tangent : undefined))),
    );
    return reshape(moveAxis(columns, 0, node.shape.length), [...node.shape, ...source.shape]);
  });
}

/** The identity matrix, its rows in the shape of `node`. */
function basisOf({ shape, dtype }: Node): Node {
  const size = sizeOf(shape);
  const [row, column] = [reshape(iota(size), [size, 1]), reshape(iota(size), [1, size])];
  return reshape(cast(equal(row, column), dtype), [size, ...shape]);
}

/**
 * The function that computes the Hessian of `f`, a function to a scalar: its second derivatives by every pair of elements
 * of the inputs. It is the forward-mode Jacobian of the gradient.
 *
 * @param f       a function of tensors to a floating-point scalar
 * @param argnums the input to differentiate by (default 0), or several
 * @returns a function of the same inputs to a tensor of shape input.shape + input.shape; for several inputs to rows of
 *   blocks, block [i][j] of shape input i + input j
 * @throws {ShapeError} when `f` returns more than one element
 * @throws {ArgumentError} when there is no such input
 * @example
 * const f = (x: Tensor) => x.pow(3).sum();
 * await hessian(f)(tensor([1, 2])).data(); // Float32Array [6, 0, 0, 12]
 */
export function hessian(f: TensorFunction, argnums?: number): (...inputs: TensorLike[]) => Tensor;
export function hessian(
  f: TensorFunction,
  argnums: readonly number[],
): (...inputs: TensorLike[]) => Tensor[][];
export function hessian(f: TensorFunction, argnums: number | readonly number[] = 0) {
  if (typeof argnums === 'number') return jacobian(grad(f, argnums), { mode: 'forward', argnums });
  return (...inputs: TensorLike[]) =>
    argnums.map((index) => jacobian(grad(f, index), { mode: 'forward', argnums })(...inputs));
}

/**
 * The Hessian of a scalar function times a direction, without the Hessian: it costs about two gradients.
 *
 * @param f        a function of tensors to a floating-point scalar
 * @param primals  where to evaluate it; all floating point
 * @param tangents one direction per primal, of its shape and dtype (or one number for all of it)
 * @returns one tensor per primal, of its shape
 * @throws {ArgumentError} when there is not one tangent per primal
 * @throws {ShapeError} when `f` returns more than one element, or a tangent has another shape than its primal
 * @example
 * const [product] = hvp((x) => x.pow(3).sum(), [tensor([1, 2])], [tensor([1, 1])]);
 * await product.data(); // Float32Array [6, 12]
 */
export function hvp(
  f: TensorFunction,
  primals: readonly TensorLike[],
  tangents: readonly TensorLike[],
): Tensor[] {
  if (tangents.length !== primals.length) {
    throw new ArgumentError('hvp', `${tangents.length} tangents were given for ${primals.length} primals.`);
  }
  const evaluated = evaluateAt('hvp', f, primals);
  const { output, sources } = evaluated;
  requireScalar('hvp', output);
  const one = constant(1, output.dtype);
  const slopes = pullBack('hvp', evaluated, broadcastTo(one, output.shape));
  // H is symmetric: H·v is the gradient of ⟨gradient, v⟩.
  const along = slopes
    .map((slope, index) => sum(mul(slope, tangentNode('hvp', tangents[index] ?? 0, slope, index))))
    .reduce(add, constant(0, output.dtype));
  return gradientNodes('hvp', along, one, sources).map((node) => new Tensor(node, output.device));
}
