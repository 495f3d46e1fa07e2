/**
 * Samples of operations that move elements.
 */
import {
  DTYPES as ALL_DTYPES,
  broadcastTo,
  concat,
  type DType,
  expandDims,
  flatten,
  flip,
  mul,
  pad,
  permute,
  reshape,
  slice,
  split,
  squeeze,
  stack,
  type Tensor,
  tile,
  transpose,
} from '@hadal/core';
import { input } from '../inputs';
import { type Derivatives, type Sample, sample, shapeText } from '../sample';

/** float32 first: it stands for the others where one is enough. */
export const DTYPES: readonly DType[] = ['float32', ...ALL_DTYPES.filter((dtype) => dtype !== 'float32')];

/** Samples of a movement of one operand: every dtype on the first shape, float32 on the others. */
export function movements(
  operation: string,
  cases: readonly (readonly [
    shape: readonly number[],
    how: string,
    compute: (x: Tensor) => Tensor | Tensor[],
  ])[],
): Sample[] {
  return cases.flatMap(([shape, how, compute], index) =>
    (index === 0 ? DTYPES : DTYPES.slice(0, 1)).map((dtype) => {
      const derivatives: Derivatives = dtype === 'float32' ? 2 : 0;
      return sample(operation, `of ${shapeText(shape)} ${dtype} ${how}`, [input(shape, dtype)], compute, {
        tolerance: 'exact',
        viewed: index === 0,
        derivatives,
      });
    }),
  );
}

export const movementSamples: readonly Sample[] = [
  ...movements('reshape', [
    [[2, 6], 'to [3, -1]', (x) => reshape(x, [3, -1])],
    [[0, 4], 'to [2, 0]', (x) => reshape(x, [2, 0])],
    [[1], 'to []', (x) => reshape(x, [])],
    [[33, 257], 'to [257, 33]', (x) => reshape(x, [257, 33])],
    [[2, 3, 4], 'after a transpose', (x) => reshape(transpose(x), [4, 6])],
    [[2, 3, 4], 'between two transposes', (x) => transpose(reshape(transpose(x), [6, 4]))],
  ]),
  ...movements('transpose', [
    [[2, 3], 'reversed', (x) => transpose(x)],
    [[2, 3, 4], 'by [2, 0, 1]', (x) => transpose(x, [2, 0, 1])],
    [[3, 0, 2], 'by [1, 2, 0]', (x) => transpose(x, [1, 2, 0])],
    [[33, 257], 'reversed', (x) => transpose(x)],
    [[2, 3, 4, 5], 'by [0, 3, 1, 2]', (x) => permute(x, [0, 3, 1, 2])],
  ]),
  ...movements('expandDims', [[[2, 3], 'at 1 and -1', (x) => expandDims(x, [1, -1])]]),
  ...movements('squeeze', [
    [[1, 3, 1], 'of all', (x) => squeeze(x)],
    [[1, 3, 1], 'of axis 2', (x) => squeeze(x, 2)],
  ]),
  ...movements('flatten', [[[2, 3, 4], 'from axis 1', (x) => flatten(x, 1)]]),
  ...movements('broadcastTo', [
    [[3, 1], 'to [2, 3, 4]', (x) => broadcastTo(x, [2, 3, 4])],
    [[], 'to [5]', (x) => broadcastTo(x, [5])],
    [[1], 'to [0]', (x) => broadcastTo(x, [0])],
  ]),
  ...movements('flip', [
    [[3, 4], 'of all axes', (x) => flip(x)],
    [[2, 3, 4], 'of axis 1', (x) => flip(x, 1)],
    [[0, 3], 'of nothing', (x) => flip(x, 0)],
    [[5], 'twice around a product', (x) => flip(mul(flip(x), 2))],
  ]),
  ...movements('slice', [
    [[4, 5], 'from [1, 2]', (x) => slice(x, [1, 2])],
    [[4, 5], 'to [3, 4] in steps of 2', (x) => slice(x, [0, 1], [3, 4], [2, 2])],
    [[9], 'in steps of 3', (x) => slice(x, [1], [9], [3])],
    [[4, 5], 'down to nothing', (x) => slice(x, [2, 0], [2, 5])],
    [[33, 257], 'of the middle', (x) => slice(x, [5, 100], [30, 240])],
    [[4, 6], 'of a slice', (x) => slice(slice(x, [1, 1]), [1, 0], [3, 5], [1, 2])],
  ]),
  ...movements('pad', [
    [[2, 3], 'by 1', (x) => pad(x, 1)],
    [
      [2, 3],
      'unevenly',
      (x) =>
        pad(x, [
          [0, 2],
          [1, 0],
        ]),
    ],
    [[0, 2], 'around nothing', (x) => pad(x, 1)],
    [[4], 'after a flip', (x) => pad(flip(x), [2, 1])],
    [[3, 3], 'twice', (x) => pad(mul(pad(x, 1), 3), [2, 0])],
  ]),
  ...movements('tile', [
    [[2, 3], 'by [2, 2]', (x) => tile(x, [2, 2])],
    [[3], 'by [2, 1]', (x) => tile(x, [2, 1])],
  ]),
  ...movements('split', [
    [[6, 2], 'into 3', (x) => split(x, 3)],
    [[2, 5], 'into 1 and 4', (x) => split(x, [1, 4], 1)],
  ]),
  sample('pad', 'of float32 with a value', [input([2, 2])], (x) => pad(x, 1, -7.5), { tolerance: 'exact' }),
  sample('pad', 'of float32 with -Infinity', [input([2, 2])], (x) => pad(x, 1, Number.NEGATIVE_INFINITY), {
    tolerance: 'exact',
  }),
  ...DTYPES.map((dtype) =>
    sample(
      'concat',
      `of three ${dtype} along axis 1`,
      [input([2, 3], dtype), input([2, 1], dtype), input([2, 4], dtype)],
      (...parts) => concat(parts, 1),
      { tolerance: 'exact', viewed: true, derivatives: dtype === 'float32' ? 2 : 0 },
    ),
  ),
  sample(
    'concat',
    'of eleven parts along the last axis',
    Array.from({ length: 11 }, (_, i) => input([3, (i % 3) + 1])),
    (...parts) => concat(parts, 1),
    { tolerance: 'exact', derivatives: 2 },
  ),
  sample(
    'concat',
    'of eleven maxima along the last axis',
    [input([3, 11, 5])],
    (x) =>
      concat(
        split(x, 11, 1).map((part) => part.max(2)),
        1,
      ).mul(2),
    { tolerance: 'arithmetic' },
  ),
  sample(
    'concat',
    'with an empty part',
    [input([2, 3]), input([0, 3]), input([1, 3])],
    (...parts) => concat(parts),
    {
      tolerance: 'exact',
    },
  ),
  sample(
    'concat',
    'of computed parts',
    [input([7]), input([5])],
    (a, b) => concat([mul(a, 2), b, mul(a, b.sum())]),
    {
      tolerance: 'arithmetic',
      derivatives: 2,
    },
  ),
  sample('stack', 'of two along axis 1', [input([2, 3]), input([2, 3])], (a, b) => stack([a, b], 1), {
    tolerance: 'exact',
    viewed: true,
    derivatives: 2,
  }),
];
