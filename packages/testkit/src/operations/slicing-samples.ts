/**
 * Samples of index expressions: reading, writing and adding where they say, and boxes at computed places.
 */
import {
  addAt,
  at,
  dynamicSlice,
  dynamicUpdateSlice,
  type Index,
  mul,
  setAt,
  sliceUpdate,
  stridedSlice,
  type Tensor,
} from '@hadal/core';
import { type InputSpec, input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';
import { movements } from './movement';

const EXACT: SampleOptions = { tolerance: 'exact' };
const SMOOTH: SampleOptions = { tolerance: 'exact', derivatives: 2 };
const VIEWED: SampleOptions = { tolerance: 'exact', derivatives: 2, viewed: true };

/** Positions in [-extent, extent), so that negative ones are there too. */
const positions = (shape: readonly number[], extent: number): InputSpec =>
  input(shape, 'int32', { from: -extent, below: extent });

const reading: readonly Sample[] = [
  ...movements('at', [
    [[3, 4], 'by 1', (x) => at(x, 1)],
    [[3, 4], 'by -1, ::-1', (x) => at(x, -1, '::-1')],
    [[3, 4, 5], 'by text', (x) => at(x, '::2, newaxis, ..., 4:0:-3')],
    [[3, 4, 5], 'by a span', (x) => at(x, '...', { start: 1, stop: -1 }, 0)],
    [[3, 4], 'by nothing', (x) => at(x)],
    [[3, 4], 'by an empty span', (x) => at(x, '2:1, 5:')],
    [[3, 4], 'by a list', (x) => at(x, '...', [3, 0, -1])],
    [[3, 4], 'by a mask', (x) => at(x, [true, false, true], '::-1')],
    [[3, 4], 'by two lists', (x) => at(x, [0, 2, 2], [1, 1, -1])],
    [[3, 4, 5], 'by lists apart', (x) => at(x, [0, 1], '1:3', [4, 0])],
    [[3, 4, 5], 'by a position and a list', (x) => at(x, '::-1', 2, [0, 4])],
    [[3, 4, 5], 'by a position apart from a list', (x) => at(x, 1, '...', [0, 4])],
    [[3, 4], 'by an empty list', (x) => at(x, [])],
    [[0, 4], 'of nothing', (x) => at(x, '::-1', null)],
    [[], 'of a scalar', (x) => at(x, '...', null)],
    [[33, 257], 'of the middle', (x) => at(x, '30:5:-2, 100:240:3')],
  ]),
  sample('at', 'by a tensor', [input([5, 3]), positions([4], 5)], (x, i) => at(x, i), VIEWED),
  sample(
    'at',
    'by a tensor behind',
    [input([2, 4]), positions([3, 2], 4)],
    (x, i) => at(x, '::-1', i),
    SMOOTH,
  ),
  sample(
    'at',
    'by a tensor outside',
    [input([4]), input([9], 'int32', { from: -9, below: 9 })],
    (x, i) => at(x, i),
    EXACT,
  ),
  sample(
    'at',
    'by two tensors',
    [input([4, 5]), positions([3, 1], 4), positions([2], 5)],
    (x, i, j) => at(x, i, j),
    VIEWED,
  ),
  sample(
    'at',
    'by two tensors apart',
    [input([3, 2, 4]), positions([3], 3), positions([2, 1], 4)],
    (x, i, j) => at(x, i, '...', j),
    SMOOTH,
  ),
  sample(
    'at',
    'by two tensors in the middle',
    [input([2, 3, 4, 2]), positions([3], 3), positions([], 4)],
    (x, i, j) => at(x, '::-1', i, j, '1:'),
    SMOOTH,
  ),
  sample(
    'at',
    'by uint8',
    [input([9, 2]), input([3], 'uint8', { from: 0, below: 9 })],
    (x, i) => at(x, i, 1),
    EXACT,
  ),
  ...movements('stridedSlice', [
    [[4, 5], 'backwards', (x) => stridedSlice(x, [3, 0], [0, 5], [-1, 2])],
    [
      [3, 4, 5],
      'with masks',
      (x) =>
        stridedSlice(x, [1, 0, 9, 1], [0, 0, 0, 4], [1, 1, -2, 1], {
          shrinkAxisMask: 1,
          newAxisMask: 2,
          beginMask: 4,
          endMask: 4,
        }),
    ],
    [[2, 3, 4], 'with an ellipsis', (x) => stridedSlice(x, [0, 1], [0, 3], [1, 1], { ellipsisMask: 1 })],
    [[6], 'from the end', (x) => stridedSlice(x, [-4], [-1])],
  ]),
  sample(
    'dynamicSlice',
    'of [4, 5]',
    [input([4, 5]), input([2], 'int32', { from: 0, below: 3 })],
    (x, s) => dynamicSlice(x, s, [2, 3]),
    VIEWED,
  ),
  sample(
    'dynamicSlice',
    'clamped',
    [input([7]), input([1], 'int32', { from: 5, below: 99 })],
    (x, s) => dynamicSlice(x, s, [3]),
    SMOOTH,
  ),
  sample(
    'dynamicSlice',
    'below 0 along one axis',
    [input([3, 4], 'int32'), input([2], 'int32', { from: -9, below: -1 })],
    (x, s) => dynamicSlice(x, s, [3, 1]),
    EXACT,
  ),
  sample(
    'dynamicSlice',
    'of no elements',
    [input([3, 4]), positions([2], 3)],
    (x, s) => dynamicSlice(x, s, [2, 0]),
    EXACT,
  ),
];

/** An index expression, and the shape of a value for it. */
type Place = readonly [
  shape: readonly number[],
  how: string,
  index: string | readonly Index[],
  value: readonly number[],
];

const PLACES: readonly Place[] = [
  [[3, 4], 'in a row', [1], [4]],
  [[3, 4], 'in columns', '..., 1:3', [3, 2]],
  [[3, 4], 'in every other column', [null, '::-1, ::2'], [1, 3, 2]],
  [[2, 5], 'backwards', ['...', '3::-2'], [2]],
  [[5], 'at one place', [-2], []],
  [[3, 4], 'everywhere', [], [3, 1]],
  [[3, 4], 'nowhere', ['2:1'], [0, 4]],
  [[3, 4], 'in picked rows', [[2, 0]], [2, 4]],
  [[3, 4], 'in masked columns', ['...', [true, false, false, true]], [2]],
  [[3, 4, 2], 'at picked places apart', [[0, 2], '1:', [1, 0]], [2, 3]],
  [[2, 3, 4], 'at picked places of a part', ['::-1', [0, 2], [1, 1]], [2, 2]],
  [[33, 257], 'in a large box', '5:30, 100:240:7', []],
];

const writing: readonly Sample[] = [
  ...PLACES.flatMap(([shape, how, index, value], i) => [
    ...(i === 0 ? (['float32', 'float64', 'int32', 'uint8', 'bool'] as const) : (['float32'] as const)).map(
      (dtype) =>
        sample(
          'setAt',
          `of ${shapeText(shape)} ${dtype} ${how}`,
          [input(shape, dtype), input(value, dtype)],
          (x, v) => setAt(x, index, v),
          { tolerance: 'exact', viewed: i < 3, derivatives: dtype === 'float32' ? 2 : 0 },
        ),
    ),
    sample(
      'addAt',
      `of ${shapeText(shape)} ${how}`,
      [input(shape), input(value)],
      (x, v) => addAt(x, index, v),
      {
        tolerance: 'reduction',
        viewed: i < 1,
        derivatives: 2,
      },
    ),
  ]),
  ...(['setAt', 'addAt'] as const).flatMap((operation) => {
    const write = operation === 'setAt' ? setAt : addAt;
    const options: SampleOptions = { tolerance: 'reduction', derivatives: 2 };
    const made = (
      name: string,
      inputs: readonly InputSpec[],
      compute: (...inputs: Tensor[]) => Tensor,
      extra: SampleOptions = options,
    ): Sample => sample(operation, name, inputs, compute, extra);
    return [
      // Some places are named twice: the last value stays, or all add up.
      made('at places in a tensor', [input([5, 3]), positions([7], 5), input([7, 3])], (x, i, v) =>
        write(x, i === undefined ? [] : [i], v ?? 0),
      ),
      made(
        'at places outside',
        [input([4]), input([9], 'int32', { from: -9, below: 9 }), input([9])],
        (x, i, v) => write(x, i === undefined ? [] : [i], v ?? 0),
      ),
      made(
        'at places in two tensors',
        [input([4, 5]), positions([3, 1], 4), positions([2], 5), input([3, 2])],
        (x, i, j, v) => write(x, i === undefined || j === undefined ? [] : [i, j], v ?? 0),
      ),
      made('with a number', [input([4, 5])], (x) => write(x, '1:3, ::2', 7.5)),
      made(
        'of int32',
        [input([6], 'int32'), positions([4], 6)],
        (x, i) => write(x, i === undefined ? [] : [i], 3),
        EXACT,
      ),
    ];
  }),
  sample(
    'sliceUpdate',
    'of [4, 5]',
    [input([4, 5]), input([2, 3])],
    (x, v) => sliceUpdate(x, [1, -4], v),
    VIEWED,
  ),
  sample(
    'sliceUpdate',
    'along one axis',
    [input([4, 5]), input([4, 2])],
    (x, v) => sliceUpdate(x, [0, 3], v),
    SMOOTH,
  ),
  sample(
    'sliceUpdate',
    'of all',
    [input([2, 3]), input([2, 3])],
    (x, v) => sliceUpdate(x, [0, 0], v),
    SMOOTH,
  ),
  sample(
    'sliceUpdate',
    'of nothing',
    [input([2, 3]), input([0, 3])],
    (x, v) => sliceUpdate(x, [2, 0], v),
    EXACT,
  ),
  sample(
    'sliceUpdate',
    'of bool',
    [input([2, 3], 'bool'), input([1, 2], 'bool')],
    (x, v) => sliceUpdate(x, [1, 1], v),
    EXACT,
  ),
  sample(
    'dynamicUpdateSlice',
    'of [4, 5]',
    [input([4, 5]), input([2], 'int32', { from: 0, below: 3 }), input([2, 3])],
    (x, s, v) => dynamicUpdateSlice(x, s, v),
    VIEWED,
  ),
  sample(
    'dynamicUpdateSlice',
    'clamped',
    [input([7]), input([1], 'int32', { from: 5, below: 99 }), input([3])],
    (x, s, v) => dynamicUpdateSlice(x, s, mul(v, 2)),
    SMOOTH,
  ),
  sample(
    'dynamicUpdateSlice',
    'below 0 along one axis',
    [input([3, 4], 'int32'), input([2], 'int32', { from: -9, below: -1 }), input([3, 2], 'int32')],
    dynamicUpdateSlice,
    EXACT,
  ),
  sample(
    'dynamicUpdateSlice',
    'of all',
    [input([2, 3]), positions([2], 2), input([2, 3])],
    dynamicUpdateSlice,
    SMOOTH,
  ),
  sample(
    'dynamicUpdateSlice',
    'of nothing',
    [input([2, 3]), positions([2], 2), input([0, 3])],
    dynamicUpdateSlice,
    EXACT,
  ),
];

export const slicingSamples: readonly Sample[] = [...reading, ...writing];
