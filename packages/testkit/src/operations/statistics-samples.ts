/**
 * Samples of norms, covariance, correlation and counting.
 */
import {
  bincount,
  convolve,
  corrCoef,
  correlate,
  cov,
  digitize,
  euclideanNorm,
  histogram,
  iota,
  l2Normalize,
  matrixNorm,
  normalize,
  ones,
  unitNormalize,
  vectorNorm,
  where,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample } from '../sample';
import { FLOATS, NUMBERS, type Reduce, reductions } from './statistics-cases';

const vectorNormOf =
  (ord: number): Reduce =>
  (x, options) =>
    vectorNorm(x, { ...options, ord });

const norms: readonly Sample[] = [
  ...reductions('euclideanNorm', euclideanNorm, { tolerance: 'reduction', derivatives: 2, special: false }),
  ...reductions('vectorNorm', vectorNormOf(2), { tolerance: 'reduction', derivatives: 2, special: false }),
  ...[1, 3, 0.5, -1, -2.5].map((ord) =>
    sample(
      'vectorNorm',
      `of order ${ord}`,
      [input([4, 6], 'float32', 'away')],
      (x) => vectorNorm(x, { ord, axis: 1 }),
      { tolerance: 'reduction', derivatives: ord === 1 ? 1 : 2, viewed: ord === 3 },
    ),
  ),
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((ord) =>
    sample(
      'vectorNorm',
      `of order ${ord}`,
      [input([4, 6], 'float32', 'distinct')],
      (x) => vectorNorm(x, { ord, axis: 0, keepDims: true }),
      { tolerance: 'exact', derivatives: 1 },
    ),
  ),
  sample(
    'vectorNorm',
    'of order 0',
    [input([4, 6], 'float32', { from: -1, below: 2 })],
    (x) => vectorNorm(x, { ord: 0, axis: 1 }),
    { tolerance: 'exact' },
  ),
  sample(
    'vectorNorm',
    'of large, small and no numbers',
    [input([3, 5])],
    (x) => [
      vectorNorm(x.mul(1e30), { axis: 1 }),
      vectorNorm(x.mul(1e-30), { axis: 1, ord: 3 }),
      vectorNorm(x.mul(0), { axis: 1, ord: 3 }),
      vectorNorm(x.mul(0), { axis: 1, ord: -2 }),
    ],
    { tolerance: 'reduction' },
  ),
  sample(
    'vectorNorm',
    'of vectors with zeros',
    [input([4, 6]), input([4, 6], 'int32', { from: 0, below: 2 })],
    (x, kept) => vectorNorm(where(kept.equal(1), x, 0), { axis: 1 }),
    { tolerance: 'reduction', derivatives: 1 },
  ),
  ...(['fro', 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const).flatMap((ord) =>
    FLOATS.map((dtype) =>
      sample(
        'matrixNorm',
        `of order ${ord} in ${dtype}`,
        [input([2, 3, 4], dtype, 'away')],
        (x) => [matrixNorm(x, { ord }), matrixNorm(x, { ord, axis: [2, 0], keepDims: true })],
        { tolerance: 'reduction', derivatives: ord === 'fro' ? 2 : 1, viewed: ord === 1 },
      ),
    ),
  ),
  sample(
    'matrixNorm',
    'of [33, 257]',
    [input([33, 257])],
    (x) => [matrixNorm(x), matrixNorm(x, { ord: 1 })],
    {
      tolerance: 'reduction',
    },
  ),
  sample('matrixNorm', 'of int32', [input([4, 5], 'int32')], (x) => matrixNorm(x, { ord: -1 }), {
    tolerance: 'reduction',
  }),
  ...[2, 1, 3, Number.POSITIVE_INFINITY].map((ord) =>
    sample(
      'normalize',
      `by the norm of order ${ord}`,
      [input([4, 6], 'float32', ord === 1 ? 'away' : 'distinct')],
      (x) => [normalize(x, { ord }), normalize(x, { ord, axis: 0 })],
      { tolerance: 'reduction', derivatives: ord === 2 || ord === 3 ? 2 : 1, viewed: ord === 2 },
    ),
  ),
  sample('normalize', 'of zeros', [input([3, 5])], (x) => normalize(x.mul(0)), { tolerance: 'reduction' }),
  sample('normalize', 'of float64', [input([3, 5], 'float64')], (x) => normalize(x, { axis: [0, 1] }), {
    tolerance: 'reduction',
    derivatives: 2,
  }),
  sample('normalize', 'with an epsilon', [input([3, 5])], (x) => normalize(x, { epsilon: 50 }), {
    tolerance: 'reduction',
    derivatives: 2,
  }),
  sample('normalize', 'of int32', [input([3, 5], 'int32')], (x) => normalize(x, { ord: 1, axis: [0, 1] }), {
    tolerance: 'reduction',
  }),
  ...Object.entries({ l2Normalize, unitNormalize }).flatMap(([operation, scale]) => [
    ...FLOATS.map((dtype) =>
      sample(
        operation,
        `of [3, 5] ${dtype}`,
        [input([3, 5], dtype)],
        (x) => [scale(x), scale(x, 0), scale(x, [0, 1])],
        { tolerance: 'reduction', derivatives: 2, viewed: true },
      ),
    ),
    sample(operation, 'of zeros', [input([3, 5])], (x) => scale(x.mul(0)), { tolerance: 'reduction' }),
    sample(operation, 'of large numbers', [input([3, 5])], (x) => scale(x.mul(1e30)), {
      tolerance: 'reduction',
    }),
    sample(operation, 'of half floats', [input([3, 5])], (x) => scale(x.mul(300).cast('float16')), {
      tolerance: 'reduction',
    }),
    sample(operation, 'with an epsilon', [input([3, 5])], (x) => scale(x, 1, 1e3), {
      tolerance: 'reduction',
      derivatives: 2,
    }),
    sample(operation, 'of [33, 257]', [input([33, 257])], (x) => scale(x), { tolerance: 'reduction' }),
  ]),
];

const correlations: readonly Sample[] = [
  ...FLOATS.flatMap((dtype) => [
    sample('cov', `of [3, 7] ${dtype}`, [input([3, 7], dtype)], (x) => cov(x), {
      tolerance: 'contraction',
      derivatives: 2,
      viewed: true,
    }),
    sample(
      'cov',
      `of columns of [6, 2] ${dtype} as a population`,
      [input([6, 2], dtype)],
      (x) => cov(x, { rowVar: false, correction: 0 }),
      { tolerance: 'contraction', derivatives: 2 },
    ),
    sample('cov', `of [8] ${dtype}`, [input([8], dtype)], (x) => cov(x), {
      tolerance: 'contraction',
      derivatives: 2,
    }),
    sample('corrCoef', `of [3, 7] ${dtype}`, [input([3, 7], dtype)], (x) => corrCoef(x), {
      tolerance: 'contraction',
      derivatives: 2,
      viewed: true,
    }),
    sample(
      'corrCoef',
      `of columns of [6, 2] ${dtype}`,
      [input([6, 2], dtype)],
      (x) => corrCoef(x, { rowVar: false }),
      { tolerance: 'contraction', derivatives: 2 },
    ),
  ]),
  sample('cov', 'of [33, 257]', [input([33, 257])], (x) => cov(x), { tolerance: 'contraction' }),
  sample('cov', 'of int32', [input([3, 5], 'int32')], (x) => cov(x), { tolerance: 'contraction' }),
  sample('cov', 'of one observation', [input([3, 1])], (x) => cov(x), { tolerance: 'contraction' }),
  sample('corrCoef', 'of [8]', [input([8])], (x) => corrCoef(x), { tolerance: 'contraction' }),
  sample('corrCoef', 'of [33, 257]', [input([33, 257])], (x) => corrCoef(x), { tolerance: 'contraction' }),
  ...Object.entries({ correlate, convolve }).flatMap(([operation, slide]) => [
    ...(['full', 'same', 'valid'] as const).flatMap((mode) =>
      (
        [
          [9, 3],
          [4, 6],
          [5, 5],
          [1, 4],
        ] as const
      ).map(([n, m], index) =>
        sample(
          operation,
          `of [${n}] and [${m}], ${mode}`,
          [input([n]), input([m])],
          (a, v) => slide(a, v, mode),
          { tolerance: 'contraction', derivatives: index < 2 ? 2 : 0, viewed: index === 0 },
        ),
      ),
    ),
    sample(operation, 'of float64', [input([6], 'float64'), input([3], 'float64')], (a, v) => slide(a, v), {
      tolerance: 'contraction',
      derivatives: 2,
    }),
    sample(
      operation,
      'of int32 and uint8',
      [input([6], 'int32'), input([3], 'uint8')],
      (a, v) => slide(a, v),
      {
        tolerance: 'exact',
      },
    ),
    sample(operation, 'of [500] and [70]', [input([500]), input([70])], (a, v) => slide(a, v, 'same'), {
      tolerance: 'contraction',
    }),
  ]),
];

const counting: readonly Sample[] = [
  ...NUMBERS.map((dtype) =>
    sample(
      'histogram',
      `of [5, 9] ${dtype} in a range`,
      // Halves are edges that are hit.
      [input([5, 9], dtype, { from: 0, below: 10 })],
      (x) => histogram(x, { bins: 4, range: [1, 9] }),
      { tolerance: 'exact', viewed: dtype === 'float32' },
    ),
  ),
  sample('histogram', 'of normal numbers', [input([33, 57])], (x) => histogram(x), {
    tolerance: 'arithmetic',
  }),
  sample(
    'histogram',
    'with edges',
    [input([60]), input([5], 'float32', { from: -2, below: -1 })],
    (x, start) => histogram(x, { bins: start.add(iota(5)) }),
    { tolerance: 'exact' },
  ),
  sample(
    'histogram',
    'with weights',
    [input([60], 'float32', 'inner'), input([60], 'float32', 'positive')],
    (x, weights) => histogram(x, { bins: 3, range: [-1, 1], weights })[0],
    { tolerance: 'reduction' },
  ),
  sample(
    'histogram',
    'with weights that have a gradient',
    [input([20], 'int32', { from: 0, below: 6 }), input([20])],
    (x, weights) => histogram(x, { bins: 3, range: [0, 6], weights })[0],
    { tolerance: 'reduction', derivatives: 2 },
  ),
  sample(
    'histogram',
    'as a density',
    [input([60])],
    (x) => histogram(x, { bins: 5, range: [-3, 3], density: true }),
    { tolerance: 'reduction' },
  ),
  sample(
    'histogram',
    'of special numbers',
    [input([20], 'float32', 'special')],
    (x) => histogram(x, { bins: 4, range: [-2, 2] }),
    { tolerance: 'exact' },
  ),
  sample(
    'histogram',
    'of equals',
    [input([1], 'float32', { from: 3, below: 4 })],
    (x) => histogram(x.mul(ones([6])), { bins: 2 }),
    { tolerance: 'exact' },
  ),
  sample('histogram', 'of nothing', [input([0])], (x) => histogram(x, { bins: 2 }), { tolerance: 'exact' }),
  ...(['int32', 'uint8'] as const).flatMap((dtype) => [
    // Some numbers lie outside and are not counted.
    sample(
      'bincount',
      `of [40] ${dtype}`,
      [input([40], dtype, { from: 0, below: 9 })],
      (x) => bincount(x, 6),
      {
        tolerance: 'exact',
        viewed: true,
      },
    ),
    sample(
      'bincount',
      `of [2, 3, 8] ${dtype}`,
      [input([2, 3, 8], dtype, { from: 0, below: 5 })],
      (x) => bincount(x, 4),
      { tolerance: 'exact', viewed: true },
    ),
  ]),
  sample('bincount', 'of negative numbers', [input([30], 'int32')], (x) => bincount(x, 3), {
    tolerance: 'exact',
  }),
  sample('bincount', 'of nothing', [input([2, 0], 'int32')], (x) => bincount(x, 3), { tolerance: 'exact' }),
  sample('bincount', 'into nothing', [input([4], 'int32')], (x) => bincount(x, 0), { tolerance: 'exact' }),
  ...(['float32', 'float64', 'int32'] as const).map((dtype) =>
    sample(
      'bincount',
      `with weights of ${dtype}`,
      [input([2, 12], 'int32', { from: -1, below: 4 }), input([2, 12], dtype)],
      (x, weights) => bincount(x, 3, { weights }),
      { tolerance: 'reduction', derivatives: dtype === 'int32' ? 0 : 2 },
    ),
  ),
  ...[false, true].flatMap((right) => [
    ...NUMBERS.map((dtype) =>
      sample(
        'digitize',
        `of [3, 5] ${dtype}${right ? ', right' : ''}`,
        [input([3, 5], dtype, { from: 0, below: 6 }), input([1], 'float32', { from: 0, below: 2 })],
        (x, start) => digitize(x, start.add(iota(3).mul(2)), { right }),
        { tolerance: 'exact', viewed: dtype === 'float32' },
      ),
    ),
    sample(
      'digitize',
      `of special numbers${right ? ', right' : ''}`,
      [input([15], 'float32', 'special'), input([1])],
      (x, start) => digitize(x, start.add(iota(4)), { right }),
      { tolerance: 'exact' },
    ),
  ]),
  sample(
    'digitize',
    'of a scalar and of nothing',
    [input([]), input([0, 2]), input([3])],
    (x, y, edges) => [digitize(x, edges), digitize(y, edges)],
    { tolerance: 'exact' },
  ),
  sample('digitize', 'without edges', [input([4]), input([0])], (x, edges) => digitize(x, edges), {
    tolerance: 'exact',
  }),
  sample(
    'digitize',
    'of [33, 257]',
    [input([33, 257]), input([1])],
    (x, start) => digitize(x, start.add(iota(9))),
    {
      tolerance: 'exact',
    },
  ),
];

export const statisticsSamples: readonly Sample[] = [...norms, ...correlations, ...counting];
