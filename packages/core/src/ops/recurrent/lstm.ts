/** `lstm`: long short-term memory over whole sequences. */
import type { Tensor } from '../../tensor';
import { lstmComposite } from './lstm-cell';
import {
  maskOf,
  nodesOfParts,
  type Part,
  type RecurrentOptions,
  requireSequences,
  runCell,
} from './sequence';

/** The gates stand in the order i, f, g, o, as in PyTorch and Keras. */
export interface LstmWeights {
  /** [features, 4 · units] */
  readonly kernel: Tensor;
  /** [units, 4 · units] */
  readonly recurrentKernel: Tensor;
  /** [4 · units]. Default zeros. */
  readonly bias?: Tensor;
}

export interface LstmOptions extends RecurrentOptions {
  /** The hidden state at the beginning, [batch, units]. Default zeros. */
  readonly hidden?: Tensor;
  /** The cell state at the beginning, [batch, units]. Default zeros. */
  readonly cell?: Tensor;
}

export interface LstmResult {
  /** The hidden state after every step, [batch, length, units]. */
  readonly outputs: Tensor;
  /** The hidden state after the last step, [batch, units]. */
  readonly hidden: Tensor;
  /** The cell state after the last step, [batch, units]. */
  readonly cell: Tensor;
}

const GATES = 4;

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997) over sequences, all steps as one operation:
 * i, f, o = sigmoid(…), g = tanh(…) of x · kernel + hidden · recurrentKernel + bias; cell = f · cell + i · g;
 * hidden = o · tanh(cell).
 *
 * @param x [batch, length, features], floating point
 * @returns the outputs of all steps, and both states after the last one
 * @throws {ShapeError} when the extents of x, weights, states and mask do not fit each other
 * @throws {DTypeError} when an operand is not floating point
 * @example
 * const [x, kernel, recurrentKernel] = [ones([1, 3, 2]), ones([2, 4]), zeros([1, 4])];
 * const { outputs, hidden } = lstm(x, { kernel, recurrentKernel });
 * await outputs.data(); // Float32Array [0.606, 0.827, 0.871]
 */
export function lstm(x: Tensor, weights: LstmWeights, options: LstmOptions = {}): LstmResult {
  const where = 'lstm';
  const { kernel, recurrentKernel, bias } = weights;
  const { mask, reverse = false } = options;
  const units = requireSequences(where, x, kernel, GATES);
  const [batch = 0] = x.shape;
  const state = (name: string, tensor: Tensor | undefined): Part => ({
    name: `the ${name} state`,
    tensor,
    described: '[batch, units]',
    shape: [batch, units],
  });
  const parts: Part[] = [
    { name: 'x', tensor: x, described: '[batch, length, features]', shape: x.shape },
    { name: 'the kernel', tensor: kernel, described: '[features, 4 · units]', shape: kernel.shape },
    {
      name: 'the recurrent kernel',
      tensor: recurrentKernel,
      described: '[units, 4 · units]',
      shape: [units, GATES * units],
    },
    state('hidden', options.hidden),
    state('cell', options.cell),
    { name: 'the bias', tensor: bias, described: '[4 · units]', shape: [GATES * units] },
  ];
  const [sequences, input, recurrent, first, second, added] = nodesOfParts(where, parts);
  if (!sequences || !input || !recurrent || !first || !second) throw new Error('an operand is missing');
  const run = runCell(
    where,
    lstmComposite,
    {
      x: sequences,
      kernel: input,
      bias: bias && added,
      weights: [recurrent],
      states: [first, second],
      mask: maskOf(where, mask, x),
    },
    { reverse },
    [...parts.flatMap(({ tensor }) => tensor ?? []), ...(mask === undefined ? [] : [mask])],
  );
  const [hidden = x, cell = x] = run.states;
  return { outputs: run.outputs, hidden, cell };
}
