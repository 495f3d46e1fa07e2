/**
 * Running sums, products and extremes, and differences of neighbours.
 */
import {
  add,
  associativeScan,
  type CumulativeOptions,
  cumMax,
  cumMin,
  cumProd,
  cumSum,
  type DType,
  diff,
  isFloat,
  logCumSumExp,
  maximum,
  mul,
  nanCumProd,
  nanCumSum,
  type Tensor,
  trapezoid,
  zeros,
} from '@hadal/core';
import { input, type Values } from '../inputs';
import { isDifferentiated, type Sample, type SampleOptions, sample, shapeText } from '../sample';
import { type ErrorCase, type GoldenUse, type OperationFamily, refuses } from './family';
import { one, two } from './golden-use';

type Scan = (x: Tensor, options?: number | CumulativeOptions) => Tensor;

/** Every way an axis can lie, and lengths around powers of two. */
const CASES: readonly (readonly [readonly number[], CumulativeOptions])[] = [
  [[7], {}],
  [[3, 5], { axis: 0 }],
  [[3, 5], { axis: -1, exclusive: true }],
  [[2, 4, 3], { axis: 1, reverse: true }],
  [[3, 5], { axis: 1, exclusive: true, reverse: true }],
  [[2, 3, 2], {}],
  [[], {}],
  [[1], { exclusive: true }],
  [[2, 0], { axis: 1, exclusive: true }],
  [[0, 3], { axis: 1 }],
  [[8, 17], { axis: 0 }],
  [[33, 257], { axis: 0 }],
  [[33, 257], { axis: 1 }],
];
const SHORT_CASES = CASES.slice(0, 5);

interface ScanOptions extends SampleOptions {
  readonly dtypes?: readonly DType[];
  readonly values?: Values;
  /** Whether what an exclusive scan begins with is a number that differences can be taken of. Default true. */
  readonly finite?: boolean;
}

const optionsText = ({ axis, exclusive = false, reverse = false }: CumulativeOptions): string =>
  `along ${axis ?? 'all'}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`;

function scans(
  operation: string,
  scan: Scan,
  { dtypes = ['float32', 'float64', 'int32'], values, finite = true, ...options }: ScanOptions,
): Sample[] {
  return dtypes.flatMap((dtype) => {
    const kind = isFloat(dtype) ? values : undefined;
    const samples = (dtype === 'float32' ? CASES : SHORT_CASES).map(([shape, choice], index) =>
      sample(
        operation,
        `of ${shapeText(shape)} ${dtype} ${optionsText(choice)}`,
        [input(shape, dtype, kind)],
        (x) => scan(x, choice),
        {
          tolerance: options.tolerance,
          viewed: index > 0 && index < 3 && (dtype === 'float32' || dtype === 'int32'),
          derivatives:
            isDifferentiated(dtype) && index < 6 && (finite || !choice.exclusive) ? options.derivatives : 0,
        },
      ),
    );
    if (isFloat(dtype)) {
      samples.push(
        sample(
          operation,
          `of special ${dtype}`,
          [input([7, 9], dtype, 'special')],
          (x) => [scan(x, 0), scan(x, { axis: 1, reverse: true })],
          { tolerance: options.tolerance },
        ),
      );
    }
    return samples;
  });
}

const NUMBERS: readonly DType[] = ['float32', 'float64', 'int32', 'uint8'];

/** Steps of x ↦ a · x + b, one after another. */
interface Affine {
  readonly a: Tensor;
  readonly b: Tensor;
}

const followed = (first: Affine, then: Affine): Affine => ({
  a: mul(first.a, then.a),
  b: add(mul(then.a, first.b), then.b),
});

/** The recurrence xᵢ = aᵢ · xᵢ₋₁ + bᵢ from x₋₁ = 0. */
const recurrence = (a: Tensor, b: Tensor, axis: number): Tensor =>
  associativeScan(followed, { a, b }, { axis }).b;

