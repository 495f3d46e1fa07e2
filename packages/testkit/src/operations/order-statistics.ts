/**
 * Order statistics: median, quantiles and mode.
 */
import {
  concat,
  type DType,
  iota,
  isFloat,
  median,
  mode,
  mul,
  nanMedian,
  nanPercentile,
  nanQuantile,
  percentile,
  type QuantileInterpolation,
  quantile,
  type ReduceOptions,
  type Tensor,
  where,
  zeros,
} from '@hadal/core';
import { input } from '../inputs';
import { isDifferentiated, type Sample, sample, shapeText } from '../sample';
import { type ErrorCase, type GoldenUse, type OperationFamily, refuses } from './family';
import { one } from './golden-use';
import { FLOATS, gapped } from './statistics-cases';

type Reduce = (x: Tensor, options: ReduceOptions) => Tensor;

const CASES: readonly (readonly [readonly number[], ReduceOptions])[] = [
  [[7], {}],
  [[3, 6], { axis: 0 }],
  [[3, 6], { axis: -1, keepDims: true }],
  [[2, 3, 4], { axis: [0, 2] }],
  [[1], {}],
  [[], {}],
  [[3, 100], { axis: 1 }],
];

/** Uses of a reduction that sorts. */
function rowSamples(operation: string, reduce: Reduce, dtypes: readonly DType[]): Sample[] {
  return dtypes.flatMap((dtype) => {
    const cases = dtype === 'float32' ? CASES : CASES.slice(0, 3);
    return cases.map(([shape, options], index) =>
      sample(
        operation,
        `of ${shapeText(shape)} ${dtype} over ${options.axis === undefined ? 'all' : JSON.stringify(options.axis)}`,
        [input(shape, dtype, isFloat(dtype) ? 'distinct' : undefined)],
        (x) => reduce(x, options),
        {
          tolerance: 'arithmetic',
          viewed: index === 1 && dtype !== 'float64',
          derivatives: isDifferentiated(dtype) && index < 4 ? 1 : 0,
        },
      ),
    );
  });
}

const INTERPOLATIONS: readonly QuantileInterpolation[] = ['linear', 'lower', 'higher', 'nearest', 'midpoint'];
const NUMBERS: readonly DType[] = [...FLOATS, 'int32', 'uint8'];
const quantiles = { quantile, nanQuantile };
const percentiles = { percentile, nanPercentile };

const samples: readonly Sample[] = [
  ...rowSamples('median', median, [...NUMBERS, 'bool']),
  ...rowSamples('nanMedian', nanMedian, NUMBERS),
  ...Object.entries(quantiles).flatMap(([operation, f]) => [
    ...rowSamples(operation, (x, options) => f(x, 0.3, options), NUMBERS),
    ...INTERPOLATIONS.map((interpolation) =>
      sample(
        operation,
        `of [4, 6], ${interpolation}`,
        [input([4, 6], 'float32', 'distinct')],
        (x) => f(x, [0, 0.25, 0.5, 0.9, 1], { axis: 1, interpolation }),
        { tolerance: 'arithmetic', derivatives: 1 },
      ),
    ),
    sample(
      operation,
      'several, with axes kept',
      [input([2, 3, 5], 'float32', 'distinct')],
      (x) => f(x, [0.1, 0.7], { axis: [0, 2], keepDims: true }),
      { tolerance: 'arithmetic', derivatives: 1, viewed: true },
    ),
    sample(operation, 'of nothing', [input([2, 0])], (x) => f(x, 0.5, 1), { tolerance: 'exact' }),
    sample(
      operation,
      'of special numbers',
      [input([3, 15], 'float32', 'special')],
      (x) => [f(x, 0.4, { axis: 0, interpolation: 'lower' }), f(x, 0.4, { axis: 1, interpolation: 'lower' })],
      { tolerance: 'exact' },
    ),
  ]),
  ...Object.entries(percentiles).flatMap(([operation, f]) => [
    ...rowSamples(operation, (x, options) => f(x, 65, options), NUMBERS),
    sample(
      operation,
      'several',
      [input([3, 5], 'float32', 'distinct')],
      (x) => f(x, [10, 50], { axis: 0, interpolation: 'midpoint' }),
      { tolerance: 'arithmetic', derivatives: 1 },
    ),
  ]),
  ...Object.entries({
    nanMedian,
    nanQuantile: (x: Tensor, options: ReduceOptions) => nanQuantile(x, 0.35, options),
    nanPercentile: (x: Tensor, options: ReduceOptions) => nanPercentile(x, 80, options),
  }).flatMap(([operation, reduce]) =>
    gapped(operation, reduce, { values: 'distinct', tolerance: 'arithmetic', derivatives: 1 }),
  ),
  ...(['median', 'quantile', 'percentile'] as const).map((operation) =>
    sample(
      operation,
      'of gaps',
      [input([3, 6])],
      (x) => {
        const gappy = concat([x, where(iota(6).equal(2), Number.NaN, x), mul(x, Number.NaN)]);
        if (operation === 'median') return median(gappy, 1);
        return operation === 'quantile' ? quantile(gappy, 0.2, 1) : percentile(gappy, 20, 1);
      },
      { tolerance: 'arithmetic' },
    ),
  ),
  ...(['float32', 'float64', 'int32', 'uint8', 'bool'] as const).flatMap((dtype) =>
    CASES.slice(0, 5).map(([shape, options], index) =>
      sample(
        'mode',
        `of ${shapeText(shape)} ${dtype} over ${options.axis === undefined ? 'all' : JSON.stringify(options.axis)}`,
        [input(shape, dtype, { from: 0, below: 3 })],
        (x) => mode(x, options),
        { tolerance: 'exact', viewed: index === 1 },
      ),
    ),
  ),
  sample('mode', 'of distinct numbers', [input([3, 5], 'float32', 'distinct')], (x) => mode(x, 1), {
    tolerance: 'exact',
    derivatives: 1,
  }),
  sample('mode', 'of special numbers', [input([4, 9], 'float32', 'special')], (x) => [mode(x, 1), mode(x)], {
    tolerance: 'exact',
  }),
  sample('mode', 'of [2, 300]', [input([2, 300], 'int32')], (x) => mode(x, 1), { tolerance: 'exact' }),
];

