/**
 * Samples of matrix products, convolutions and pooling.
 */
import {
  avgPool,
  avgPool2d,
  type ConvOptions,
  conv,
  conv2d,
  type DType,
  dot,
  matmul,
  maxPool,
  maxPool2d,
  outer,
  type PoolOptions,
  tensordot,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample, shapeText } from '../sample';

type Shape = readonly number[];

/** What is special about a sample. */
interface Extra {
  readonly dtype?: DType;
  readonly viewed?: boolean;
  readonly gradient?: boolean;
}

const product = (
  a: Shape,
  b: Shape,
  options: { transposeA?: boolean; transposeB?: boolean } = {},
  extra: Extra = {},
): Sample => {
  const dtype = extra.dtype ?? 'float32';
  const how = [options.transposeA ? 'ᵀ' : '', options.transposeB ? 'ᵀ' : ''];
  return sample(
    'matmul',
    `of ${dtype} ${shapeText(a)}${how[0]} × ${shapeText(b)}${how[1]}`,
    [input(a, dtype), input(b, dtype)],
    (x, y) => matmul(x, y, options),
    { tolerance: 'contraction', viewed: extra.viewed, derivatives: extra.gradient ? 2 : 0 },
  );
};

const products: readonly Sample[] = [
  product([2, 3], [3, 4], {}, { viewed: true, gradient: true }),
  product([3, 2], [3, 4], { transposeA: true }, { gradient: true }),
  product([2, 3], [4, 3], { transposeB: true }, { gradient: true }),
  product([3, 2], [4, 3], { transposeA: true, transposeB: true }, { gradient: true }),
  product([2, 3], [3, 4], {}, { dtype: 'float64' }),
  ...(['int32', 'float16', 'bfloat16', 'int8', 'int64', 'uint32'] as const).map((dtype) =>
    product([2, 3], [3, 4], {}, { dtype }),
  ),
  product([1, 1], [1, 1]),
  product([3], [3], {}, { gradient: true }),
  product([3], [3, 4]),
  product([2, 3], [3]),
  product([1, 257], [257, 33]),
  product([33, 257], [257, 1]),
  product([33, 65], [65, 49], {}, { viewed: true }),
  product([65, 33], [65, 49], { transposeA: true }),
  product([33, 65], [49, 65], { transposeB: true }),
  product([130, 67], [67, 131]),
  product([0, 3], [3, 4]),
  product([2, 0], [0, 4]),
  product([2, 3, 4], [4, 5], {}, { gradient: true }),
  product([2, 3, 4], [2, 4, 5], {}, { viewed: true, gradient: true }),
  product([2, 1, 3, 4], [3, 4, 5], {}, { gradient: true }),
  product([2, 3, 4], [2, 5, 4], { transposeB: true }, { gradient: true }),
  sample(
    'matmul',
    'with a bias, an activation and a residual',
    [input([5, 7]), input([7, 9]), input([9]), input([5, 9])],
    (x, w, bias, residual) => matmul(x, w).add(bias).relu().add(residual),
    { tolerance: 'contraction', viewed: true },
  ),
  sample(
    'matmul',
    'of a product',
    [input([4, 5]), input([5, 6]), input([6, 3])],
    (a, b, c) => matmul(matmul(a, b), c),
    {
      tolerance: 'contraction',
      derivatives: 2,
    },
  ),
  sample(
    'matmul',
    'of special numbers',
    [input([3, 5], 'float32', 'special'), input([5, 3])],
    (a, b) => matmul(a, b),
    {
      tolerance: 'contraction',
    },
  ),
  sample('dot', 'of vectors', [input([9]), input([9])], dot, {
    tolerance: 'contraction',
    derivatives: 2,
    viewed: true,
  }),
  sample('dot', 'of [2, 3] and [4, 3, 5]', [input([2, 3]), input([4, 3, 5])], dot, {
    tolerance: 'contraction',
    derivatives: 2,
  }),
  sample('outer', 'of [3] and [2, 2]', [input([3]), input([2, 2])], outer, {
    tolerance: 'arithmetic',
    derivatives: 2,
  }),
  sample('tensordot', 'over two axes', [input([2, 3, 4]), input([3, 4, 5])], (a, b) => tensordot(a, b, 2), {
    tolerance: 'contraction',
    derivatives: 2,
    viewed: true,
  }),
  sample(
    'tensordot',
    'over named axes',
    [input([2, 3, 4]), input([4, 5, 2])],
    (a, b) =>
      tensordot(a, b, [
        [0, 2],
        [2, 0],
      ]),
    {
      tolerance: 'contraction',
      derivatives: 2,
    },
  ),
];