const samples: readonly Sample[] = [
  ...scans('cumSum', cumSum, { dtypes: [...NUMBERS, 'bool'], tolerance: 'reduction', derivatives: 2 }),
  ...scans('cumProd', cumProd, { values: 'away', tolerance: 'reduction', derivatives: 2 }),
  ...scans('cumMax', cumMax, {
    dtypes: [...NUMBERS, 'bool'],
    values: 'distinct',
    finite: false,
    tolerance: 'exact',
    derivatives: 1,
  }),
  ...scans('cumMin', cumMin, {
    dtypes: [...NUMBERS, 'bool'],
    values: 'distinct',
    finite: false,
    tolerance: 'exact',
    derivatives: 1,
  }),
  ...scans('logCumSumExp', logCumSumExp, {
    dtypes: ['float32', 'float64'],
    finite: false,
    tolerance: 'reduction',
    derivatives: 2,
  }),
  ...scans('nanCumSum', nanCumSum, { tolerance: 'reduction', derivatives: 2 }),
  ...scans('nanCumProd', nanCumProd, { values: 'away', tolerance: 'reduction', derivatives: 2 }),
  ...([1000, 5000] as const).flatMap((extent) => [
    sample('cumSum', `of ${extent}`, [input([2, extent], 'float32', 'positive')], (x) => cumSum(x, 1), {
      tolerance: 'reduction',
    }),
    sample('cumMax', `of ${extent}`, [input([extent])], (x) => cumMax(x), { tolerance: 'exact' }),
    sample('logCumSumExp', `of ${extent}`, [input([extent])], (x) => logCumSumExp(x), {
      tolerance: 'reduction',
    }),
  ]),
  sample(
    'cumProd',
    'of zeros and others',
    [input([4, 5], 'int32', { from: -1, below: 3 }), input([4, 5])],
    (zero, x) => cumProd(mul(zero, x), 1),
    { tolerance: 'reduction', derivatives: 2 },
  ),
  sample('logCumSumExp', 'of large numbers', [input([3, 5])], (x) => logCumSumExp(mul(x, 1e4), 1), {
    tolerance: 'reduction',
  }),
  sample(
    'cumSum',
    'between element-wise operations',
    [input([4, 9]), input([9])],
    (x, y) => cumSum(mul(x, y).exp(), 1).log(),
    { tolerance: 'reduction', derivatives: 2, viewed: true },
  ),
  ...(['float32', 'float64', 'int32'] as const).map((dtype) =>
    sample(
      'associativeScan',
      `of [5, 3] ${dtype} with a sum`,
      [input([5, 3], dtype)],
      (x) => associativeScan(add, x),
      { tolerance: 'reduction', derivatives: dtype === 'int32' ? 0 : 2, viewed: true },
    ),
  ),
  sample(
    'associativeScan',
    'of a recurrence',
    [input([2, 7], 'float32', 'inner'), input([2, 7])],
    (a, b) => recurrence(a, b, -1),
    { tolerance: 'reduction', derivatives: 2, viewed: true },
  ),
  sample(
    'associativeScan',
    'of pairs, from the end',
    [input([3, 6], 'float32', 'distinct'), input([3, 6])],
    (x, y) =>
      associativeScan<readonly [Tensor, Tensor]>(([a, b], [c, d]) => [maximum(a, c), add(b, d)], [x, y], {
        axis: 1,
        reverse: true,
      }),
    { tolerance: 'reduction', derivatives: 1 },
  ),
  sample(
    'associativeScan',
    'of one and of none',
    [input([1, 2]), input([0, 2])],
    (x, y) => [associativeScan(mul, x), associativeScan(mul, y)],
    { tolerance: 'exact' },
  ),
  sample(
    'associativeScan',
    'of 300',
    [input([300], 'float32', 'inner'), input([300])],
    (a, b) => recurrence(a, b, 0),
    {
      tolerance: 'reduction',
    },
  ),
  ...(['float32', 'float64', 'int32', 'bool'] as const).flatMap((dtype) =>
    (
      [
        [[6], 1, -1],
        [[4, 5], 2, 0],
        [[2, 3, 4], 1, 1],
        [[3], 0, 0],
        [[3], 5, 0],
        [[1], 1, 0],
        [[0, 2], 1, 0],
      ] as const
    ).map(([shape, n, axis], index) =>
      sample(
        'diff',
        `${n} times of ${shapeText(shape)} ${dtype} along ${axis}`,
        [input(shape, dtype)],
        (x) => diff(x, n, axis),
        {
          tolerance: 'arithmetic',
          viewed: index === 1,
          derivatives: isDifferentiated(dtype) && index < 3 ? 2 : 0,
        },
      ),
    ),
  ),
  sample('diff', 'of [33, 257]', [input([33, 257])], (x) => [diff(x), diff(x, 1, 0)], {
    tolerance: 'arithmetic',
  }),
  ...(['float32', 'float64'] as const).flatMap((dtype) => [
    sample('trapezoid', `of [3, 5] ${dtype}`, [input([3, 5], dtype)], (y) => trapezoid(y), {
      tolerance: 'reduction',
      derivatives: 2,
      viewed: true,
    }),
    sample(
      'trapezoid',
      `of [3, 5] ${dtype} along 0 with dx`,
      [input([3, 5], dtype)],
      (y) => trapezoid(y, { dx: 0.3, axis: 0 }),
      { tolerance: 'reduction', derivatives: 2 },
    ),
    sample(
      'trapezoid',
      `of [2, 4, 3] ${dtype} at positions`,
      [input([2, 4, 3], dtype), input([4], dtype, 'distinct')],
      (y, x) => trapezoid(y, { x, axis: 1 }),
      { tolerance: 'reduction', derivatives: 2 },
    ),
    sample(
      'trapezoid',
      `of [3, 4] ${dtype} at a position each`,
      [input([3, 4], dtype), input([3, 4], dtype, 'distinct')],
      (y, x) => trapezoid(y, { x }),
      { tolerance: 'reduction', derivatives: 2, viewed: true },
    ),
  ]),
  sample('trapezoid', 'of int32', [input([3, 5], 'int32')], (y) => trapezoid(y), { tolerance: 'reduction' }),
  sample(
    'trapezoid',
    'of one and none',
    [input([2, 1]), input([2, 0])],
    (a, b) => [trapezoid(a), trapezoid(b)],
    { tolerance: 'reduction' },
  ),
  sample('trapezoid', 'of [33, 257]', [input([33, 257], 'float32', 'positive')], (y) => trapezoid(y), {
    tolerance: 'reduction',
  }),
];

