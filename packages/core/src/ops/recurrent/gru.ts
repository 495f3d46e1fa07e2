/** `gru`: gated recurrent units over whole sequences. */
import { ArgumentError } from '../../errors';
import type { Tensor } from '../../tensor';
import { gruAfter, gruBefore } from './gru-cell';
import {
  maskOf,
  nodesOfParts,
  type Part,
  type RecurrentOptions,
  requireSequences,
  runCell,
} from './sequence';

/** The gates stand in the order z, r, candidate, as in Keras. PyTorch has r first. */
export interface GruWeights {
  /** [features, 3 · units] */
  readonly kernel: Tensor;
  /** [units, 3 · units] */
  readonly recurrentKernel: Tensor;
  /** [3 · units], beside the product with the kernel. Default zeros. */
  readonly bias?: Tensor;
  /** [3 · units], beside the product with the recurrent kernel; only with `resetAfter`. Default zeros. */
  readonly recurrentBias?: Tensor;
}

export interface GruOptions extends RecurrentOptions {
  /** The state at the beginning, [batch, units]. Default zeros. */
  readonly hidden?: Tensor;
  /**
   * Whether the gate r is applied to the product of the state with the recurrent kernel, as PyTorch, cuDNN and Keras
   * do, or to the state before it, as in the paper. Default true.
   */
  readonly resetAfter?: boolean;
}

export interface GruResult {
  /** The state after every step, [batch, length, units]. */
  readonly outputs: Tensor;
  /** The state after the last step, [batch, units]. */
  readonly hidden: Tensor;
}

const GATES = 3;

/**
 * Gated recurrent units (Cho et al. 2014) over sequences, all steps as one operation: z, r = sigmoid(…) of
 * x · kernel + bias + hidden · recurrentKernel + recurrentBias; candidate = tanh(… + r · (hidden · recurrentKernel +
 * recurrentBias)); hidden = z · hidden + (1 - z) · candidate.
 *
 * @param x [batch, length, features], floating point
 * @returns the outputs of all steps, and the state after the last one
 * @throws {ShapeError} when the extents of x, weights, state and mask do not fit each other
 * @throws {DTypeError} when an operand is not floating point
 * @throws {ArgumentError} when there is a recurrent bias without `resetAfter`
 * @example
 * const [x, kernel, recurrentKernel] = [ones([1, 2, 1]), ones([1, 3]), zeros([1, 3])];
 * const { outputs } = gru(x, { kernel, recurrentKernel });
 * await outputs.data(); // Float32Array [0.2048, 0.3545]
 */
export function gru(x: Tensor, weights: GruWeights, options: GruOptions = {}): GruResult {
  const where = 'gru';
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  const { mask, reverse = false, resetAfter = true } = options;
  if (recurrentBias !== undefined && !resetAfter) {
    throw new ArgumentError(
      where,
      'there is a recurrent bias, and the gate r is applied before the product.',
      'Add it to the bias, or leave `resetAfter` true.',
    );
  }
  const units = requireSequences(where, x, kernel, GATES);
  const [batch = 0] = x.shape;
  const ofGates = (name: string, tensor: Tensor | undefined): Part => ({
    name,
    tensor,
    described: '[3 · units]',
    shape: [GATES * units],
  });
  const parts: Part[] = [
    { name: 'x', tensor: x, described: '[batch, length, features]', shape: x.shape },
    { name: 'the kernel', tensor: kernel, described: '[features, 3 · units]', shape: kernel.shape },
    {
      name: 'the recurrent kernel',
      tensor: recurrentKernel,
      described: '[units, 3 · units]',
      shape: [units, GATES * units],
    },
    { name: 'the state', tensor: options.hidden, described: '[batch, units]', shape: [batch, units] },
    ofGates('the bias', bias),
    ofGates('the recurrent bias', recurrentBias),
  ];
  const [sequences, input, recurrent, state, added, inner] = nodesOfParts(where, parts);
  if (!sequences || !input || !recurrent || !state || !inner) throw new Error('an operand is missing');
  const run = runCell(
    where,
    resetAfter ? gruAfter : gruBefore,
    {
      x: sequences,
      kernel: input,
      bias: bias && added,
      weights: resetAfter ? [recurrent, inner] : [recurrent],
      states: [state],
      mask: maskOf(where, mask, x),
    },
    { reverse, resetAfter },
    [...parts.flatMap(({ tensor }) => tensor ?? []), ...(mask === undefined ? [] : [mask])],
  );
  const [hidden = x] = run.states;
  return { outputs: run.outputs, hidden };
}