const goldens: Readonly<Record<string, GoldenUse>> = {
  median: one((x) => median(x)),
  'median even': one((x) => median(x, { axis: 1, keepDims: true })),
  'median NaN': one((x) => median(x, 1)),
  'median int32': one((x) => median(x, 0)),
  nanMedian: one((x) => nanMedian(x)),
  'nanMedian axis': one((x) => nanMedian(x, 1)),
  ...Object.fromEntries(
    Object.entries(quantiles).flatMap(([name, f]): [string, GoldenUse][] => [
      ...INTERPOLATIONS.map((interpolation): [string, GoldenUse] => [
        `${name} ${interpolation}`,
        one((x) => f(x, [0, 0.125, 0.25, 0.5, 0.8, 1], { axis: 1, interpolation })),
      ]),
      [`${name} all`, one((x) => f(x, 0.37, { keepDims: true }))],
      [`${name} axes`, one((x) => f(x, 0.6, [0, 2]))],
    ]),
  ),
  percentile: one((x) => percentile(x, 30, 1)),
  'percentile several': one((x) => percentile(x, [5, 50, 95], { axis: 0, keepDims: true })),
  nanPercentile: one((x) => nanPercentile(x, 30, 1)),
  'nanPercentile several': one((x) => nanPercentile(x, [5, 50, 95])),
  mode: one((x) => mode(x, 1)),
  'mode keepDims': one((x) => mode(x, { axis: 0, keepDims: true })),
  'mode float': one((x) => mode(x)),
};

const errors: readonly ErrorCase[] = [
  ...Object.entries({
    median,
    nanMedian,
    mode,
    quantile: (x: Tensor, axis: number) => quantile(x, 0.5, axis),
    nanQuantile: (x: Tensor, axis: number) => nanQuantile(x, 0.5, axis),
    percentile: (x: Tensor, axis: number) => percentile(x, 50, axis),
    nanPercentile: (x: Tensor, axis: number) => nanPercentile(x, 50, axis),
  }).map(([operation, reduce]) =>
    refuses(operation, 'an axis that does not exist', () => reduce(zeros([2, 3]), 3), 'AxisError', 'axis 3'),
  ),
  ...Object.entries({ quantile, nanQuantile }).flatMap(([operation, f]) => [
    refuses(operation, 'a share above 1', () => f(zeros([2]), 25), 'ArgumentError', 'q is 25'),
    refuses(operation, 'NaN', () => f(zeros([2]), [0.5, Number.NaN]), 'ArgumentError', 'q is NaN'),
    refuses(operation, 'no share at all', () => f(zeros([2]), []), 'ArgumentError', 'q is an empty list'),
  ]),
  ...Object.entries(percentiles).map(([operation, f]) =>
    refuses(operation, 'more than 100', () => f(zeros([2]), 101), 'ArgumentError', 'q is 101'),
  ),
  refuses('mode', 'nothing', () => mode(zeros([0])), 'ArgumentError', 'nothing to choose from'),
];

export const orderStatistics: OperationFamily = { name: 'order-statistics', samples, goldens, errors };
