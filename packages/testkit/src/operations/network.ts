/**
 * Samples of what neural networks are made of: activations, softmax, losses, normalization.
 */
import {
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  mean,
  relu,
  rsqrt,
  sigmoid,
  sigmoidCrossEntropy,
  silu,
  softmax,
  softmaxCrossEntropy,
  softplus,
  sparseSoftmaxCrossEntropy,
  stopGradient,
  type Tensor,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample, shapeText, unarySamples } from '../sample';

const activations: readonly Sample[] = [
  ...unarySamples('relu', relu, { values: 'away', tolerance: 'exact', derivatives: 1 }),
  ...unarySamples('leakyRelu', (x) => leakyRelu(x, 0.1), {
    values: 'away',
    tolerance: 'arithmetic',
    derivatives: 1,
  }),
  ...unarySamples('elu', elu, { values: 'away', tolerance: 'elementary', derivatives: 1 }),
  ...unarySamples('sigmoid', sigmoid, { tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('softplus', softplus, { tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('silu', silu, { tolerance: 'elementary', derivatives: 2, special: false }),
  ...unarySamples('gelu', gelu, { tolerance: 'elementary', derivatives: 2, special: false }),
  sample('sigmoid', 'of large arguments', [input([40])], (x) => [sigmoid(x.mul(100)), softplus(x.mul(100))], {
    tolerance: 'elementary',
  }),
];

const alongAxes = (operation: string, compute: (x: Tensor, axis: number) => Tensor): Sample[] => [
  ...(
    [
      [[4, 7], -1],
      [[4, 7], 0],
      [[2, 3, 5], 1],
      [[1], 0],
      [[7, 1], -1],
      [[0, 3], -1],
      [[33, 257], -1],
      [[33, 257], 0],
      [[2, 1000], 1],
    ] as const
  ).map(([shape, axis], index) =>
    sample(operation, `of ${shapeText(shape)} along ${axis}`, [input(shape)], (x) => compute(x, axis), {
      tolerance: 'reduction',
      viewed: index < 2,
      derivatives: index < 3 ? 2 : 0,
    }),
  ),
  sample(operation, 'of float64', [input([4, 7], 'float64')], (x) => compute(x, -1), {
    tolerance: 'reduction',
  }),
  sample(operation, 'of logits of some ten thousands', [input([4, 7])], (x) => compute(x.mul(1e4), -1), {
    tolerance: 'reduction',
  }),
];

const losses: readonly Sample[] = [
  ...(
    [
      [[5, 4], [5]],
      [
        [2, 3, 4],
        [2, 3],
      ],
      [[33, 257], [33]],
      [[1, 1], [1]],
    ] as const
  ).map(([shape, labels], index) =>
    sample(
      'sparseSoftmaxCrossEntropy',
      `of ${shapeText(shape)}`,
      [input(shape), input(labels, 'int32', { from: 0, below: shape[shape.length - 1] ?? 1 })],
      sparseSoftmaxCrossEntropy,
      { tolerance: 'reduction', viewed: index === 0, derivatives: index < 2 ? 2 : 0 },
    ),
  ),
  sample(
    'sparseSoftmaxCrossEntropy',
    'averaged, of large logits',
    [input([6, 3]), input([6], 'uint8', { from: 0, below: 3 })],
    (x, labels) => mean(sparseSoftmaxCrossEntropy(x.mul(1e4), labels)),
    { tolerance: 'reduction' },
  ),
  sample(
    'softmaxCrossEntropy',
    'of [5, 4]',
    [input([5, 4]), input([5, 4], 'float32', 'positive')],
    (x, targets) => softmaxCrossEntropy(x, stopGradient(softmax(targets))),
    { tolerance: 'reduction', viewed: true },
  ),
  sample(
    'softmaxCrossEntropy',
    'with gradients to both',
    [input([3, 4]), input([3, 4], 'float32', 'positive')],
    softmaxCrossEntropy,
    { tolerance: 'reduction', derivatives: 2 },
  ),
  sample(
    'sigmoidCrossEntropy',
    'of [5, 4]',
    [input([5, 4], 'float32', 'away'), input([5, 4], 'float32', 'positive')],
    sigmoidCrossEntropy,
    { tolerance: 'elementary', viewed: true, derivatives: 2 },
  ),
  sample(
    'sigmoidCrossEntropy',
    'of large logits',
    [input([5, 4]), input([5, 4], 'float32', 'positive')],
    (x, targets) => sigmoidCrossEntropy(x.mul(200), targets),
    { tolerance: 'elementary' },
  ),
];

/** (x - mean) / √(variance + ε) · scale + offset along the last axis, written out: a row kernel. */
function normalized(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const centered = x.sub(mean(x, { axis: -1, keepDims: true }));
  const deviation = rsqrt(mean(centered.mul(centered), { axis: -1, keepDims: true }).add(1e-5));
  return centered.mul(deviation).mul(scale).add(offset);
}

const blocks: readonly Sample[] = [
  sample('stopGradient', 'of a factor', [input([5])], (x) => stopGradient(x).mul(x), {
    tolerance: 'arithmetic',
  }),
  sample('mean', 'in a layer norm of [4, 9]', [input([4, 9]), input([9]), input([9])], normalized, {
    tolerance: 'reduction',
    viewed: true,
    derivatives: 2,
  }),
  sample('mean', 'in a layer norm of [33, 257]', [input([33, 257]), input([257]), input([257])], normalized, {
    tolerance: 'reduction',
  }),
  sample(
    'softmax',
    'in attention',
    [input([2, 3, 4]), input([2, 5, 4]), input([2, 5, 4])],
    (query, key, value) => softmax(query.matmul(key, { transposeB: true }).mul(0.5)).matmul(value),
    { tolerance: 'reduction', derivatives: 2, viewed: true },
  ),
];

export const networkSamples: readonly Sample[] = [
  ...activations,
  ...alongAxes('softmax', softmax),
  ...alongAxes('logSoftmax', logSoftmax),
  ...losses,
  ...blocks,
];
