/**
 * Recurrent networks over whole sequences.
 */
import {
  type GruOptions,
  type GruWeights,
  gru,
  type LstmOptions,
  type LstmWeights,
  lstm,
  type Tensor,
  zeros,
} from '@hadal/core';
import { type InputSpec, input } from '../inputs';
import { type Sample, type SampleOptions, sample } from '../sample';
import { type OperationFamily, refuses } from './family';

const EXACT: SampleOptions = { tolerance: 'contraction' };
const SMOOTH: SampleOptions = { ...EXACT, derivatives: 2 };

/** Batch, length, features and units. */
type Extents = readonly [number, number, number, number];

/** x, kernel, recurrent kernel and bias, small enough that no gate is saturated. */
const operands = (
  [batch, length, features, units]: Extents,
  gates: number,
  dtype: InputSpec['dtype'] = 'float32',
): InputSpec[] => [
  input([batch, length, features], dtype, 'inner'),
  input([features, gates * units], dtype, 'inner'),
  input([units, gates * units], dtype, 'inner'),
  input([gates * units], dtype, 'inner'),
];

const state = ([batch, , , units]: Extents): InputSpec => input([batch, units], 'float32', 'inner');

const runLstm = (
  x: Tensor,
  kernel: Tensor,
  recurrentKernel: Tensor,
  bias: Tensor | undefined,
  options?: LstmOptions,
): Tensor[] => {
  const weights: LstmWeights = { kernel, recurrentKernel, ...(bias && { bias }) };
  const { outputs, hidden, cell } = lstm(x, weights, options);
  return [outputs, hidden, cell];
};

const runGru = (
  x: Tensor,
  kernel: Tensor,
  recurrentKernel: Tensor,
  bias: Tensor | undefined,
  options?: GruOptions,
  recurrentBias?: Tensor,
): Tensor[] => {
  const weights: GruWeights = {
    kernel,
    recurrentKernel,
    ...(bias && { bias }),
    ...(recurrentBias && { recurrentBias }),
  };
  const { outputs, hidden } = gru(x, weights, options);
  return [outputs, hidden];
};

const lstmOf = (name: string, extents: Extents, options: LstmOptions = {}, extra = EXACT): Sample =>
  sample(
    'lstm',
    name,
    operands(extents, 4),
    (x, k, r, b) => runLstm(x, k, tamed(r, extents[3]), b, options),
    extra,
  );

const gruOf = (name: string, extents: Extents, options: GruOptions = {}, extra = EXACT): Sample =>
  sample(
    'gru',
    name,
    operands(extents, 3),
    (x, k, r, b) => runGru(x, k, tamed(r, extents[3]), b, options),
    extra,
  );

/** Recurrent kernels so small that errors do not grow from step to step, however many units there are. */
const tamed = (recurrentKernel: Tensor, units: number): Tensor => recurrentKernel.mul(1 / units);

/** Extents around the widths of vectors and of tiles. */
const AWKWARD: readonly Extents[] = [
  [1, 1, 1, 1],
  [1, 6, 3, 16],
  [5, 3, 2, 17],
  [7, 4, 3, 50],
  [13, 3, 4, 67],
  [2, 3, 2, 130],
];

const EMPTY: readonly Extents[] = [
  [0, 3, 2, 4],
  [2, 0, 2, 4],
  [2, 3, 0, 4],
];

const small: Extents = [2, 3, 2, 3];

const squared = (results: readonly Tensor[]): Tensor[] => results.map((result) => result.mul(result));

/** So few steps that the states at the beginning matter at the end. */
const short: Extents = [2, 2, 2, 3];