const goldens: Readonly<Record<string, GoldenUse>> = {
  cumSum: one((x) => cumSum(x, 1)),
  'cumSum flat': one((x) => cumSum(x)),
  'cumSum exclusive': one((x) => cumSum(x, { axis: 0, exclusive: true })),
  'cumSum reverse': one((x) => cumSum(x, { axis: -1, reverse: true })),
  'cumSum int32': one((x) => cumSum(x, 0)),
  'cumSum long': one((x) => cumSum(x, 0)),
  'cumSum special': one((x) => cumSum(x)),
  cumProd: one((x) => cumProd(x, 1)),
  'cumProd exclusive reverse': one((x) => cumProd(x, { axis: 0, exclusive: true, reverse: true })),
  'cumProd int32': one((x) => cumProd(x)),
  cumMax: one((x) => cumMax(x, 1)),
  'cumMax special': one((x) => cumMax(x)),
  'cumMax int32': one((x) => cumMax(x, { axis: 0, reverse: true })),
  cumMin: one((x) => cumMin(x, 1)),
  'cumMin special': one((x) => cumMin(x)),
  logCumSumExp: one((x) => logCumSumExp(x, 1)),
  'logCumSumExp infinite': one((x) => logCumSumExp(x)),
  'logCumSumExp reverse': one((x) => logCumSumExp(x, { axis: 0, reverse: true })),
  nanCumSum: one((x) => nanCumSum(x, 1)),
  'nanCumSum int32': one((x) => nanCumSum(x, 0)),
  nanCumProd: one((x) => nanCumProd(x, 0)),
  'nanCumProd flat': one((x) => nanCumProd(x)),
  associativeScan: one((x) => associativeScan(maximum, x, { axis: 1, reverse: true })),
  'associativeScan recurrence': two((a, b) => recurrence(a, b, 0)),
  diff: one((x) => diff(x)),
  'diff twice': one((x) => diff(x, 2, 0)),
  'diff int32': one((x) => diff(x, 1, 1)),
  trapezoid: one((y) => trapezoid(y)),
  'trapezoid dx': one((y) => trapezoid(y, { dx: 0.25, axis: 0 })),
  'trapezoid positions': two((y, x) => trapezoid(y, { x, axis: 1 })),
  'trapezoid position each': two((y, x) => trapezoid(y, { x })),
};

const errors: readonly ErrorCase[] = [
  ...Object.entries({ cumSum, cumProd, cumMax, cumMin, logCumSumExp, nanCumSum, nanCumProd }).map(
    ([operation, scan]) =>
      refuses(operation, 'an axis that does not exist', () => scan(zeros([2, 3]), 2), 'AxisError', 'axis 2'),
  ),
  refuses(
    'associativeScan',
    'an axis that does not exist',
    () => associativeScan(add, zeros([2]), { axis: 1 }),
    'AxisError',
    'axis 1',
  ),
  refuses(
    'associativeScan',
    'extents that differ',
    () => associativeScan(followed, { a: zeros([2]), b: zeros([3]) }),
    'ShapeError',
    'differ: 2 and 3',
  ),
  refuses(
    'associativeScan',
    'an operation that changes shapes',
    () => associativeScan((a) => a.sum(), zeros([4])),
    'ShapeError',
    'gave [] for two operands of [3]',
  ),
  refuses('associativeScan', 'numbers', () => associativeScan((a) => a, [1, 2]), 'ArgumentError', 'got 1'),
  refuses('diff', 'an axis that does not exist', () => diff(zeros([2]), 1, 1), 'AxisError', 'axis 1'),
  refuses('diff', 'half a difference', () => diff(zeros([2]), 0.5), 'ArgumentError', 'n is 0.5'),
  refuses('diff', 'a scalar', () => diff(1), 'AxisError', 'A scalar has no axes'),
  refuses(
    'trapezoid',
    'an axis that does not exist',
    () => trapezoid(zeros([2]), { axis: 1 }),
    'AxisError',
    'axis 1',
  ),
  refuses(
    'trapezoid',
    'positions that do not fit',
    () => trapezoid(zeros([2, 3]), { x: zeros([2]) }),
    'ShapeError',
    'Give 3 positions',
  ),
];

export const cumulative: OperationFamily = { name: 'cumulative', samples, goldens, errors };
