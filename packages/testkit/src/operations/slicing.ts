/**
 * Slicing: NumPy's index expressions, TensorFlow's strided slices, boxes at computed places.
 */
import * as hadal from '@hadal/core';
import { zeros } from '@hadal/core';
import { type ErrorCase, type GoldenUse, type OperationFamily, refuses } from './family';
import { one, three, two } from './golden-use';
import { slicingSamples } from './slicing-samples';

const goldens: Readonly<Record<string, GoldenUse>> = {
  'at position': one((x) => hadal.at(x, 1)),
  'at spans': one((x) => hadal.at(x, '1:3, ::-1')),
  'at text': one((x) => hadal.at(x, '::2, newaxis, ..., 4:0:-3')),
  'at bounds': one((x) => hadal.at(x, '-9:2, 9:-9:-2')),
  'at lists': one((x) => hadal.at(x, [0, 2, 2], [1, 1, -1])),
  'at mask': one((x) => hadal.at(x, '...', [true, false, true, true])),
  'at lists apart': one((x) => hadal.at(x, [0, 1], '1:3', [4, 0])),
  'at lists side by side': one((x) => hadal.at(x, '...', [0, 1], [4, 0])),
  'at position and list': one((x) => hadal.at(x, '...', 2, [0, 4])),
  'at position apart from list': one((x) => hadal.at(x, 1, '...', [0, 4])),
  'at newaxis between lists': one((x) => hadal.at(x, [0, 1], null, [2, 0])),
  'at tensors': three((x, i, j) => hadal.at(x, '::-1', i, j)),
  'at tensors apart': three((x, i, j) => hadal.at(x, i, '...', j)),
  'stridedSlice backwards': one((x) => hadal.stridedSlice(x, [3, 0], [0, 5], [-1, 2])),
  'stridedSlice masks': one((x) =>
    hadal.stridedSlice(x, [1, 0, 9, 1], [0, 0, 0, 4], [1, 1, -2, 1], {
      shrinkAxisMask: 1,
      newAxisMask: 2,
      beginMask: 4,
      endMask: 4,
    }),
  ),
  setAt: two((x, v) => hadal.setAt(x, '..., 1:3', v)),
  'setAt steps': two((x, v) => hadal.setAt(x, ['::-2', '1::2'], v)),
  'setAt lists': two((x, v) => hadal.setAt(x, [[0, 2], '1:', [1, 0]], v)),
  'setAt repeated': three((x, i, v) => hadal.setAt(x, [i], v)),
  'setAt number': one((x) => hadal.setAt(x, [1, -1], 9)),
  addAt: two((x, v) => hadal.addAt(x, '::2, ::-1', v)),
  'addAt repeated': three((x, i, v) => hadal.addAt(x, [i], v)),
  'addAt int32': two((x, i) => hadal.addAt(x, ['...', i], 2)),
  sliceUpdate: two((x, v) => hadal.sliceUpdate(x, [1, 2], v)),
  'sliceUpdate int32': two((x, v) => hadal.sliceUpdate(x, [-1], v)),
  dynamicSlice: two((x, start) => hadal.dynamicSlice(x, start, [2, 3])),
  'dynamicSlice clamped': two((x, start) => hadal.dynamicSlice(x, start, [2, 3])),
  dynamicUpdateSlice: three(hadal.dynamicUpdateSlice),
  'dynamicUpdateSlice clamped': three(hadal.dynamicUpdateSlice),
};

const errors: readonly ErrorCase[] = [
  refuses(
    'at',
    'a position outside',
    () => hadal.at(zeros([2, 3]), 0, 3),
    'ArgumentError',
    'index 3 is outside of axis 1',
  ),
  refuses('at', 'half a position', () => hadal.at(zeros([2]), 0.5), 'ArgumentError', 'index 0.5'),
  refuses('at', 'more entries than axes', () => hadal.at(zeros([2]), '0, 0'), 'ShapeError', '2 indices'),
  refuses('at', 'two ellipses', () => hadal.at(zeros([2]), '..., ...'), 'ArgumentError', 'twice'),
  refuses('at', 'a step of 0', () => hadal.at(zeros([2]), '::0'), 'ArgumentError', 'step of a span is 0'),
  refuses('at', 'text that is no index', () => hadal.at(zeros([2]), '1:two'), 'ArgumentError', '"1:two"'),
  refuses(
    'at',
    'text with nothing between commas',
    () => hadal.at(zeros([2, 2]), '1,,1'),
    'ArgumentError',
    '"1,,1"',
  ),
  refuses('at', 'a mask of another length', () => hadal.at(zeros([2]), [true]), 'ShapeError', '1 booleans'),
  refuses(
    'at',
    'a bool tensor',
    () => hadal.at(zeros([2]), zeros([2], { dtype: 'bool' })),
    'DTypeError',
    'where(mask, x, other)',
  ),
  refuses('at', 'a float tensor', () => hadal.at(zeros([2]), zeros([2])), 'DTypeError', 'float32'),
  refuses(
    'at',
    'lists that do not broadcast',
    () => hadal.at(zeros([4, 4]), [0, 1], [0, 1, 2]),
    'ShapeError',
    '2 ≠ 3',
  ),
  refuses(
    'stridedSlice',
    'lists of different lengths',
    () => hadal.stridedSlice(zeros([2]), [0], []),
    'ArgumentError',
    '0 ends',
  ),
  refuses(
    'stridedSlice',
    'a stride of 0',
    () => hadal.stridedSlice(zeros([2]), [0], [1], [0]),
    'ArgumentError',
    'step',
  ),
  refuses(
    'setAt',
    'a value that does not broadcast',
    () => hadal.setAt(zeros([4]), '1:3', zeros([3])),
    'ShapeError',
    '[2]',
  ),
  refuses(
    'setAt',
    'a fraction among integers',
    () => hadal.setAt(zeros([4], { dtype: 'int32' }), [0], 0.5),
    'DTypeError',
    'cannot hold 0.5',
  ),
  refuses('addAt', 'bool', () => hadal.addAt(zeros([4], { dtype: 'bool' }), [0], 1), 'DTypeError', 'bool'),
  refuses('addAt', 'a position outside', () => hadal.addAt(zeros([4]), [[4]], 1), 'ArgumentError', 'index 4'),
  refuses(
    'sliceUpdate',
    'a box that hangs over',
    () => hadal.sliceUpdate(zeros([4]), [3], zeros([2])),
    'ShapeError',
    '[3]',
  ),
  refuses(
    'sliceUpdate',
    'half a position',
    () => hadal.sliceUpdate(zeros([4]), [0.5], zeros([2])),
    'ArgumentError',
    '0.5',
  ),
  refuses(
    'dynamicSlice',
    'a box larger than the tensor',
    () => hadal.dynamicSlice(zeros([4]), zeros([1], { dtype: 'int32' }), [5]),
    'ShapeError',
    '[5]',
  ),
  refuses(
    'dynamicSlice',
    'a float start',
    () => hadal.dynamicSlice(zeros([4]), zeros([1]), [2]),
    'DTypeError',
    'float32',
  ),
  refuses(
    'dynamicUpdateSlice',
    'a start of another rank',
    () => hadal.dynamicUpdateSlice(zeros([4]), zeros([2], { dtype: 'int32' }), zeros([2])),
    'ShapeError',
    '[2]',
  ),
];

export const slicing: OperationFamily = { name: 'slicing', samples: slicingSamples, goldens, errors };