const lstms: readonly Sample[] = [
  lstmOf('of a few steps', small, {}, { ...SMOOTH, viewed: true }),
  lstmOf('from the end', small, { reverse: true }, SMOOTH),
  ...AWKWARD.map((extents) => lstmOf(`of ${extents.join(', ')}`, extents, {}, { ...EXACT, derivatives: 1 })),
  ...EMPTY.map((extents) => lstmOf(`of ${extents.join(', ')}`, extents)),
  sample('lstm', 'of float64', operands(small, 4, 'float64'), (x, k, r, b) => runLstm(x, k, r, b), EXACT),
  sample(
    'lstm',
    'without a bias, under a mask',
    [...operands(small, 4).slice(0, 3), input([2, 3], 'bool')],
    (x, k, r, mask) => runLstm(x, k, r, undefined, { mask }),
    { ...SMOOTH, viewed: true },
  ),
  sample(
    'lstm',
    'from states, from the end, under a mask',
    [...operands([7, 5, 2, 18], 4), state([7, 5, 2, 18]), state([7, 5, 2, 18]), input([7, 5], 'uint8')],
    (x, k, r, b, hidden, cell, mask) => runLstm(x, k, r, b, { hidden, cell, mask, reverse: true }),
    { ...EXACT, derivatives: 1 },
  ),
  sample(
    'lstm',
    'from states',
    [...operands(short, 4), state(short), state(short)],
    (x, k, r, b, hidden, cell) => runLstm(x, k, r, b, { hidden, cell }),
    SMOOTH,
  ),
  sample(
    'lstm',
    'squared, so that what is read of it counts twice',
    [...operands(short, 4), state(short), state(short)],
    (x, k, r, b, hidden, cell) => squared(runLstm(x, k, r, b, { hidden, cell })),
    SMOOTH,
  ),
  sample(
    'lstm',
    'squared, under a mask',
    [...operands(short, 4), state(short), state(short), input([2, 2], 'bool')],
    (x, k, r, b, hidden, cell, mask) => squared(runLstm(x, k, r, b, { hidden, cell, mask })),
    SMOOTH,
  ),
  sample(
    'lstm',
    'by its last cell alone',
    operands([3, 4, 2, 5], 4),
    (x, kernel, recurrentKernel, bias) => lstm(x, { kernel, recurrentKernel, bias }).cell,
    SMOOTH,
  ),
  sample(
    'lstm',
    'of two layers, there and back',
    [...operands([3, 4, 2, 5], 4), ...operands([3, 4, 5, 6], 4).slice(1)],
    (x, k, r, b, kernel, recurrentKernel, bias) =>
      lstm(
        lstm(x, { kernel: k, recurrentKernel: r, bias: b }).outputs,
        { kernel, recurrentKernel, bias },
        { reverse: true },
      ).outputs,
    { ...EXACT, derivatives: 1 },
  ),
];

const grus: readonly Sample[] = [
  gruOf('of a few steps', small, {}, { ...SMOOTH, viewed: true }),
  gruOf('from the end', small, { reverse: true }, SMOOTH),
  gruOf('with the gate before the product', small, { resetAfter: false }, { ...SMOOTH, viewed: true }),
  ...AWKWARD.flatMap((extents) => [
    gruOf(`of ${extents.join(', ')}`, extents, {}, { ...EXACT, derivatives: 1 }),
    gruOf(
      `of ${extents.join(', ')} with the gate before the product`,
      extents,
      { resetAfter: false },
      { ...EXACT, derivatives: 1 },
    ),
  ]),
  ...EMPTY.map((extents) => gruOf(`of ${extents.join(', ')}`, extents)),
  sample('gru', 'of float64', operands(small, 3, 'float64'), (x, k, r, b) => runGru(x, k, r, b), EXACT),
  ...[true, false].map((resetAfter) =>
    sample(
      'gru',
      `from a state, from the end, under a mask, with the gate ${resetAfter ? 'after' : 'before'} the product`,
      [...operands([7, 5, 2, 18], 3), state([7, 5, 2, 18]), input([7, 5], 'bool')],
      (x, k, r, b, hidden, mask) => runGru(x, k, r, b, { hidden, mask, reverse: true, resetAfter }),
      { ...EXACT, derivatives: 1 },
    ),
  ),
  ...[true, false].map((resetAfter) =>
    sample(
      'gru',
      `from a state, with the gate ${resetAfter ? 'after' : 'before'} the product`,
      [...operands(short, 3), state(short)],
      (x, k, r, b, hidden) => runGru(x, k, r, b, { hidden, resetAfter }),
      SMOOTH,
    ),
  ),
  ...[true, false].map((resetAfter) =>
    sample(
      'gru',
      `squared, under a mask, with the gate ${resetAfter ? 'after' : 'before'} the product`,
      [...operands(short, 3), state(short), input([2, 2], 'bool')],
      (x, k, r, b, hidden, mask) => squared(runGru(x, k, r, b, { hidden, mask, resetAfter })),
      SMOOTH,
    ),
  ),
  ...[true, false].map((resetAfter) =>
    sample(
      'gru',
      `squared, with the gate ${resetAfter ? 'after' : 'before'} the product`,
      [...operands(short, 3), state(short)],
      (x, k, r, b, hidden) => squared(runGru(x, k, r, b, { hidden, resetAfter })),
      SMOOTH,
    ),
  ),
  sample(
    'gru',
    'with a recurrent bias',
    [...operands(small, 3), input([9], 'float32', 'inner')],
    (x, k, r, b, inner) => runGru(x, k, r, b, {}, inner),
    SMOOTH,
  ),
];

