/**
 * Activations beyond the first ones, and losses that are functions.
 */
import * as hadal from '@hadal/core';
import { concat, mul, type Tensor, zeros } from '@hadal/core';
import { type InputSpec, input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';
import { activationGoldens } from './activation-goldens';
import { type ErrorCase, type OperationFamily, refuses } from './family';
import { floatPairSamples, floatSamples } from './float-samples';
import { refusesLists, refusesPairs, untyped } from './wrong-operands';

const smooth = { tolerance: 'elementary', derivatives: 2 } as const;
/** Made of straight pieces: away from 0 no kink is near, unless it is elsewhere. */
const straight = { tolerance: 'arithmetic', derivatives: 1 } as const;

const rectifiers: readonly Sample[] = [
  ...floatSamples('relu6', hadal.relu6, { ...straight, values: 'away' }),
  sample('relu6', 'of numbers around 6', [input([40])], (x) => hadal.relu6(mul(x, 6)), {
    tolerance: 'exact',
  }),
  ...floatSamples('hardTanh', (x) => hadal.hardTanh(x, -1.5, 0.1), { ...straight, values: 'inner' }),
  ...floatSamples('hardSigmoid', hadal.hardSigmoid, straight),
  ...floatSamples('hardSwish', hadal.hardSwish, straight),
  sample(
    'hardSwish',
    'of numbers around 3',
    [input([40])],
    (x) => [hadal.hardSwish(mul(x, 3)), hadal.hardSigmoid(mul(x, 3))],
    {
      tolerance: 'arithmetic',
    },
  ),
  ...floatSamples('hardShrink', (x) => hadal.hardShrink(x, 0.25), { ...straight, values: 'away' }),
  ...floatSamples('softShrink', (x) => hadal.softShrink(x, 0.25), { ...straight, values: 'away' }),
  sample(
    'hardShrink',
    'with the bound of 0.5',
    [input([40])],
    (x) => [hadal.hardShrink(x), hadal.softShrink(x)],
    { tolerance: 'exact' },
  ),
  ...floatPairSamples('prelu', hadal.prelu, { ...straight, values: 'away', special: false }),
  ...floatSamples('selu', hadal.selu, { tolerance: 'elementary', derivatives: 1, values: 'away' }),
  ...floatSamples('celu', (x) => hadal.celu(x, 0.7), {
    tolerance: 'elementary',
    derivatives: 1,
    values: 'away',
  }),
];

const smoothActivations: readonly Sample[] = [
  ...floatSamples('logSigmoid', hadal.logSigmoid, smooth),
  sample('logSigmoid', 'of large arguments', [input([40])], (x) => hadal.logSigmoid(mul(x, 100)), {
    tolerance: 'elementary',
  }),
  ...floatSamples('softsign', hadal.softsign, { ...smooth, values: 'away' }),
  ...floatSamples('tanhShrink', hadal.tanhShrink, smooth),
  ...floatSamples('mish', hadal.mish, smooth),
  sample('mish', 'of large arguments', [input([40])], (x) => hadal.mish(mul(x, 50)), {
    tolerance: 'elementary',
  }),
  ...floatSamples('squareplus', hadal.squareplus, smooth),
  sample('squareplus', 'with another corner', [input([9])], (x) => hadal.squareplus(mul(x, 5), 0.1), smooth),
  ...(
    [
      [[3, 4], -1],
      [[4, 3], 0],
      [[2, 6, 3], 1],
      [[2], 0],
      [[0, 2], -1],
      [[33, 258], -1],
    ] as const
  ).map(([shape, axis], index) =>
    sample('glu', `of ${shapeText(shape)} along ${axis}`, [input(shape)], (x) => hadal.glu(x, axis), {
      tolerance: 'elementary',
      derivatives: index < 3 ? 2 : 0,
      viewed: index === 0,
    }),
  ),
  sample(
    'glu',
    'of float64 and of int32',
    [input([4], 'float64'), input([4], 'int32')],
    (a, b) => [hadal.glu(a), hadal.glu(b)],
    {
      tolerance: 'elementary',
    },
  ),
];

/**
 * Logits near multiples of 0.37: no sum of those is near 1, so that no element is about to enter or leave the support.
 */
const logits = (shape: readonly number[]): readonly InputSpec[] => [
  input(shape, 'float32', 'inner'),
  input(shape, 'int32', { from: 0, below: 4 }),
];
const apart = (x: Tensor, steps: Tensor): Tensor => hadal.add(mul(x, 0.01), mul(steps, 0.37));

const sparse: readonly Sample[] = [
  ...floatSamples('sparsePlus', hadal.sparsePlus, { ...straight, values: 'inner' }),
  sample(
    'sparsePlus',
    'on both sides',
    [input([40])],
    (x) => [hadal.sparsePlus(mul(x, 2)), hadal.sparseSigmoid(mul(x, 2))],
    {
      tolerance: 'arithmetic',
    },
  ),
  ...floatSamples('sparseSigmoid', hadal.sparseSigmoid, { ...straight, values: 'inner' }),
  ...(
    [
      [[4, 7], -1],
      [[7, 4], 0],
      [[2, 5, 3], 1],
      [[1], 0],
      [[7, 1], -1],
      [[0, 3], -1],
      [[33, 65], -1],
    ] as const
  ).map(([shape, axis], index) =>
    sample(
      'sparsemax',
      `of ${shapeText(shape)} along ${axis}`,
      logits(shape),
      (x, steps) => hadal.sparsemax(apart(x, steps), axis),
      {
        tolerance: 'reduction',
        derivatives: index < 3 ? 1 : 0,
        viewed: index === 0,
      },
    ),
  ),
  sample(
    'sparsemax',
    'of equal, of large and of float64 logits',
    [input([2, 5], 'int32', { from: 0, below: 2 }), input([6]), input([3, 4], 'float64')],
    (a, b, c) => [hadal.sparsemax(a), hadal.sparsemax(mul(b, 1000)), hadal.sparsemax(c)],
    { tolerance: 'reduction' },
  ),
];

type Pair = (a: Tensor, b: Tensor) => Tensor;

/** Samples of a loss: predictions and targets of one shape, broadcast, in other dtypes, and nothing at all. */
function lossSamples(
  operation: string,
  compute: Pair,
  predictions: InputSpec['values'],
  targets: InputSpec['values'],
  options: SampleOptions,
): Sample[] {
  const { tolerance } = options;
  const pair = (a: readonly number[], b = a, dtype: 'float32' | 'float64' = 'float32') => [
    input(a, dtype, predictions),
    input(b, dtype, targets),
  ];
  return [
    sample(operation, 'of [3, 5]', pair([3, 5]), compute, { ...options, viewed: true }),
    sample(operation, 'of [2, 3, 4] and [3, 1]', pair([2, 3, 4], [3, 1]), compute, options),
    sample(operation, 'of [4] float64', pair([4], [4], 'float64'), compute, { tolerance }),
    sample(operation, 'of [33, 257]', pair([33, 257]), compute, { tolerance }),
    sample(operation, 'of [1]', pair([1]), compute, { tolerance }),
    sample(operation, 'of [0, 3]', pair([0, 3]), compute, { tolerance }),
    sample(
      operation,
      'of [2, 3] int32',
      [input([2, 3], 'int32', { from: 1, below: 4 }), input([2, 3], 'int32', { from: 0, below: 2 })],
      compute,
      { tolerance },
    ),
  ];
}

const summed = { tolerance: 'reduction', derivatives: 2 } as const;

const losses: readonly Sample[] = [
  ...lossSamples('meanSquaredError', hadal.meanSquaredError, 'normal', 'normal', summed),
  ...lossSamples('meanAbsoluteError', hadal.meanAbsoluteError, 'positive', 'normal', {
    tolerance: 'reduction',
  }),
  sample(
    'meanAbsoluteError',
    'of predictions over the targets',
    [input([3, 5], 'float32', 'positive'), input([3, 5], 'float32', 'inner')],
    (a, b) => hadal.meanAbsoluteError(hadal.add(a, 1), b),
    { tolerance: 'reduction', derivatives: 1 },
  ),
  sample(
    'meanSquaredError',
    'of scalars',
    [input([]), input([])],
    (a, b) => [hadal.meanSquaredError(a, b), hadal.meanAbsoluteError(a, b)],
    { tolerance: 'reduction' },
  ),
  ...lossSamples('huberLoss', (a, b) => hadal.huberLoss(a, b, 0.8), 'normal', 'normal', {
    tolerance: 'arithmetic',
    derivatives: 1,
  }),
  ...lossSamples('smoothL1Loss', (a, b) => hadal.smoothL1Loss(a, b, 0.6), 'normal', 'normal', {
    tolerance: 'arithmetic',
    derivatives: 1,
  }),
  ...lossSamples('logCoshLoss', hadal.logCoshLoss, 'normal', 'normal', smooth),
  sample(
    'logCoshLoss',
    'of large and tiny errors',
    [input([20]), input([20])],
    (a, b) => hadal.logCoshLoss(concat([mul(a, 50), mul(a, 1e-3)]), concat([mul(b, 50), mul(b, 1e-3)])),
    { tolerance: 'elementary' },
  ),
  ...lossSamples('hingeLoss', hadal.hingeLoss, 'inner', 'inner', straight),
  sample(
    'hingeLoss',
    'beyond the margin',
    [input([20]), input([20])],
    (a, b) => [hadal.hingeLoss(mul(a, 2), mul(b, 2)), hadal.squaredHingeLoss(mul(a, 2), mul(b, 2))],
    { tolerance: 'arithmetic' },
  ),
  ...lossSamples('squaredHingeLoss', hadal.squaredHingeLoss, 'inner', 'inner', {
    tolerance: 'arithmetic',
    derivatives: 2,
  }),
  ...lossSamples('poissonLoss', hadal.poissonLoss, 'positive', 'positive', smooth),
  sample(
    'poissonLoss',
    'of logarithms',
    [input([3, 5]), input([5], 'int32', { from: 0, below: 5 })],
    (a, b) => hadal.poissonLoss(a, b, { logInput: true }),
    smooth,
  ),
  ...lossSamples('klDivergence', hadal.klDivergence, 'positive', 'positive', summed),
  sample(
    'klDivergence',
    'along axis 0, with absent classes',
    [input([4, 3], 'int32', { from: 0, below: 2 }), input([4, 3], 'float32', 'positive')],
    (p, q) => hadal.klDivergence(p, q, 0),
    summed,
  ),
  ...lossSamples('cosineSimilarity', hadal.cosineSimilarity, 'normal', 'normal', summed),
  sample(
    'cosineSimilarity',
    'along axis 1, and of zeros',
    [input([2, 4, 3]), input([2, 4, 3])],
    (a, b) => [hadal.cosineSimilarity(a, b, 1), hadal.cosineSimilarity(mul(a, 0), b)],
    summed,
  ),
  ...lossSamples(
    'sigmoidFocalCrossEntropy',
    hadal.sigmoidFocalCrossEntropy,
    'normal',
    { from: 0, below: 2 },
    smooth,
  ),
  sample(
    'sigmoidFocalCrossEntropy',
    'with other parameters',
    [input([9]), input([9], 'bool')],
    (x, t) => hadal.sigmoidFocalCrossEntropy(mul(x, 4), t, { alpha: 0.6, gamma: 1.5 }),
    smooth,
  ),
];

const UNARY = {
  relu6: hadal.relu6,
  hardTanh: hadal.hardTanh,
  hardSigmoid: hadal.hardSigmoid,
  hardSwish: hadal.hardSwish,
  hardShrink: hadal.hardShrink,
  softShrink: hadal.softShrink,
  selu: hadal.selu,
  celu: hadal.celu,
  logSigmoid: hadal.logSigmoid,
  softsign: hadal.softsign,
  tanhShrink: hadal.tanhShrink,
  mish: hadal.mish,
  squareplus: hadal.squareplus,
  glu: hadal.glu,
  sparsePlus: hadal.sparsePlus,
  sparseSigmoid: hadal.sparseSigmoid,
  sparsemax: hadal.sparsemax,
};

const PAIRS = {
  prelu: hadal.prelu,
  meanSquaredError: hadal.meanSquaredError,
  meanAbsoluteError: hadal.meanAbsoluteError,
  huberLoss: hadal.huberLoss,
  smoothL1Loss: hadal.smoothL1Loss,
  logCoshLoss: hadal.logCoshLoss,
  hingeLoss: hadal.hingeLoss,
  squaredHingeLoss: hadal.squaredHingeLoss,
  poissonLoss: hadal.poissonLoss,
  klDivergence: hadal.klDivergence,
  cosineSimilarity: hadal.cosineSimilarity,
  sigmoidFocalCrossEntropy: hadal.sigmoidFocalCrossEntropy,
};

const three = zeros([3]);

const errors: readonly ErrorCase[] = [
  ...refusesLists(UNARY),
  ...refusesPairs(PAIRS),
  refuses(
    'hardTanh',
    'bounds in the wrong order',
    () => hadal.hardTanh(three, 1, -1),
    'ArgumentError',
    'lower bound 1 must be below',
  ),
  refuses(
    'hardShrink',
    'a negative bound',
    () => hadal.hardShrink(three, -1),
    'ArgumentError',
    'at least 0, not -1',
  ),
  refuses(
    'softShrink',
    'a negative bound',
    () => hadal.softShrink(three, -1),
    'ArgumentError',
    'at least 0, not -1',
  ),
  refuses('celu', 'an alpha of 0', () => hadal.celu(three, 0), 'ArgumentError', 'alpha must not be 0'),
  refuses(
    'squareplus',
    'a negative corner',
    () => hadal.squareplus(three, -1),
    'ArgumentError',
    'positive, not -1',
  ),
  refuses('glu', 'an odd extent', () => hadal.glu(three), 'ShapeError', 'the odd extent 3'),
  refuses('glu', 'an axis that does not exist', () => hadal.glu(three, 1), 'AxisError', 'axis 1'),
  refuses('sparsemax', 'an axis that does not exist', () => hadal.sparsemax(three, 2), 'AxisError', 'axis 2'),
  refuses(
    'huberLoss',
    'a delta of 0',
    () => hadal.huberLoss(three, three, 0),
    'ArgumentError',
    'delta must be positive',
  ),
  refuses(
    'smoothL1Loss',
    'a negative beta',
    () => hadal.smoothL1Loss(three, three, -1),
    'ArgumentError',
    'beta must be positive',
  ),
  refuses(
    'klDivergence',
    'an axis that does not exist',
    () => hadal.klDivergence(three, three, 1),
    'AxisError',
    'axis 1',
  ),
  refuses('cosineSimilarity', 'scalars', () => hadal.cosineSimilarity(zeros([]), 1), 'AxisError', 'rank 0'),
  refuses(
    'sigmoidFocalCrossEntropy',
    'a negative gamma',
    () => hadal.sigmoidFocalCrossEntropy(three, three, { gamma: -1 }),
    'ArgumentError',
    'gamma',
  ),
  refuses(
    'prelu',
    'a slope that is no tensor',
    () => hadal.prelu(three, untyped(undefined)),
    'ArgumentError',
    'expected a tensor or a number',
  ),
];

export const activation: OperationFamily = {
  name: 'activation',
  samples: [...rectifiers, ...smoothActivations, ...sparse, ...losses],
  goldens: activationGoldens,
  errors,
};
