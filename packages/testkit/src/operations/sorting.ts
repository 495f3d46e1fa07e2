/**
 * Sorting, and searching in sorted rows.
 */
import {
  argsort,
  type DType,
  inTopK,
  kthValue,
  lowerBound,
  mul,
  searchSorted,
  sort,
  type Tensor,
  tensor,
  topK,
  upperBound,
  zeros,
} from '@hadal/core';
import { type InputSpec, input } from '../inputs';
import { type Sample, type SampleOptions, sample } from '../sample';
import { type OperationFamily, refuses } from './family';

const DTYPES: readonly DType[] = ['float32', 'float64', 'int32', 'uint8', 'bool'];
const EXACT: SampleOptions = { tolerance: 'exact' };
const SMOOTH: SampleOptions = { tolerance: 'exact', derivatives: 2 };

type Result = Tensor | readonly Tensor[];

/** Rows that are empty, alone, sorted by counting and by the network, along any axis, with ties and special values. */
function rowSamples(
  operation: string,
  compute: (x: Tensor, axis: number) => Result,
  options: SampleOptions,
): Sample[] {
  const make = (name: string, spec: InputSpec, axis = -1, more: SampleOptions = EXACT): Sample =>
    sample(operation, `of ${name}`, [spec], (x) => compute(x, axis), more);
  return [
    make('one element', input([1])),
    make('[3, 7] along axis 0', input([3, 7], 'float32', 'distinct'), 0, options),
    make('[3, 5]', input([3, 5], 'float32', 'distinct'), -1, { ...options, viewed: true }),
    make('[2, 70]', input([2, 70], 'float32', 'distinct'), -1, options),
    make('[2, 66, 3] along axis 1', input([2, 66, 3]), 1),
    ...DTYPES.map((dtype) => make(`[4, 9] ${dtype}`, input([4, 9], dtype))),
    ...DTYPES.map((dtype) => make(`[2, 130] ${dtype}`, input([2, 130], dtype))),
    make('special values', input([3, 15], 'float32', 'special')),
    make('many special values', input([80], 'float32', 'special')),
    make('special float64 values', input([2, 77], 'float64', 'special')),
  ];
}

const pair = ({ values, indices }: { values: Tensor; indices: Tensor }): Tensor[] => [values, indices];

