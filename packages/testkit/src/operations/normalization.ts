/**
 * Normalizations over features, groups, positions and batches, and the relatives of softmax.
 */
import {
  batchNormalization,
  batchNormTraining,
  broadcastTo,
  groupNorm,
  instanceNorm,
  labelSmoothing,
  layerNorm,
  maskedSoftmax,
  rmsNorm,
  softmaxOver,
  softmin,
  type Tensor,
  zeros,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';
import { type OperationFamily, refuses } from './family';

const ROWS: Omit<SampleOptions, 'derivatives'> = { tolerance: 'reduction' };
const SMOOTH: SampleOptions = { ...ROWS, derivatives: 2 };

/** Samples of a normalization over chosen axes. */
function overAxes(
  operation: string,
  compute: (x: Tensor, axis: number | readonly number[]) => Tensor,
): Sample[] {
  const shapes: readonly (readonly [shape: readonly number[], axis: number | readonly number[]])[] = [
    [[4, 7], -1],
    [
      [2, 3, 5],
      [1, 2],
    ],
    [[3, 4, 2], 1],
    [[1, 1], -1],
    [[0, 3], -1],
    [[33, 257], -1],
    [[257, 33], 0],
  ];
  return [
    ...shapes.map(([shape, axis], index) =>
      sample(operation, `of ${shapeText(shape)} along ${axis}`, [input(shape)], (x) => compute(x, axis), {
        ...ROWS,
        viewed: index < 2,
        derivatives: index < 3 ? 2 : 0,
      }),
    ),
    sample(operation, 'of float64', [input([4, 7], 'float64')], (x) => compute(x, -1), ROWS),
    sample(operation, 'of int32', [input([4, 7], 'int32')], (x) => compute(x, -1), ROWS),
    sample(
      operation,
      'of numbers far from 0',
      [input([4, 7])],
      (x) => compute(x.mul(1e3).add(512), -1),
      ROWS,
    ),
    sample(operation, 'of equal numbers', [input([4, 1])], (x) => compute(broadcastTo(x, [4, 5]), -1), ROWS),
  ];
}

const featureNorms: readonly Sample[] = [
  ...overAxes('layerNorm', (x, axis) => layerNorm(x, { axis, epsilon: 1e-3 })),
  sample(
    'layerNorm',
    'with scale and offset',
    [input([4, 6]), input([6]), input([6])],
    (x, scale, offset) => layerNorm(x, { scale, offset }),
    { ...SMOOTH, viewed: true },
  ),
  sample(
    'layerNorm',
    'with scale and offset over two axes',
    [input([3, 2, 4]), input([3, 4]), input([3, 4])],
    (x, scale, offset) => layerNorm(x, { axis: [0, 2], scale, offset }),
    SMOOTH,
  ),
  sample(
    'layerNorm',
    'with plain numbers',
    [input([5, 3])],
    (x) => layerNorm(x, { scale: 2, offset: 0.5 }),
    ROWS,
  ),
  ...overAxes('rmsNorm', (x, axis) => rmsNorm(x, { axis, epsilon: 1e-3 })),
  sample('rmsNorm', 'with a scale', [input([4, 6]), input([6])], (x, scale) => rmsNorm(x, { scale }), {
    ...SMOOTH,
    viewed: true,
  }),
];

const groupShapes: readonly (readonly [shape: readonly number[], groups: number])[] = [
  [[2, 3, 4], 2],
  [[2, 3, 2, 6], 3],
  [[3, 6], 3],
  [[2, 5, 3], 1],
  [[0, 4, 2], 2],
  [[2, 9, 7, 32], 8],
];

const positionNorms: readonly Sample[] = [
  ...groupShapes.map(([shape, groups], index) =>
    sample(
      'groupNorm',
      `of ${shapeText(shape)} in ${groups}`,
      [input(shape)],
      (x) => groupNorm(x, groups, { epsilon: 1e-3 }),
      { ...ROWS, viewed: index < 2, derivatives: index < 3 ? 2 : 0 },
    ),
  ),
  sample(
    'groupNorm',
    'with scale and offset',
    [input([2, 3, 4]), input([4]), input([4])],
    (x, scale, offset) => groupNorm(x, 2, { scale, offset }),
    SMOOTH,
  ),
  sample('groupNorm', 'of float64', [input([2, 3, 4], 'float64')], (x) => groupNorm(x, 2), ROWS),
  ...(
    [
      [2, 5, 3],
      [2, 3, 4, 2],
      [1, 2, 1],
      [3, 16, 15, 5],
      [0, 4, 2],
    ] as const
  ).map((shape, index) =>
    sample(
      'instanceNorm',
      `of ${shapeText(shape)}`,
      [input(shape)],
      (x) => instanceNorm(x, { epsilon: 1e-3 }),
      {
        ...ROWS,
        viewed: index < 2,
        derivatives: index < 2 ? 2 : 0,
      },
    ),
  ),
  sample(
    'instanceNorm',
    'with scale and offset',
    [input([2, 5, 3]), input([3]), input([3])],
    (x, scale, offset) => instanceNorm(x, { scale, offset }),
    SMOOTH,
  ),
  sample('instanceNorm', 'of float64', [input([2, 5, 3], 'float64')], (x) => instanceNorm(x), ROWS),
];

const batchShapes: readonly (readonly [shape: readonly number[], axis: number])[] = [
  [[5, 3], -1],
  [[2, 3, 2, 4], -1],
  [[3, 4, 5], 1],
  [[33, 257], -1],
  [[4, 9, 7, 16], -1],
  [[0, 3], -1],
];

const batchNorms: readonly Sample[] = batchShapes.flatMap(([shape, axis], index) => {
  const channels = [shape[axis < 0 ? shape.length + axis : axis] ?? 1];
  const options = { ...ROWS, viewed: index < 2, derivatives: index < 3 ? 2 : 0 } as const;
  return [
    sample(
      'batchNormalization',
      `of ${shapeText(shape)} along ${axis}`,
      [
        input(shape),
        input(channels),
        input(channels, 'float32', 'positive'),
        input(channels),
        input(channels),
      ],
      (x, mean, variance, scale, offset) => batchNormalization(x, mean, variance, { scale, offset, axis }),
      options,
    ),
    sample(
      'batchNormTraining',
      `of ${shapeText(shape)} along ${axis}`,
      [input(shape), input(channels), input(channels)],
      (x, scale, offset) => batchNormTraining(x, { scale, offset, axis, epsilon: 1e-3 }),
      options,
    ),
  ];
});

const moreBatchNorms: readonly Sample[] = [
  sample(
    'batchNormalization',
    'with plain numbers',
    [input([4, 3])],
    (x) => batchNormalization(x, 0.5, 2),
    ROWS,
  ),
  sample(
    'batchNormalization',
    'of float64',
    [input([4, 3], 'float64'), input([3], 'float64'), input([3], 'float64', 'positive')],
    (x, mean, variance) => batchNormalization(x, mean, variance),
    ROWS,
  ),
  sample(
    'batchNormalization',
    'of int32',
    [input([4, 3], 'int32'), input([3], 'int32'), input([3], 'uint8')],
    (x, mean, variance) => batchNormalization(x, mean, variance, { epsilon: 1 }),
    ROWS,
  ),
  sample('batchNormTraining', 'of float64', [input([5, 3], 'float64')], (x) => batchNormTraining(x), ROWS),
  sample('batchNormTraining', 'of channels alone', [input([4])], (x) => batchNormTraining(x), ROWS),
];

const softmaxes: readonly Sample[] = [
  ...(
    [
      [[4, 7], -1],
      [[2, 3, 5], 1],
      [[1], 0],
      [[0, 3], -1],
      [[33, 257], 0],
    ] as const
  ).map(([shape, axis], index) =>
    sample('softmin', `of ${shapeText(shape)} along ${axis}`, [input(shape)], (x) => softmin(x, axis), {
      ...ROWS,
      viewed: index < 2,
      derivatives: index < 2 ? 2 : 0,
    }),
  ),
  sample('softmin', 'of uint8', [input([3, 4], 'uint8')], (x) => softmin(x), ROWS),
  ...(
    [
      [[3, 4], undefined],
      [
        [2, 3, 4],
        [0, 2],
      ],
      [
        [2, 3, 4],
        [-1, 1],
      ],
      [[5], 0],
      [[], undefined],
      [
        [2, 0, 3],
        [0, 2],
      ],
      [
        [9, 7, 33],
        [0, 2],
      ],
    ] as const
  ).map(([shape, axes], index) =>
    sample(
      'softmaxOver',
      `of ${shapeText(shape)} along ${axes ?? 'all axes'}`,
      [input(shape)],
      (x) => softmaxOver(x, axes),
      {
        ...ROWS,
        viewed: index < 3 && index > 0,
        derivatives: index < 3 ? 2 : 0,
      },
    ),
  ),
  ...(
    [
      [[4, 7], [4, 7], -1],
      [[2, 3, 5], [3, 1], 1],
      [[3, 4], [2, 1, 4], -1],
      [[3], [], -1],
      [[0, 3], [3], -1],
      [[33, 257], [33, 257], 1],
    ] as const
  ).map(([shape, mask, axis], index) =>
    sample(
      'maskedSoftmax',
      `of ${shapeText(shape)} under ${shapeText(mask)} along ${axis}`,
      [input(shape), input(mask, 'bool')],
      (x, allowed) => maskedSoftmax(x, allowed, axis),
      { ...ROWS, viewed: index < 2, derivatives: index < 3 ? 2 : 0 },
    ),
  ),
  sample(
    'maskedSoftmax',
    'of rows without anything',
    [input([3, 4])],
    (x) => maskedSoftmax(x, zeros([3, 4], { dtype: 'bool' })),
    SMOOTH,
  ),
  sample(
    'maskedSoftmax',
    'of large logits, also where masked',
    [input([4, 7]), input([4, 7], 'bool')],
    (x, mask) => maskedSoftmax(x.mul(1e4), mask),
    ROWS,
  ),
  sample(
    'maskedSoftmax',
    'of special',
    [input([3, 5], 'float32', 'special')],
    (x) => maskedSoftmax(x, x.abs().less(100)),
    ROWS,
  ),
  ...(
    [
      [[4, 3], -1],
      [[2, 5], 0],
      [[0, 3], 1],
    ] as const
  ).map(([shape, axis], index) =>
    sample(
      'labelSmoothing',
      `of ${shapeText(shape)} along ${axis}`,
      [input(shape)],
      (x) => labelSmoothing(x, 0.1, axis),
      {
        tolerance: 'arithmetic',
        viewed: index === 0,
        derivatives: index === 0 ? 2 : 0,
      },
    ),
  ),
  sample('labelSmoothing', 'of bool', [input([4, 3], 'bool')], (x) => labelSmoothing(x, 0.2), {
    tolerance: 'arithmetic',
  }),
];

export const normalization: OperationFamily = {
  name: 'normalization',
  samples: [...featureNorms, ...positionNorms, ...batchNorms, ...moreBatchNorms, ...softmaxes],
  goldens: {
    layerNorm: (x = zeros([]), scale, offset) => layerNorm(x, { scale, offset }),
    'layerNorm axes': (x = zeros([])) => layerNorm(x, { axis: [1, 2], epsilon: 1e-3 }),
    rmsNorm: (x = zeros([]), scale) => rmsNorm(x, { scale, epsilon: 1e-6 }),
    'rmsNorm axes': (x = zeros([])) => rmsNorm(x, { axis: [1, 2] }),
    groupNorm: (x = zeros([]), scale, offset) => groupNorm(x, 3, { scale, offset }),
    'groupNorm one group': (x = zeros([])) => groupNorm(x, 1, { epsilon: 1e-3 }),
    instanceNorm: (x = zeros([]), scale, offset) => instanceNorm(x, { scale, offset }),
    'instanceNorm one axis': (x = zeros([])) => instanceNorm(x),
    batchNormalization: (...[x = zeros([]), mean = 0, variance = 1, scale, offset]) =>
      batchNormalization(x, mean, variance, { scale, offset }),
    'batchNormalization axis 1': (...[x = zeros([]), mean = 0, variance = 1]) =>
      batchNormalization(x, mean, variance, { axis: 1, epsilon: 1e-3 }),
    batchNormTraining: (x = zeros([]), scale, offset) => batchNormTraining(x, { scale, offset }),
    'batchNormTraining axis 1': (x = zeros([])) => batchNormTraining(x, { axis: 1, epsilon: 1e-3 }),
    softmin: (x = zeros([])) => softmin(x),
    'softmin axis 0': (x = zeros([])) => softmin(x, 0),
    softmaxOver: (x = zeros([])) => softmaxOver(x),
    'softmaxOver axes': (x = zeros([])) => softmaxOver(x, [0, 2]),
    maskedSoftmax: (x = zeros([]), mask = zeros([])) => maskedSoftmax(x, mask),
    'maskedSoftmax axis 0': (x = zeros([]), mask = zeros([])) => maskedSoftmax(x, mask, 0),
    labelSmoothing: (x = zeros([])) => labelSmoothing(x, 0.1),
    'labelSmoothing axis 0': (x = zeros([])) => labelSmoothing(x, 0.3, 0),
  },
  errors: [
    refuses(
      'layerNorm',
      'an axis that does not exist',
      () => layerNorm(zeros([2, 3]), { axis: 2 }),
      'AxisError',
      'axis 2',
    ),
    refuses(
      'layerNorm',
      'a scale that does not fit',
      () => layerNorm(zeros([2, 3]), { scale: zeros([2]) }),
      'ShapeError',
      'Expected [3]',
    ),
    refuses(
      'layerNorm',
      'a negative epsilon',
      () => layerNorm(zeros([2, 3]), { epsilon: -1 }),
      'ArgumentError',
      'epsilon is -1',
    ),
    refuses(
      'rmsNorm',
      'an axis given twice',
      () => rmsNorm(zeros([2, 3]), { axis: [1, -1] }),
      'AxisError',
      'twice',
    ),
    refuses(
      'groupNorm',
      'groups that do not divide',
      () => groupNorm(zeros([2, 3, 4]), 3),
      'ArgumentError',
      '3 groups',
    ),
    refuses(
      'groupNorm',
      'channels alone',
      () => groupNorm(zeros([4]), 2),
      'ShapeError',
      '[batch, …positions, channels]',
    ),
    refuses('instanceNorm', 'no positions', () => instanceNorm(zeros([2, 4])), 'ShapeError', 'no positions'),
    refuses(
      'batchNormalization',
      'a mean that does not fit',
      () => batchNormalization(zeros([2, 4]), zeros([2]), 1),
      'ShapeError',
      'mean of shape [2]',
    ),
    refuses(
      'batchNormalization',
      'a scalar',
      () => batchNormalization(zeros([]), 0, 1),
      'AxisError',
      'rank 0',
    ),
    refuses(
      'batchNormTraining',
      'an offset that does not fit',
      () => batchNormTraining(zeros([2, 4]), { axis: 0, offset: zeros([4]) }),
      'ShapeError',
      'Expected [2]',
    ),
    refuses('softmin', 'an axis that does not exist', () => softmin(zeros([2]), 1), 'AxisError', 'axis 1'),
    refuses(
      'softmaxOver',
      'an axis given twice',
      () => softmaxOver(zeros([2, 3]), [0, 0]),
      'AxisError',
      'twice',
    ),
    refuses(
      'maskedSoftmax',
      'a mask that does not broadcast',
      () => maskedSoftmax(zeros([2, 3]), zeros([2])),
      'ShapeError',
      'maskedSoftmax',
    ),
    refuses(
      'maskedSoftmax',
      'an axis that does not exist',
      () => maskedSoftmax(zeros([2, 3]), zeros([3]), 2),
      'AxisError',
      'axis 2',
    ),
    refuses(
      'labelSmoothing',
      'more than everything',
      () => labelSmoothing(zeros([2, 3]), 1.5),
      'ArgumentError',
      '1.5',
    ),
  ],
};
