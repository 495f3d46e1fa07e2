/**
 * Samples of scatters of every kind, of reading at positions along an axis and in several axes, and of choosing.
 */
import {
  batchGather,
  choose,
  type DType,
  gatherNd,
  isIn,
  mul,
  multiHot,
  putAlongAxis,
  ravelMultiIndex,
  type ScatterKind,
  scatterMax,
  scatterMin,
  scatterMul,
  scatterNd,
  scatterNdAdd,
  scatterSet,
  scatterUpdate,
  select,
  type Tensor,
  type TensorLike,
  takeAlongAxis,
  tensor,
  tensorScatterUpdate,
  unravelIndex,
  zeros,
} from '@hadal/core';
import { type InputSpec, input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';

const EXACT: SampleOptions = { tolerance: 'exact' };
const SMOOTH: SampleOptions = { tolerance: 'exact', derivatives: 2 };

const places = (shape: readonly number[], below: number, from = 0): InputSpec =>
  input(shape, 'int32', { from, below });
/** Positions that a call is given as numbers. */
export const int32 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor(values, { shape, dtype: 'int32' });

type Scatter = (x: TensorLike, indices: TensorLike, updates: TensorLike, axis?: number) => Tensor;

/** Positions that repeat, lie outside, or are none; every axis; special values; whole numbers. */
function scatterSamples(operation: string, scatter: Scatter, dtypes: readonly DType[]): Sample[] {
  const cases: readonly (readonly [
    shape: readonly number[],
    indices: readonly number[],
    axis: number,
    options: SampleOptions,
  ])[] = [
    [[5, 3], [4], 0, { tolerance: 'reduction', derivatives: 2, viewed: true }],
    [[2, 3, 2], [2, 2], 1, { tolerance: 'reduction', derivatives: 2 }],
    [[4, 3], [], -1, { tolerance: 'reduction', derivatives: 1 }],
    [[7], [33], 0, { tolerance: 'reduction' }],
    [[100, 17], [40], 0, { tolerance: 'reduction' }],
    [[3, 2], [0], 0, { tolerance: 'exact' }],
    [[0, 2], [3], 0, { tolerance: 'exact' }],
  ];
  const specs = (
    shape: readonly number[],
    indices: readonly number[],
    axis: number,
    dtype: DType = 'float32',
  ): InputSpec[] => {
    const along = axis < 0 ? axis + shape.length : axis;
    const updates = [...shape.slice(0, along), ...indices, ...shape.slice(along + 1)];
    // Ties would make extremes rough, so floats are normal; every product has a value near 1.
    return [input(shape, dtype), places(indices, (shape[along] ?? 1) + 2, -2), input(updates, dtype)];
  };
  return [
    ...cases.map(([shape, indices, axis, options]) =>
      sample(
        operation,
        `into ${shapeText(shape)} at ${shapeText(indices)} along ${axis}`,
        specs(shape, indices, axis),
        (x, at, updates) => scatter(x, at, updates, axis),
        options,
      ),
    ),
    ...dtypes.map((dtype) =>
      sample(
        operation,
        `of ${dtype}`,
        specs([4, 6], [5], 1, dtype),
        (x, at, updates) => scatter(x, at, updates, 1),
        { tolerance: 'reduction' },
      ),
    ),
    sample(
      operation,
      'of special values',
      [input([6], 'float32', 'special'), places([15], 6), input([15], 'float32', 'special')],
      (x, at, updates) => scatter(x, at, updates),
      // A product of special values may overflow on the way in one order and not in another.
      { tolerance: 'exact' },
    ),
  ].filter(({ name }) => operation !== 'scatterMul' || name !== 'of special values');
}

const KINDS: readonly ScatterKind[] = ['set', 'add', 'max', 'min', 'mul'];

const scatters: readonly Sample[] = [
  ...scatterSamples('scatterSet', scatterSet, ['float64', 'int32', 'uint8', 'bool', 'int64', 'float16']),
  ...scatterSamples('scatterMax', scatterMax, ['float64', 'int32', 'uint8', 'uint32', 'bfloat16']),
  ...scatterSamples('scatterMin', scatterMin, ['float64', 'int32', 'uint8', 'int8']),
  ...scatterSamples('scatterMul', scatterMul, ['float64', 'int32']),
  sample(
    'scatterMax',
    'with ties',
    [places([3], 6)],
    (at) => scatterMax(zeros([6]), at, zeros([3])).add(at.sum()),
    EXACT,
  ),
  sample(
    'scatterMul',
    'of a factor 0',
    [input([4]), input([3])],
    (x, updates) =>
      scatterMul(mul(x, tensor([0, 1, 1, 0])), int32([0, 3, 3]), mul(updates, tensor([1, 0, 1]))),
    { tolerance: 'reduction', derivatives: 2 },
  ),
  sample(
    'scatterSet',
    'with an update that is a number promoted',
    [input([5], 'int32'), places([2], 5), input([2])],
    (x, at, updates) => scatterSet(x, at, updates),
    EXACT,
  ),
  ...KINDS.flatMap((mode) => [
    sample(
      'putAlongAxis',
      `of [4, 3] into [4, 5], ${mode}`,
      [input([4, 5]), places([4, 3], 7, -1), input([4, 3])],
      (x, at, values) => putAlongAxis(x, at, values, 1, { mode }),
      { tolerance: 'reduction', derivatives: 2, viewed: mode === 'add' || mode === 'set' },
    ),
    sample(
      'putAlongAxis',
      `of [6, 3, 2] into [5, 3, 2] along axis 0, ${mode}`,
      [input([5, 3, 2]), places([6, 3, 2], 5), input([6, 3, 2])],
      (x, at, values) => putAlongAxis(x, at, values, 0, { mode }),
      { tolerance: 'reduction', derivatives: 1 },
    ),
  ]),
  sample(
    'putAlongAxis',
    'of a number at the same places everywhere',
    [input([33, 17], 'int32'), places([1, 4], 17)],
    (x, at) => putAlongAxis(x, at, 7, -1),
    EXACT,
  ),
  sample(
    'putAlongAxis',
    'of one axis',
    [input([6]), places([4], 6), input([4])],
    (x, at, values) => putAlongAxis(x, at, values, 0),
    SMOOTH,
  ),
];

const readings: readonly Sample[] = [
  ...(['float32', 'float64', 'int32', 'uint8', 'bool'] as const).map((dtype) =>
    sample(
      'takeAlongAxis',
      `of [4, 3] from [4, 5] ${dtype}`,
      // Some indices lie outside and are clamped.
      [input([4, 5], dtype), places([4, 3], 7, -2)],
      (x, at) => takeAlongAxis(x, at),
      { ...EXACT, viewed: dtype === 'float32' },
    ),
  ),
  sample(
    'takeAlongAxis',
    'along axis 0 with a gradient',
    [input([4, 3, 2]), places([6, 3, 2], 4)],
    (x, at) => takeAlongAxis(x, at, 0),
    SMOOTH,
  ),
  sample(
    'takeAlongAxis',
    'at the same places everywhere',
    [input([4, 5]), places([1, 2], 5)],
    (x, at) => takeAlongAxis(x, at, 1),
    SMOOTH,
  ),
  sample(
    'takeAlongAxis',
    'of one axis',
    [input([9]), places([4], 9)],
    (x, at) => takeAlongAxis(x, at),
    SMOOTH,
  ),
  sample(
    'takeAlongAxis',
    'of nothing',
    [input([3, 4]), places([3, 0], 4)],
    (x, at) => takeAlongAxis(x, at),
    EXACT,
  ),
  sample(
    'takeAlongAxis',
    'of [33, 40] from [33, 257]',
    [input([33, 257]), places([33, 40], 257)],
    (x, at) => takeAlongAxis(x, at),
    EXACT,
  ),
  sample(
    'batchGather',
    'of [2, 3] from [2, 5]',
    [input([2, 5]), places([2, 3], 7, -1)],
    (x, at) => batchGather(x, at),
    {
      ...EXACT,
      viewed: true,
    },
  ),
  sample(
    'batchGather',
    'of [2, 2, 3] from [2, 4, 3]',
    [input([2, 4, 3]), places([2, 2, 3], 4)],
    (x, at) => batchGather(x, at),
    SMOOTH,
  ),
  sample(
    'batchGather',
    'of [2, 3] from [2, 2, 4, 3] along axis 2',
    [input([2, 2, 4, 3]), places([2, 3], 4)],
    (x, at) => batchGather(x, at, { axis: 2 }),
    SMOOTH,
  ),
  sample(
    'batchGather',
    'of two batch axes',
    [input([2, 3, 4], 'int32'), places([2, 3], 4)],
    (x, at) => batchGather(x, at, { batchDims: 2 }),
    EXACT,
  ),
  sample(
    'batchGather',
    'without a batch',
    [input([4, 3]), places([2, 2], 4)],
    (x, at) => batchGather(x, at, { batchDims: 0 }),
    SMOOTH,
  ),
  sample('gatherNd', 'of elements', [input([3, 4]), places([5, 2], 6, -1)], (x, at) => gatherNd(x, at), {
    ...EXACT,
    viewed: true,
  }),
  sample(
    'gatherNd',
    'of slices',
    [input([3, 4, 2]), places([2, 3, 2], 3)],
    (x, at) => gatherNd(x, at),
    SMOOTH,
  ),
  sample(
    'gatherNd',
    'of rows',
    [input([5, 3], 'int32'), places([4, 1], 5)],
    (x, at) => gatherNd(x, at),
    EXACT,
  ),
  sample(
    'gatherNd',
    'of a batch',
    [input([2, 3, 4, 2]), places([2, 5, 2], 3)],
    (x, at) => gatherNd(x, at, { batchDims: 1 }),
    SMOOTH,
  ),
  sample(
    'gatherNd',
    'of one position',
    [input([3, 4], 'uint8'), places([2], 3)],
    (x, at) => gatherNd(x, at),
    EXACT,
  ),
  ...([scatterNdAdd, scatterUpdate, tensorScatterUpdate] as const).flatMap((scatter, index) => {
    const operation = ['scatterNdAdd', 'scatterUpdate', 'tensorScatterUpdate'][index] ?? '';
    return [
      sample(
        operation,
        'of elements',
        [input([3, 4]), places([6, 2], 5, -1), input([6])],
        (x, at, updates) => scatter(x, at, updates),
        { tolerance: 'reduction', derivatives: 2, viewed: true },
      ),
      sample(
        operation,
        'of slices',
        [input([3, 3, 2]), places([2, 2, 2], 3), input([2, 2, 2])],
        (x, at, updates) => scatter(x, at, updates),
        { tolerance: 'reduction', derivatives: 1 },
      ),
      sample(
        operation,
        'of int32',
        [input([5, 3], 'int32'), places([4, 1], 5), input([4, 3], 'int32')],
        (x, at, updates) => scatter(x, at, updates),
        EXACT,
      ),
    ];
  }),
  sample(
    'scatterNd',
    'into [4, 5]',
    [places([9, 2], 5), input([9])],
    (at, updates) => scatterNd(at, updates, [4, 5]),
    { tolerance: 'reduction', derivatives: 2, viewed: true },
  ),
  sample(
    'scatterNd',
    'of rows of uint8',
    [places([2, 2, 1], 4), input([2, 2, 3], 'uint8')],
    (at, updates) => scatterNd(at, updates, [4, 3]),
    EXACT,
  ),
];

const choices: readonly Sample[] = [
  sample(
    'select',
    'of two conditions',
    [input([3, 4]), input([3, 4]), input([4])],
    (x, a, b) => select([x.less(-0.3), x.less(0.4)], [a, b], x),
    { ...EXACT, viewed: true, derivatives: 2 },
  ),
  sample(
    'select',
    'of numbers',
    [input([2, 5], 'int32')],
    (x) => select([x.equal(1), x.greater(2), x], [10, x, -1]),
    EXACT,
  ),
  sample('select', 'of nothing', [input([0, 3])], (x) => select([x.less(0)], [x]), EXACT),
  sample(
    'choose',
    'of three',
    [places([3, 4], 5, -1), input([3, 4]), input([4]), input([3, 1])],
    (at, a, b, c) => choose(at, [a, b, c]),
    { ...EXACT, viewed: true, derivatives: 2 },
  ),
  sample('choose', 'of one', [places([2, 3], 2), input([3], 'int32')], (at, a) => choose(at, [a]), EXACT),
  sample(
    'choose',
    'of numbers',
    [input([5], 'uint8', { from: 0, below: 3 })],
    (at) => choose(at, [1.5, 2.5, -1]),
    EXACT,
  ),
  sample('multiHot', 'of [3, 4]', [places([3, 4], 7, -1)], (at) => multiHot(at, 5), {
    ...EXACT,
    viewed: true,
  }),
  sample(
    'multiHot',
    'of [6] uint8',
    [input([6], 'uint8', { from: 0, below: 9 })],
    (at) => multiHot(at, 9),
    EXACT,
  ),
  sample('multiHot', 'of no indices', [places([2, 0], 3)], (at) => multiHot(at, 3), EXACT),
  sample(
    'isIn',
    'of [3, 4] in [2, 3]',
    [input([3, 4], 'int32'), input([2, 3], 'int32')],
    (x, y) => isIn(x, y),
    {
      ...EXACT,
      viewed: true,
    },
  ),
  sample(
    'isIn',
    'of [40] in [100]',
    [input([40], 'int32'), places([100], 90, -90)],
    (x, y) => isIn(x, y),
    EXACT,
  ),
  sample(
    'isIn',
    'of special values',
    [input([15], 'float32', 'special'), input([4], 'float32', 'special')],
    (x, y) => isIn(x, y),
    EXACT,
  ),
  sample(
    'isIn',
    'of many special values',
    [input([15], 'float32', 'special'), input([70], 'float32', 'special')],
    (x, y) => isIn(x, y),
    EXACT,
  ),
  sample('isIn', 'of a scalar in nothing', [input([]), input([0])], (x, y) => isIn(x, y), EXACT),
  sample(
    'unravelIndex',
    'of [3, 4] in [2, 3, 5]',
    [places([3, 4], 33, -2)],
    (at) => unravelIndex(at, [2, 3, 5]),
    {
      ...EXACT,
      viewed: true,
    },
  ),
  sample('unravelIndex', 'of uint8 in [7]', [input([5], 'uint8')], (at) => unravelIndex(at, [7]), EXACT),
  sample(
    'ravelMultiIndex',
    'in [2, 3, 5]',
    [places([4, 1], 3, -1), places([6], 3), places([4, 6], 5)],
    (a, b, c) => ravelMultiIndex([a, b, c], [2, 3, 5]),
    { ...EXACT, viewed: true },
  ),
  sample(
    'ravelMultiIndex',
    'what unravelIndex gave',
    [places([11], 42)],
    (at) => ravelMultiIndex(unravelIndex(at, [6, 7]), [6, 7]).sub(at),
    EXACT,
  ),
];

export const indexingSamples: readonly Sample[] = [...scatters, ...readings, ...choices];