/** Gradients exist for the values alone, so samples with positions beside them have none. */
const samples: readonly Sample[] = [
  ...rowSamples('argsort', (x, axis) => argsort(x, { axis }), EXACT),
  ...rowSamples('argsort', (x, axis) => argsort(x, { axis, descending: true }), EXACT).map((each) => ({
    ...each,
    name: `${each.name}, descending`,
  })),
  sample('argsort', 'of [33, 257]', [input([33, 257])], (x) => argsort(x), EXACT),
  sample('argsort', 'of nothing', [input([2, 0, 3])], (x) => argsort(x, { axis: 1 }), EXACT),
  sample('argsort', 'of no rows', [input([0, 5])], (x) => argsort(x), EXACT),
  ...rowSamples('sort', (x, axis) => sort(x, { axis }), SMOOTH),
  sample(
    'sort',
    'descending',
    [input([3, 6], 'float32', 'distinct')],
    (x) => sort(x, { descending: true }),
    SMOOTH,
  ),
  ...(['int8', 'int16', 'uint32', 'int64', 'float16', 'bfloat16'] as const).flatMap((dtype) => [
    sample('sort', `of [3, 9] ${dtype}`, [input([3, 9], dtype)], (x) => sort(x), EXACT),
    sample(
      'argsort',
      `of [70] ${dtype}, descending`,
      [input([70], dtype)],
      (x) => argsort(x, { descending: true }),
      EXACT,
    ),
  ]),
  sample('sort', 'of no rows', [input([0, 5])], (x) => sort(x), EXACT),
  sample(
    'sort',
    'of a computed tensor, weighted',
    [input([4, 5], 'float32', 'distinct'), input([4, 5])],
    (x, weights) => mul(sort(mul(x, 0.5).tanh()), weights).sum(1),
    { tolerance: 'reduction', derivatives: 2 },
  ),
  sample('topK', '3 of [4, 9]', [input([4, 9], 'float32', 'distinct')], (x) => pair(topK(x, 3)), {
    ...EXACT,
    viewed: true,
  }),
  sample('topK', 'values alone', [input([3, 6], 'float32', 'distinct')], (x) => topK(x, 2).values, SMOOTH),
  sample(
    'topK',
    'least along axis 0',
    [input([7, 3], 'float32', 'distinct')],
    (x) => topK(x, 2, { axis: 0, largest: false }).values,
    SMOOTH,
  ),
  sample('topK', 'of equal values', [input([5, 40], 'int32')], (x) => pair(topK(x, 7)), EXACT),
  sample('topK', '5 of [9, 100]', [input([9, 100])], (x) => pair(topK(x, 5, { sorted: false })), EXACT),
  sample('topK', 'none', [input([2, 3])], (x) => pair(topK(x, 0)), EXACT),
  sample(
    'topK',
    'all of special values',
    [input([15], 'float32', 'special')],
    (x) => pair(topK(x, 15)),
    EXACT,
  ),
  sample('kthValue', '2 of [4, 9]', [input([4, 9], 'uint8')], (x) => pair(kthValue(x, 2)), {
    ...EXACT,
    viewed: true,
  }),
  sample(
    'kthValue',
    'last along axis 0',
    [input([5, 3], 'float32', 'distinct')],
    (x) => kthValue(x, 5, { axis: 0 }).values,
    SMOOTH,
  ),
  sample(
    'kthValue',
    'with its axis kept',
    [input([2, 70], 'int32')],
    (x) => pair(kthValue(x, 35, { keepDims: true })),
    EXACT,
  ),
  ...(['left', 'right'] as const).flatMap((side) => [
    sample(
      'searchSorted',
      `of [3, 4] in [9], ${side}`,
      [input([9], 'int32'), input([3, 4], 'int32')],
      (rows, values) => searchSorted(sort(rows), values, { side }),
      { ...EXACT, viewed: true },
    ),
    sample(
      'searchSorted',
      `of [2, 5] in [2, 33], ${side}`,
      [input([2, 33]), input([2, 5])],
      (rows, values) => searchSorted(sort(rows), values, { side }),
      EXACT,
    ),
    sample(
      'searchSorted',
      `of special values, ${side}`,
      [input([40], 'float32', 'special'), input([15], 'float32', 'special')],
      (rows, values) => searchSorted(sort(rows), values, { side }),
      EXACT,
    ),
    sample(
      'searchSorted',
      `of a scalar in [64] float64, ${side}`,
      [input([64], 'float64'), input([], 'float64')],
      (rows, value) => searchSorted(sort(rows), value, { side }),
      EXACT,
    ),
  ]),
  sample(
    'searchSorted',
    'in nothing',
    [input([2, 0]), input([2, 3])],
    (rows, values) => searchSorted(rows, values),
    {
      tolerance: 'exact',
    },
  ),
  sample(
    'searchSorted',
    'of integers among floats',
    [input([8]), input([5], 'int32')],
    (rows, values) => searchSorted(sort(rows), values),
    EXACT,
  ),
  ...[lowerBound, upperBound].map((bound) =>
    sample(
      bound === lowerBound ? 'lowerBound' : 'upperBound',
      'of [2, 3, 7] in [2, 3, 12] uint8',
      [input([2, 3, 12], 'uint8'), input([2, 3, 7], 'uint8')],
      (rows, values) => bound(sort(rows), values),
      { ...EXACT, viewed: true },
    ),
  ),
  ...[1, 3, 0, 20].map((k) =>
    sample(
      'inTopK',
      `${k} of [6, 10]`,
      [input([6, 10], 'int32'), input([6], 'int32', { from: -1, below: 11 })],
      (predictions, targets) => inTopK(predictions, targets, k),
      { ...EXACT, viewed: k === 3 },
    ),
  ),
  sample(
    'inTopK',
    'of special predictions',
    [input([15, 4], 'float32', 'special'), input([15], 'uint8', { from: 0, below: 4 })],
    (predictions, targets) => inTopK(predictions, targets, 2),
    EXACT,
  ),
  sample(
    'inTopK',
    'of [2, 3, 5] float64',
    [input([2, 3, 5], 'float64'), input([2, 3], 'int32', { from: 0, below: 5 })],
    (predictions, targets) => inTopK(predictions, targets, 2),
    EXACT,
  ),
];