const none: Tensor = zeros([1, 1]);

const weights = { kernel: zeros([3, 8]), recurrentKernel: zeros([2, 8]) };
const gates = { kernel: zeros([3, 6]), recurrentKernel: zeros([2, 6]) };

export const recurrent: OperationFamily = {
  name: 'recurrent',
  samples: [...lstms, ...grus],
  goldens: {
    lstm: (x = none, k = none, r = none, b) => runLstm(x, k, r, b),
    'lstm from states': (x = none, k = none, r = none, b, hidden = none, cell = none) =>
      runLstm(x, k, r, b, { hidden, cell }),
    'lstm masked reverse': (x = none, k = none, r = none, b, mask = none) =>
      runLstm(x, k, r, b, { mask, reverse: true }),
    gru: (x = none, k = none, r = none, b, inner, hidden = none) => runGru(x, k, r, b, { hidden }, inner),
    'gru masked reverse': (x = none, k = none, r = none, b, mask = none) =>
      runGru(x, k, r, b, { mask, reverse: true }),
    'gru reset before': (x = none, k = none, r = none, b, mask = none) =>
      runGru(x, k, r, b, { mask, resetAfter: false }),
  },
  errors: [
    refuses(
      'lstm',
      'a matrix',
      () => lstm(zeros([2, 3]), weights),
      'ShapeError',
      '[batch, length, features]',
    ),
    refuses(
      'lstm',
      'a kernel for other features',
      () => lstm(zeros([2, 5, 4]), weights),
      'ShapeError',
      'the kernel is [3, 8]',
    ),
    refuses(
      'lstm',
      'a kernel without four gates',
      () => lstm(zeros([2, 5, 3]), { ...weights, kernel: zeros([3, 6]) }),
      'ShapeError',
      '4 · units',
    ),
    refuses(
      'lstm',
      'a recurrent kernel that does not fit',
      () => lstm(zeros([2, 5, 3]), { ...weights, recurrentKernel: zeros([3, 8]) }),
      'ShapeError',
      'the recurrent kernel is [3, 8]',
    ),
    refuses(
      'lstm',
      'a state of another batch',
      () => lstm(zeros([2, 5, 3]), weights, { cell: zeros([3, 2]) }),
      'ShapeError',
      'the cell state is [3, 2]',
    ),
    refuses(
      'lstm',
      'a mask in the order of time',
      () => lstm(zeros([2, 5, 3]), weights, { mask: zeros([5, 2]) }),
      'ShapeError',
      'the mask is [5, 2]',
    ),
    refuses(
      'lstm',
      'integers',
      () => lstm(zeros([2, 5, 3], { dtype: 'int32' }), weights),
      'DTypeError',
      'x is int32',
    ),
    refuses(
      'gru',
      'a kernel without three gates',
      () => gru(zeros([2, 5, 3]), { ...gates, kernel: zeros([3, 8]) }),
      'ShapeError',
      '3 · units',
    ),
    refuses(
      'gru',
      'a state of another width',
      () => gru(zeros([2, 5, 3]), gates, { hidden: zeros([2, 3]) }),
      'ShapeError',
      'the state is [2, 3]',
    ),
    refuses(
      'gru',
      'a recurrent bias before the product',
      () => gru(zeros([2, 5, 3]), { ...gates, recurrentBias: zeros([6]) }, { resetAfter: false }),
      'ArgumentError',
      'resetAfter',
    ),
  ],
};
