/**
 * Samples of reductions.
 */
import {
  all,
  any,
  argMax,
  argMin,
  type DType,
  isFloat,
  logSumExp,
  max,
  mean,
  min,
  mul,
  norm,
  prod,
  std,
  sum,
  type Tensor,
  variance,
} from '@hadal/core';
import { input, sizeOf, type Values } from '../inputs';
import { isDifferentiated, type Sample, type SampleOptions, sample, shapeText } from '../sample';

type Axis = number | readonly number[] | undefined;
type Reduce = (x: Tensor, options?: { axis?: Axis; keepDims?: boolean }) => Tensor;

/** Every way an axis can lie: outer, inner, middle, several, all; long and short; keeping extents. */
const FULL_CASES: readonly (readonly [readonly number[], Axis, boolean])[] = [
  [[7], undefined, false],
  [[3, 5], 0, false],
  [[3, 5], -1, true],
  [[2, 3, 4], 1, false],
  [[2, 3, 4], [0, 2], true],
  [[1, 1], 0, false],
  [[33, 257], 0, false],
  [[33, 257], 1, false],
  [[33, 257], undefined, false],
  [[3, 0], 0, false],
  [[2, 1000], 1, false],
];

const SHORT_CASES = FULL_CASES.slice(0, 5);

interface ReductionOptions extends SampleOptions {
  readonly dtypes?: readonly DType[];
  readonly values?: Values;
  /** Whether the reduction of no elements is defined. */
  readonly empty?: boolean;
  readonly special?: boolean;
}

function reductions(
  operation: string,
  reduce: Reduce,
  {
    dtypes = ['float32', 'float64', 'int32', 'uint8'],
    values,
    empty = true,
    special = true,
    ...options
  }: ReductionOptions,
): Sample[] {
  return dtypes.flatMap((dtype) => {
    const kind = isFloat(dtype) ? values : undefined;
    const cases = dtype === 'float32' ? FULL_CASES : SHORT_CASES;
    const samples = cases.map(([shape, axis, keepDims], index) =>
      sample(
        operation,
        `of ${shapeText(shape)} ${dtype} over ${axis === undefined ? 'all' : JSON.stringify(axis)}`,
        // Sums of thousands that cancel say more about the order of terms than about anything else.
        [input(shape, dtype, isFloat(dtype) && sizeOf(shape) > 1000 ? (kind ?? 'positive') : kind)],
        (x) => reduce(x, { axis, keepDims }),
        {
          tolerance: options.tolerance,
          viewed: index < 3 && (dtype === 'float32' || dtype === 'int32'),
          derivatives: isDifferentiated(dtype) && index < 5 ? options.derivatives : 0,
        },
      ),
    );
    if (empty && isFloat(dtype)) {
      samples.push(
        sample(
          operation,
          `of nothing in ${dtype}`,
          [input([0, 2], dtype)],
          (x) => [reduce(x, { axis: 0 }), reduce(x)],
          {
            tolerance: options.tolerance,
          },
        ),
      );
    }
    if (special && isFloat(dtype)) {
      samples.push(
        sample(
          operation,
          `of special ${dtype}`,
          [input([6, 5], dtype, 'special')],
          (x) => reduce(x, { axis: 1 }),
          {
            tolerance: options.tolerance,
          },
        ),
      );
    }
    return samples;
  });
}

const extremes = (operation: string, pick: (x: Tensor, axis?: number) => Tensor): Sample[] =>
  (['float32', 'float64', 'int32', 'uint8', 'float16', 'uint32', 'int64'] as const).flatMap((dtype) => [
    ...(
      [
        [[7], undefined],
        [[3, 5], 0],
        [[3, 5], 1],
        [[2, 3, 4], 1],
        [[33, 257], 0],
        [[33, 257], 1],
        [[1000], undefined],
      ] as const
    ).map(([shape, axis]) =>
      sample(
        operation,
        `of ${shapeText(shape)} ${dtype} along ${axis ?? 'all'}`,
        [input(shape, dtype)],
        (x) => pick(x, axis),
        {
          tolerance: 'exact',
          viewed: shape.length === 2 && shape[0] === 3,
        },
      ),
    ),
    sample(
      operation,
      `of ${dtype} with equals`,
      [input([9, 8], dtype, { from: 0, below: 3 })],
      (x) => [pick(x, 0), pick(x, 1), pick(x)],
      { tolerance: 'exact' },
    ),
  ]);

