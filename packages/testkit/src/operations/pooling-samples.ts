/**
 * Samples of pooling of every kind, of morphology and of local response normalization.
 */
import {
  type AvgPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  avgPool,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type DType,
  dilation2d,
  erosion2d,
  type GlobalPoolOptions,
  globalAvgPool,
  globalMaxPool,
  isFloat,
  localResponseNormalization,
  lpPool,
  maxPool,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxPoolWithArgmax,
  maxUnpool2d,
  type PoolOptions,
  type Tensor,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';

type Size = number | readonly number[];
type Shape = readonly number[];
type Extra = Partial<SampleOptions> & { readonly dtype?: DType };

/** A maximum: exact, of values so far apart that finite differences meet no kink. */
const ofMaximum = (
  operation: string,
  shape: Shape,
  how: string,
  compute: (x: Tensor) => Tensor | readonly Tensor[],
  { dtype = 'float32', ...extra }: Extra = {},
): Sample =>
  sample(
    operation,
    `of ${dtype} ${shapeText(shape)} ${how}`,
    [input(shape, dtype, isFloat(dtype) ? 'distinct' : undefined)],
    compute,
    { tolerance: 'exact', derivatives: dtype === 'float32' ? 1 : 0, ...extra },
  );

/** An average, or something else that is smooth. */
const ofAverage = (
  operation: string,
  shape: Shape,
  how: string,
  compute: (x: Tensor) => Tensor,
  { dtype = 'float32', ...extra }: Extra = {},
): Sample =>
  sample(operation, `of ${dtype} ${shapeText(shape)} ${how}`, [input(shape, dtype)], compute, {
    tolerance: 'reduction',
    derivatives: dtype === 'float32' ? 2 : 0,
    ...extra,
  });

const words = (size: unknown, options: unknown): string =>
  `by ${JSON.stringify(size)} ${JSON.stringify(options)}`;
const first = { dataFormat: 'channelsFirst' } as const;
const plain: Extra = { derivatives: 0 };

/** The same pools by maximum and by average. */
const both = (
  [max, maximum]: readonly [string, (x: Tensor, size: Size, options: PoolOptions) => Tensor],
  [avg, average]: readonly [string, (x: Tensor, size: Size, options: AvgPoolOptions) => Tensor],
  uses: readonly (readonly [Shape, Size, PoolOptions, Extra?])[],
): Sample[] =>
  uses.flatMap(([shape, size, options, extra]) => [
    ofMaximum(max, shape, words(size, options), (x) => maximum(x, size, options), extra),
    ofAverage(avg, shape, words(size, options), (x) => average(x, size, options), extra),
  ]);

const windows: readonly Sample[] = [
  ...both(
    ['maxPool', maxPool],
    ['avgPool', avgPool],
    [
      [[2, 3, 8], 2, { ...first, strides: 1 }],
      [[1, 9, 2], 3, { dilation: 2, strides: 2 }],
    ],
  ),
  ...both(
    ['maxPool2d', maxPool2d],
    ['avgPool2d', avgPool2d],
    [
      [[1, 2, 5, 6], 2, { ...first, padding: 'same' }, { viewed: true }],
      [[1, 7, 6, 2], [2, 3], { dilation: [3, 2], strides: [1, 2] }],
      [[1, 7, 6, 2], 3, { dilation: 2, padding: 'same', strides: 2 }],
      [[1, 6, 5, 2], 2, { dilation: [2, 3], padding: 1, strides: 1 }],
      [[0, 4, 4, 2], 2, {}, plain],
    ],
  ),
  ...both(
    ['maxPool1d', maxPool1d],
    ['avgPool1d', avgPool1d],
    [
      [[2, 9, 3], 2, {}, { viewed: true }],
      [[2, 9, 3], 3, { strides: 2, padding: 'same' }],
      [[1, 3, 8], [3], { ...first, strides: 1, padding: 1 }],
      [[1, 10, 2], 3, { dilation: 3, strides: 1 }],
      [[3, 257, 33], 4, { padding: 'same' }, plain],
      [[0, 9, 3], 2, {}, plain],
      [[2, 9, 3], 2, {}, { dtype: 'int32' }],
      [[2, 9, 3], 2, { strides: 1 }, { dtype: 'float64' }],
    ],
  ),
  ...both(
    ['maxPool3d', maxPool3d],
    ['avgPool3d', avgPool3d],
    [
      [[1, 4, 4, 6, 2], 2, {}, { viewed: true }],
      [[1, 3, 4, 5, 2], [2, 1, 3], { strides: 1, padding: 'same' }],
      [[1, 2, 3, 4, 3], 2, { ...first, strides: [1, 2, 1] }],
      [[1, 4, 3, 5, 1], 2, { dilation: [2, 1, 2], strides: 1 }],
      [[2, 5, 9, 7, 9], 3, { padding: 'same', strides: 2 }, plain],
    ],
  ),
  ofAverage('avgPool2d', [1, 5, 5, 2], 'with its padding counted', (x) =>
    avgPool2d(x, 3, { padding: 1, strides: 2, countPadding: true }),
  ),
];

const overall = (shape: Shape, options: GlobalPoolOptions, extra?: Extra): Sample[] => [
  ofMaximum('globalMaxPool', shape, JSON.stringify(options), (x) => globalMaxPool(x, options), extra),
  ofAverage('globalAvgPool', shape, JSON.stringify(options), (x) => globalAvgPool(x, options), extra),
];

const globals: readonly Sample[] = [
  ...overall([2, 4, 3, 5], {}, { viewed: true }),
  ...overall([2, 7, 3], { keepDims: true }),
  ...overall([2, 3, 4, 5], first),
  ...overall([1, 2, 2, 3, 2], { ...first, keepDims: true }),
  ...overall([3, 33, 17, 9], {}, plain),
  ...overall([0, 4, 3], {}, plain),
  ...overall([2, 4, 3], {}, { dtype: 'int32' }),
  ...overall([2, 4, 3], {}, { dtype: 'float64' }),
];

type Adaptive = (
  x: Tensor,
  size: Size,
  options?: { dataFormat?: 'channelsLast' | 'channelsFirst' },
) => Tensor;

const adaptiveUses = (
  [max, maximum]: readonly [string, Adaptive],
  [avg, average]: readonly [string, Adaptive],
  uses: readonly (readonly [Shape, Size, Extra?])[],
  channelsFirst: Shape,
): Sample[] => [
  ...uses.flatMap(([shape, size, extra]) => [
    ofMaximum(max, shape, `to ${JSON.stringify(size)}`, (x) => maximum(x, size), extra),
    ofAverage(avg, shape, `to ${JSON.stringify(size)}`, (x) => average(x, size), extra),
  ]),
  ofMaximum(max, channelsFirst, 'to 2, channels first', (x) => maximum(x, 2, first)),
  ofAverage(avg, channelsFirst, 'to 2, channels first', (x) => average(x, 2, first)),
];

const adaptives: readonly Sample[] = [
  ...adaptiveUses(
    ['adaptiveMaxPool1d', adaptiveMaxPool1d],
    ['adaptiveAvgPool1d', adaptiveAvgPool1d],
    [
      [[2, 7, 3], 3, { viewed: true }],
      [[2, 8, 3], 4],
      [[1, 5, 2], 5],
      [[1, 3, 2], 5],
      [[1, 9, 2], 1],
      [[3, 65, 33], 7, plain],
      [[0, 7, 3], 3, plain],
      [[2, 7, 3], 3, { dtype: 'int32' }],
      [[2, 7, 3], 2, { dtype: 'float64' }],
    ],
    [1, 2, 7],
  ),
  ...adaptiveUses(
    ['adaptiveMaxPool2d', adaptiveMaxPool2d],
    ['adaptiveAvgPool2d', adaptiveAvgPool2d],
    [
      [[1, 5, 7, 2], [3, 2], { viewed: true }],
      [[2, 6, 4, 2], 2],
      [
        [1, 6, 5, 2],
        [3, 4],
      ],
      [[2, 17, 13, 9], 7, plain],
    ],
    [1, 2, 5, 4],
  ),
  ...adaptiveUses(
    ['adaptiveMaxPool3d', adaptiveMaxPool3d],
    ['adaptiveAvgPool3d', adaptiveAvgPool3d],
    [
      [[1, 3, 5, 4, 2], [2, 3, 2], { viewed: true }],
      [[1, 4, 2, 4, 2], 2],
    ],
    [1, 2, 3, 4, 3],
  ),
];

const withArgmax = (
  shape: Shape,
  size: Size,
  options: Parameters<typeof maxPoolWithArgmax>[2],
  extra?: Extra,
): Sample =>
  ofMaximum(
    'maxPoolWithArgmax',
    shape,
    words(size, options),
    (x) => {
      const { values, indices } = maxPoolWithArgmax(x, size, options);
      return [values, indices];
    },
    extra,
  );

const unpooled = (name: string, shape: Shape, size: Shape, extra: Extra = {}): Sample =>
  sample(
    'maxUnpool2d',
    `of ${shapeText(shape)} ${name}`,
    [
      input(shape, extra.dtype ?? 'float32'),
      input(shape, 'int32', { from: -2, below: size.reduce((a, b) => a * b, shape[3] ?? 1) + 2 }),
    ],
    (x, indices) => maxUnpool2d(x, indices, size),
    { tolerance: 'reduction', derivatives: 2, ...extra },
  );

const places: readonly Sample[] = [
  withArgmax([2, 4, 6, 3], 2, {}, { viewed: true }),
  withArgmax([2, 5, 5, 2], 3, { strides: 1, includeBatchInIndex: true }),
  withArgmax([1, 5, 6, 2], [2, 3], { padding: 'same', strides: [2, 1] }),
  withArgmax([1, 6, 7, 2], 2, { dilation: [2, 3], strides: 1, padding: 1 }),
  withArgmax([2, 17, 13, 9], 3, { strides: 2 }, plain),
  withArgmax([1, 4, 4, 2], 2, {}, { dtype: 'int32' }),
  withArgmax([0, 4, 4, 2], 2, {}, plain),
  unpooled('at random places', [2, 2, 3, 2], [4, 5], { viewed: true }),
  unpooled('into one place', [1, 1, 1, 3], [1, 1]),
  unpooled('of int32', [1, 2, 2, 2], [3, 3], { dtype: 'int32', derivatives: 0 }),
  unpooled('without images', [0, 2, 2, 2], [4, 4], plain),
  ofMaximum('maxUnpool2d', [2, 4, 6, 2], 'after maxPoolWithArgmax', (x) => {
    const { values, indices } = maxPoolWithArgmax(x, 2);
    return maxUnpool2d(values, indices, [4, 6]);
  }),
];

const powers: readonly Sample[] = [
  ...[1, 1.5, 2, 3, 4, Number.POSITIVE_INFINITY].map((p) =>
    sample(
      'lpPool',
      `of [1, 5, 6, 2] by 2 with p ${p}`,
      [input([1, 5, 6, 2], 'float32', p === Number.POSITIVE_INFINITY ? 'distinct' : 'away')],
      (x) => lpPool(x, p, 2),
      { tolerance: 'reduction', derivatives: p === 2 || p === 3 ? 2 : 1, viewed: p === 2 },
    ),
  ),
  ofAverage('lpPool', [1, 7, 2], 'padded and dilated', (x) =>
    lpPool(x, 2, 3, { dilation: 2, padding: 'same' }),
  ),
  ofAverage('lpPool', [1, 2, 3, 4], 'channels first', (x) => lpPool(x, 3, 2, { ...first, strides: 1 }), {
    derivatives: 1,
  }),
  ofAverage('lpPool', [2, 17, 13, 9], 'by 3', (x) => lpPool(x, 2, 3, { strides: 2 }), plain),
  ofAverage('lpPool', [1, 4, 2], 'of int32', (x) => lpPool(x, 2, 2), { dtype: 'int32' }),
  ofAverage('lpPool', [1, 8, 2], 'of large numbers', (x) => lpPool(x.mul(1e30), 4, 2), plain),
  ofAverage('lpPool', [0, 8, 2], 'of nothing', (x) => lpPool(x, 2, 2), plain),
];

const morphological = (
  [name, f]: readonly [string, typeof dilation2d],
  [shape, filter, options, extra = {}]: readonly [Shape, Shape, PoolOptions, Extra?],
): Sample => {
  const { dtype = 'float32', derivatives = dtype === 'int32' ? 0 : 1, ...rest } = extra;
  return sample(
    name,
    `of ${dtype} ${shapeText(shape)} with ${shapeText(filter)} ${JSON.stringify(options)}`,
    [input(shape, dtype, dtype === 'int32' ? undefined : 'distinct'), input(filter, dtype)],
    // Pixels far apart keep ties, where there is no derivative, away from finite differences.
    (x, element) => f(derivatives === 0 ? x : x.mul(100), element, options),
    { tolerance: 'arithmetic', derivatives, ...rest },
  );
};

const morphologies: readonly Sample[] = (
  [
    ['dilation2d', dilation2d],
    ['erosion2d', erosion2d],
  ] as const
).flatMap((operation) =>
  (
    [
      [[1, 4, 5, 2], [2, 3, 2], {}, { viewed: true }],
      [[2, 5, 4, 3], [3, 3, 3], { padding: 'same', strides: 2 }],
      [[1, 6, 5, 2], [2, 2, 2], { dilation: [2, 3], strides: 1 }],
      [[1, 2, 5, 4], [2, 2, 2], { ...first, padding: 1 }],
      [[2, 17, 13, 9], [3, 3, 9], { padding: 'same' }, plain],
      [[1, 4, 4, 1], [2, 2, 1], {}, { dtype: 'int32' }],
      [[0, 4, 4, 1], [2, 2, 1], {}, plain],
    ] as const
  ).map((use) => morphological(operation, use)),
);

const responses: readonly Sample[] = (
  [
    [[1, 2, 3, 7], {}, { viewed: true }],
    [[2, 3, 5], { depthRadius: 1, bias: 2, alpha: 0.3, beta: 0.75 }],
    [[4, 3], { depthRadius: 0, beta: 1 }],
    [[1, 5, 2, 3], { ...first, depthRadius: 2, beta: 0.75 }],
    [[2, 9, 7, 33], { depthRadius: 2, alpha: 1e-4, beta: 0.75 }, plain],
    [[0, 3], {}, plain],
    [[2, 5], {}, { dtype: 'float64' }],
    [[2, 5], {}, { dtype: 'int32' }],
  ] as const
).map(([shape, options, extra]) =>
  ofAverage(
    'localResponseNormalization',
    shape,
    JSON.stringify(options),
    (x) => localResponseNormalization(x, options),
    extra,
  ),
);

export const poolingSamples: readonly Sample[] = [
  ...windows,
  ...globals,
  ...adaptives,
  ...places,
  ...powers,
  ...morphologies,
  ...responses,
];