const image = (x: Shape, kernel: Shape, options: ConvOptions = {}, extra: Extra = {}): Sample =>
  sample(
    x.length === 4 ? 'conv2d' : 'conv',
    `of ${extra.dtype ?? 'float32'} ${shapeText(x)} with ${shapeText(kernel)} ${JSON.stringify(options)}`,
    [input(x, extra.dtype), input(kernel, extra.dtype)],
    (a, b) => (x.length === 4 ? conv2d(a, b, options) : conv(a, b, options)),
    { tolerance: 'contraction', viewed: extra.viewed, derivatives: (extra.gradient ?? true) ? 2 : 0 },
  );

const convolutions: readonly Sample[] = [
  image([1, 4, 5, 2], [3, 3, 2, 3], {}, { viewed: true }),
  image([2, 5, 4, 1], [3, 2, 1, 4], { padding: 'same' }),
  image([2, 6, 7, 2], [3, 3, 2, 2], { strides: 2 }),
  image([1, 7, 6, 2], [3, 3, 2, 2], { strides: [2, 3], padding: 'same' }),
  image([1, 7, 8, 2], [2, 3, 2, 2], { dilation: [2, 1] }),
  image([1, 6, 6, 4], [3, 3, 2, 6], { groups: 2, padding: 'same' }),
  image([1, 5, 5, 3], [3, 3, 1, 6], { groups: 3 }),
  image([1, 5, 6, 2], [3, 3, 2, 3], {
    padding: [
      [0, 2],
      [1, 0],
    ],
  }),
  image([2, 4, 4, 3], [1, 1, 3, 5]),
  image([2, 4, 4, 3], [4, 4, 3, 5]),
  image([1, 5, 5, 2], [3, 3, 2, 2], { strides: 2, dilation: 2, padding: 2 }),
  image([1, 4, 5, 2], [3, 3, 2, 3], {}, { dtype: 'float64', gradient: false }),
  ...(['int32', 'float16', 'int64'] as const).map((dtype) =>
    image([1, 4, 5, 2], [3, 3, 2, 3], {}, { dtype, gradient: false }),
  ),
  image([0, 4, 5, 2], [3, 3, 2, 3], {}, { gradient: false }),
  image([3, 17, 19, 5], [3, 3, 5, 33], {}, { gradient: false, viewed: true }),
  image([2, 13, 11, 16], [5, 3, 16, 24], { padding: 'same', strides: 2 }, { gradient: false }),
  image([2, 9, 3], [3, 3, 4], { padding: 'same' }),
  image([1, 9, 2], [2, 2, 3], { strides: 2, dilation: 3 }),
  image([1, 3, 4, 3, 2], [2, 2, 2, 2, 3], { padding: 'same' }),
  sample(
    'conv2d',
    'with a bias and an activation',
    [input([2, 6, 6, 3]), input([3, 3, 3, 8]), input([8])],
    (x, kernel, bias) => conv2d(x, kernel, { padding: 'same' }).add(bias).relu(),
    { tolerance: 'contraction', viewed: true },
  ),
];

const pools: readonly (readonly [Shape, number | Shape, PoolOptions])[] = [
  [[2, 4, 6, 3], 2, {}],
  [[1, 5, 5, 2], 3, { strides: 1 }],
  [[1, 5, 6, 2], [2, 3], { strides: [2, 1], padding: 'same' }],
  [
    [1, 7, 7, 2],
    3,
    {
      strides: 2,
      padding: [
        [1, 0],
        [0, 1],
      ],
    },
  ],
  [[2, 13, 11, 17], 2, { padding: 'same' }],
];

const pooling: readonly Sample[] = [
  ...pools.flatMap(([shape, size, options], index) => {
    const how = `of ${shapeText(shape)} by ${JSON.stringify(size)} ${JSON.stringify(options)}`;
    const small = shape.reduce((a, b) => a * b, 1) < 200;
    return [
      sample('maxPool2d', how, [input(shape, 'float32', 'distinct')], (x) => maxPool2d(x, size, options), {
        tolerance: 'exact',
        viewed: index === 0,
        derivatives: small ? 1 : 0,
      }),
      sample('avgPool2d', how, [input(shape)], (x) => avgPool2d(x, size, options), {
        tolerance: 'reduction',
        viewed: index === 0,
        derivatives: small ? 2 : 0,
      }),
    ];
  }),
  sample('maxPool', 'of [2, 9, 3] by 2', [input([2, 9, 3], 'float32', 'distinct')], (x) => maxPool(x, 2), {
    tolerance: 'exact',
    derivatives: 1,
  }),
  sample('maxPool', 'of int32', [input([1, 6, 2], 'int32')], (x) => maxPool(x, 3, { strides: 1 }), {
    tolerance: 'exact',
  }),
  sample('avgPool', 'of [2, 9, 3] by 2', [input([2, 9, 3])], (x) => avgPool(x, 2), {
    tolerance: 'reduction',
    derivatives: 2,
  }),
];

export const contractionSamples: readonly Sample[] = [...products, ...convolutions, ...pooling];