export const reductionSamples: readonly Sample[] = [
  ...reductions('sum', sum, {
    dtypes: [
      'float32',
      'float64',
      'int32',
      'uint8',
      'bool',
      'float16',
      'bfloat16',
      'int8',
      'uint32',
      'int64',
    ],
    tolerance: 'reduction',
    derivatives: 2,
  }),
  ...reductions('mean', mean, {
    dtypes: ['float32', 'float64', 'int32', 'uint8', 'float16', 'bfloat16'],
    tolerance: 'reduction',
    derivatives: 2,
    empty: false,
  }),
  ...reductions('prod', prod, { values: 'away', tolerance: 'reduction', derivatives: 2, special: false }),
  ...reductions('max', max, {
    dtypes: ['float32', 'float64', 'int32', 'uint8', 'float16', 'int16', 'uint32', 'int64'],
    values: 'distinct',
    tolerance: 'exact',
    derivatives: 1,
  }),
  ...reductions('min', min, { values: 'distinct', tolerance: 'exact', derivatives: 1 }),
  ...reductions('variance', variance, {
    dtypes: ['float32', 'float64'],
    tolerance: 'reduction',
    derivatives: 2,
    empty: false,
  }),
  ...reductions('std', std, {
    dtypes: ['float32', 'float64'],
    tolerance: 'reduction',
    derivatives: 2,
    empty: false,
  }),
  ...reductions('norm', norm, {
    dtypes: ['float32', 'float64'],
    tolerance: 'reduction',
    derivatives: 2,
    special: false,
  }),
  ...reductions('logSumExp', logSumExp, {
    dtypes: ['float32', 'float64'],
    tolerance: 'reduction',
    derivatives: 2,
    empty: false,
  }),
  ...reductions('any', any, { dtypes: ['bool', 'int32'], tolerance: 'exact' }),
  ...reductions('all', all, { dtypes: ['bool', 'int32'], tolerance: 'exact' }),
  ...extremes('argMax', argMax),
  ...extremes('argMin', argMin),
  sample('argMax', 'with NaN', [input([6, 5], 'float32', 'special')], (x) => [argMax(x, 0), argMax(x, 1)], {
    tolerance: 'exact',
  }),
  sample('argMin', 'with NaN', [input([6, 5], 'float32', 'special')], (x) => [argMin(x, 0), argMin(x, 1)], {
    tolerance: 'exact',
  }),
  sample(
    'max',
    'of equals, which share a gradient',
    [input([4, 6], 'int32', { from: 0, below: 3 })],
    (x) => max(x, 1),
    {
      tolerance: 'exact',
    },
  ),
  sample('logSumExp', 'of large numbers', [input([3, 5])], (x) => logSumExp(mul(x, 1e4), 1), {
    tolerance: 'reduction',
  }),
  sample('sum', 'of one hundred thousand', [input([100_000], 'float32', 'positive')], (x) => sum(x), {
    tolerance: 'reduction',
  }),
  sample(
    'sum',
    'of a long and narrow matrix',
    [input([5000, 3], 'float32', 'positive')],
    (x) => [sum(x, 0), sum(x, 1)],
    {
      tolerance: 'reduction',
    },
  ),
  sample(
    'sum',
    'with a prologue and an epilogue',
    [input([4, 9]), input([9])],
    (x, y) => sum(mul(x, y).exp(), 1).log(),
    {
      tolerance: 'reduction',
      derivatives: 2,
      viewed: true,
    },
  ),
];
