/**
 * Creation: filled tensors, numbers on a logarithmic scale, grids of positions, windows of signal processing.
 *
 * Operations without operands take their device from a sum or product with one.
 */
import * as hadal from '@hadal/core';
import { input } from '../inputs';
import { type Sample, type SampleOptions, sample } from '../sample';
import { type ErrorCase, type GoldenUse, type OperationFamily, refuses } from './family';
import { one } from './golden-use';

const EXACT: SampleOptions = { tolerance: 'exact' };
const SMOOTH: SampleOptions = { tolerance: 'arithmetic', derivatives: 2 };

const WINDOWS = {
  hannWindow: hadal.hannWindow,
  hammingWindow: hadal.hammingWindow,
  blackmanWindow: hadal.blackmanWindow,
  bartlettWindow: hadal.bartlettWindow,
  kaiserWindow: (length: number, options?: hadal.WindowOptions) => hadal.kaiserWindow(length, 8, options),
};

const windows = Object.entries(WINDOWS);

const windowSamples: readonly Sample[] = windows.flatMap(([operation, make]) => [
  sample(operation, 'of 7, times an operand', [input([2, 7])], (x) => x.mul(make(7)), SMOOTH),
  sample(
    operation,
    'of 8 float64, symmetric',
    [input([8], 'float64')],
    (x) => x.mul(make(8, { periodic: false, dtype: 'float64' })),
    { tolerance: 'arithmetic' },
  ),
  sample(operation, 'of 1', [input([1])], (x) => x.mul(make(1)), EXACT),
  sample(operation, 'of 0', [input([0])], (x) => x.mul(make(0)), EXACT),
]);

const samples: readonly Sample[] = [
  sample('fullLike', 'of float32', [input([2, 3])], (x) => x.mul(hadal.fullLike(x, 2.5)), SMOOTH),
  sample('fullLike', 'of uint8', [input([4], 'uint8')], (x) => hadal.maximum(x, hadal.fullLike(x, 7)), EXACT),
  sample(
    'fullLike',
    'of bool as int32',
    [input([0, 2], 'bool')],
    (x) => hadal.fullLike(x, -7, { dtype: 'int32' }).add(x.cast('int32')),
    EXACT,
  ),
  sample('identity', 'beside an operand', [input([3, 3])], (x) => x.mul(hadal.identity(3)), SMOOTH),
  sample(
    'identity',
    'as int32',
    [input([2, 2], 'int32')],
    (x) => x.add(hadal.identity(2, { dtype: 'int32' })),
    EXACT,
  ),
  sample('logspace', 'of 5', [input([5])], (x) => x.mul(hadal.logspace(-1, 2, 5)), SMOOTH),
  sample(
    'logspace',
    'to base 2 in float64',
    [input([9], 'float64')],
    (x) => x.mul(hadal.logspace(0, 8, 9, { base: 2, dtype: 'float64' })),
    { tolerance: 'arithmetic' },
  ),
  sample('geomspace', 'of 4', [input([4])], (x) => x.mul(hadal.geomspace(1, 1000, 4)), SMOOTH),
  sample('geomspace', 'below 0', [input([3])], (x) => x.mul(hadal.geomspace(-8, -2, 3)), SMOOTH),
  sample('indices', 'of [2, 3]', [input([2, 2, 3], 'int32')], (x) => hadal.indices([2, 3]).add(x), EXACT),
  sample(
    'indices',
    'of [4] as float32',
    [input([1, 4])],
    (x) => hadal.indices([4], { dtype: 'float32' }).mul(x),
    SMOOTH,
  ),
  sample('indices', 'of nothing', [input([2, 0, 3], 'int32')], (x) => hadal.indices([0, 3]).add(x), EXACT),
  sample(
    'fromFunction',
    'of two positions',
    [input([3, 4], 'int32')],
    (x) => hadal.fromFunction([3, 4], (row, column) => row.mul(10).add(column)).add(x),
    EXACT,
  ),
  sample(
    'fromFunction',
    'of an operand',
    [input([3])],
    (x) => hadal.fromFunction([2, 3], (row) => x.mul(row), { dtype: 'float32' }),
    SMOOTH,
  ),
  sample(
    'fromFunction',
    'that does not look at its positions',
    [input([])],
    (x) => hadal.fromFunction([2, 2], () => x.mul(2)),
    SMOOTH,
  ),
  ...windowSamples,
];

const goldens: Readonly<Record<string, GoldenUse>> = {
  fullLike: one((x) => hadal.fullLike(x, 2.5)),
  'fullLike int32': one((x) => hadal.fullLike(x, -3)),
  identity: () => hadal.identity(3),
  'identity int32': () => hadal.identity(2, { dtype: 'int32' }),
  logspace: () => hadal.logspace(-3, 5, 7),
  'logspace base 2': () => hadal.logspace(0, 8, 9, { base: 2 }),
  'logspace one': () => hadal.logspace(2, 3, 1),
  geomspace: () => hadal.geomspace(1, 1000, 10),
  'geomspace negative': () => hadal.geomspace(-2, -512, 5),
  'geomspace down': () => hadal.geomspace(1e30, 1e-30, 7),
  indices: () => hadal.indices([2, 3]),
  'indices three': () => hadal.indices([2, 1, 3], { dtype: 'float32' }),
  fromFunction: () => hadal.fromFunction([3, 3], (i, j) => i.add(j)),
  'fromFunction compared': () => hadal.fromFunction([2, 3], (i, j) => i.equal(j)),
  ...Object.fromEntries(
    windows.flatMap(([operation, make]): [string, GoldenUse][] => [
      [operation, () => make(9)],
      [`${operation} symmetric`, () => make(10, { periodic: false })],
      [`${operation} one`, () => make(1)],
    ]),
  ),
  'kaiserWindow 14': () => hadal.kaiserWindow(12, 14, { periodic: false }),
  'kaiserWindow 200': () => hadal.kaiserWindow(12, 200),
};

const errors: readonly ErrorCase[] = [
  refuses(
    'fullLike',
    'nothing',
    () => Reflect.apply(hadal.fullLike, undefined, [undefined, 1]),
    'ArgumentError',
    'expected a tensor',
  ),
  refuses('identity', 'a negative extent', () => hadal.identity(-1), 'ShapeError', '-1'),
  refuses(
    'logspace',
    'a negative base',
    () => hadal.logspace(0, 1, 5, { base: -2 }),
    'ArgumentError',
    'base -2',
  ),
  refuses('logspace', 'half a number', () => hadal.logspace(0, 1, 2.5), 'ArgumentError', 'count 2.5'),
  refuses('geomspace', 'ends of different signs', () => hadal.geomspace(-1, 1), 'ArgumentError', 'one sign'),
  refuses('geomspace', 'integers', () => hadal.geomspace(1, 8, 4, { dtype: 'int32' }), 'DTypeError', 'int32'),
  refuses('indices', 'no axes', () => hadal.indices([]), 'ShapeError', '[]'),
  refuses(
    'fromFunction',
    'a result of another shape',
    () => hadal.fromFunction([2], () => hadal.zeros([3])),
    'ShapeError',
    '[3]',
  ),
  ...windows.flatMap(([operation, make]) => [
    refuses(operation, 'a negative length', () => make(-1), 'ArgumentError', 'length -1'),
    refuses(operation, 'integers', () => make(4, { dtype: 'int32' }), 'DTypeError', 'int32'),
  ]),
  refuses('kaiserWindow', 'a negative beta', () => hadal.kaiserWindow(4, -1), 'ArgumentError', 'beta -1'),
];

export const creation: OperationFamily = { name: 'creation', samples, goldens, errors };