const at = (values: readonly number[]): Tensor => tensor(values, { dtype: 'int32' });

export const sorting: OperationFamily = {
  name: 'sorting',
  samples,
  goldens: {
    argsort: (x) => argsort(x),
    'argsort axis 0': (x) => argsort(x, { axis: 0 }),
    'argsort ties': (x) => argsort(x),
    'argsort special': (x) => argsort(x),
    'argsort long': (x) => argsort(x),
    'argsort descending': (x) => argsort(x, { descending: true }),
    sort: (x) => sort(x),
    'sort axis 0': (x) => sort(x, { axis: 0 }),
    'sort int32': (x) => sort(x),
    'sort long': (x) => sort(x),
    'sort special': (x) => sort(x),
    'sort descending': (x) => sort(x, { descending: true }),
    topK: (x) => pair(topK(x, 3)),
    'topK least': (x) => pair(topK(x, 2, { largest: false, axis: 0 })),
    kthValue: (x) => pair(kthValue(x, 3)),
    'kthValue keepDims': (x) => pair(kthValue(x, 2, { axis: 0, keepDims: true })),
    searchSorted: (rows, values) => searchSorted(rows, values),
    'searchSorted right': (rows, values) => searchSorted(rows, values, { side: 'right' }),
    'searchSorted batch': (rows, values) => searchSorted(rows, values),
    'searchSorted special': (rows, values) => searchSorted(rows, values, { side: 'right' }),
    lowerBound,
    'lowerBound int32': lowerBound,
    upperBound,
    'upperBound int32': upperBound,
    inTopK: (predictions, targets) => inTopK(predictions, targets, 2),
    'inTopK 1': (predictions, targets) => inTopK(predictions, targets, 1),
  },
  errors: [
    refuses(
      'argsort',
      'an axis that does not exist',
      () => argsort(zeros([2, 3]), { axis: 2 }),
      'AxisError',
      'axis 2',
    ),
    refuses('argsort', 'a scalar', () => argsort(zeros([])), 'AxisError', 'rank 0'),
    refuses(
      'sort',
      'an axis that does not exist',
      () => sort(zeros([2]), { axis: -2 }),
      'AxisError',
      'axis -2',
    ),
    refuses('topK', 'more than there are', () => topK(zeros([2, 3]), 4), 'ArgumentError', 'k 4'),
    refuses('topK', 'a fraction', () => topK(zeros([2, 3]), 1.5), 'ArgumentError', 'from 0 to 3'),
    refuses(
      'topK',
      'an axis that does not exist',
      () => topK(zeros([3]), 1, { axis: 1 }),
      'AxisError',
      'axis 1',
    ),
    refuses('kthValue', 'a zeroth element', () => kthValue(zeros([3]), 0), 'ArgumentError', 'from 1 to 3'),
    refuses(
      'searchSorted',
      'rows that do not fit',
      () => searchSorted(zeros([2, 3]), zeros([3, 4])),
      'ShapeError',
      '[2, 3] do not fit values [3, 4]',
    ),
    refuses(
      'lowerBound',
      'a scalar instead of a row',
      () => lowerBound(zeros([]), zeros([3])),
      'ShapeError',
      '[]',
    ),
    refuses(
      'upperBound',
      'values of another rank',
      () => upperBound(zeros([2, 3]), zeros([2])),
      'ShapeError',
      '[2, 3] do not fit values [2]',
    ),
    refuses(
      'inTopK',
      'targets of another shape',
      () => inTopK(zeros([2, 3]), at([0, 1, 2]), 1),
      'ShapeError',
      'targets [3] do not fit predictions [2, 3]',
    ),
    refuses(
      'inTopK',
      'targets that are fractions',
      () => inTopK(zeros([2, 3]), zeros([2]), 1),
      'DTypeError',
      'float32',
    ),
    refuses('inTopK', 'a negative k', () => inTopK(zeros([2, 3]), at([0, 1]), -1), 'ArgumentError', 'k -1'),
  ],
};
