/**
 * Samples of operations that reorder axes and elements, join and cut, repeat to a common shape, and surround with their
 * own elements.
 */
import {
  arraySplit,
  atLeast1d,
  atLeast2d,
  atLeast3d,
  broadcastArrays,
  broadcastShapes,
  columnStack,
  dsplit,
  dstack,
  flipLeftRight,
  flipUpDown,
  hsplit,
  hstack,
  meshgrid,
  mirrorPad,
  moveAxis,
  mul,
  ones,
  padWith,
  ravel,
  repeat,
  reverse,
  roll,
  rot90,
  swapAxes,
  type Tensor,
  unstack,
  vsplit,
  vstack,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, type SampleOptions, sample } from '../sample';
import { movements } from './movement';

const EXACT: SampleOptions = { tolerance: 'exact' };
const SMOOTH: SampleOptions = { tolerance: 'exact', derivatives: 2 };
const VIEWED: SampleOptions = { tolerance: 'exact', derivatives: 2, viewed: true };

const reorderings: readonly Sample[] = [
  ...movements('moveAxis', [
    [[2, 3, 4], 'from 0 to the end', (x) => moveAxis(x, 0, -1)],
    [[2, 3, 4, 5], 'of two', (x) => moveAxis(x, [3, 0], [0, 2])],
    [[2, 0, 3], 'of nothing', (x) => moveAxis(x, 1, 0)],
  ]),
  ...movements('swapAxes', [
    [[2, 3, 4], 'of 0 and 2', (x) => swapAxes(x, 0, 2)],
    [[33, 257], 'of the last two', (x) => swapAxes(x, -1, -2)],
    [[5], 'with itself', (x) => swapAxes(x, 0, -1)],
  ]),
  ...movements('ravel', [
    [[2, 3], 'of a matrix', (x) => ravel(x)],
    [[], 'of a scalar', (x) => ravel(x)],
  ]),
  ...movements('reverse', [
    [[2, 3], 'along axis 1', (x) => reverse(x, 1)],
    [[7], 'of all', (x) => reverse(x)],
  ]),
  ...movements('flipUpDown', [[[3, 2], 'of rows', (x) => flipUpDown(x)]]),
  ...movements('flipLeftRight', [[[3, 2, 2], 'of columns', (x) => flipLeftRight(x)]]),
  ...movements('roll', [
    [[3, 4], 'by 1 along axis 1', (x) => roll(x, 1, 1)],
    [[3, 4], 'by 5 of all elements', (x) => roll(x, 5)],
    [[3, 4], 'by -1 and 2 along two axes', (x) => roll(x, [-1, 2], [0, 1])],
    [[5], 'twice along one axis', (x) => roll(x, [1, 2], [0, 0])],
    [[4, 3], 'by one shift along both axes', (x) => roll(x, -7, [0, 1])],
    [[0, 3], 'of nothing', (x) => roll(x, 2, 0)],
    [[], 'of a scalar', (x) => roll(x, 2)],
    [[33, 257], 'by 100', (x) => roll(x, [-3, 100], [0, 1])],
  ]),
  ...movements('rot90', [
    [[2, 3], 'once', (x) => rot90(x)],
    [[2, 3], 'twice', (x) => rot90(x, 2)],
    [[2, 3], 'three times', (x) => rot90(x, 3)],
    [[2, 3, 4], 'backwards in the plane of 2 and 0', (x) => rot90(x, -1, [2, 0])],
    [[2, 3, 4], 'twice in the plane of 2 and 1', (x) => rot90(x, 6, [2, 1])],
    [[2, 3], 'all the way round', (x) => rot90(x, 4)],
  ]),
  ...movements('repeat', [
    [[2, 3], '3 times along axis 1', (x) => repeat(x, 3, 1)],
    [[2, 3], 'twice', (x) => repeat(x, 2)],
    [[2, 3], 'with a count for each', (x) => repeat(x, [2, 0, 3], -1)],
    [[3, 2], 'with one count in a list', (x) => repeat(x, [2], 0)],
    [[2, 3], 'to nothing', (x) => repeat(x, 0, 0)],
    [[], 'of a scalar', (x) => repeat(x, 3)],
  ]),
];

const cuts: readonly Sample[] = [
  ...movements('unstack', [
    [[2, 3], 'along axis 0', (x) => unstack(x)],
    [[2, 3], 'along axis 1', (x) => unstack(x, -1)],
  ]),
  ...movements('arraySplit', [
    [[7, 2], 'into 3', (x) => arraySplit(x, 3)],
    [[2, 7], 'at 2 and 5', (x) => arraySplit(x, [2, 5], 1)],
    [[3], 'into more parts than elements', (x) => arraySplit(x, 5)],
    [[6], 'at positions that go back', (x) => arraySplit(x, [4, 2, -1, 9])],
  ]),
  ...movements('hsplit', [
    [[2, 6], 'into 3', (x) => hsplit(x, 3)],
    [[5], 'of a vector', (x) => hsplit(x, [2])],
  ]),
  ...movements('vsplit', [[[4, 3], 'at 1', (x) => vsplit(x, [1])]]),
  ...movements('dsplit', [[[2, 3, 4], 'into 2', (x) => dsplit(x, 2)]]),
  ...movements('atLeast1d', [
    [[], 'of a scalar', (x) => atLeast1d(x)],
    [[3], 'of a vector', (x) => mul(atLeast1d(x), 1)],
  ]),
  ...movements('atLeast2d', [
    [[3], 'of a vector', (x) => atLeast2d(x)],
    [[], 'of a scalar', (x) => atLeast2d(x)],
  ]),
  ...movements('atLeast3d', [
    [[2, 3], 'of a matrix', (x) => atLeast3d(x)],
    [[3], 'of a vector', (x) => atLeast3d(x)],
    [[], 'of a scalar', (x) => atLeast3d(x)],
  ]),
];

/** A sample of two operands that are joined. */
const joining = (
  operation: string,
  name: string,
  shapes: readonly (readonly number[])[],
  compute: (...parts: Tensor[]) => Tensor | readonly Tensor[],
  options: SampleOptions = SMOOTH,
): Sample =>
  sample(
    operation,
    name,
    shapes.map((shape) => input(shape)),
    compute,
    options,
  );

const joins: readonly Sample[] = [
  joining(
    'hstack',
    'of matrices',
    [
      [2, 3],
      [2, 1],
    ],
    (...parts) => hstack(parts),
    VIEWED,
  ),
  joining('hstack', 'of vectors and a scalar', [[3], [], [2]], (...parts) => hstack(parts)),
  joining('vstack', 'of vectors', [[3], [3]], (...parts) => vstack(parts), VIEWED),
  joining('vstack', 'of a matrix and a vector', [[2, 3], [3]], (...parts) => vstack(parts)),
  joining(
    'dstack',
    'of matrices',
    [
      [2, 3],
      [2, 3],
    ],
    (...parts) => dstack(parts),
    VIEWED,
  ),
  joining('dstack', 'of vectors', [[4], [4]], (...parts) => dstack(parts)),
  joining('columnStack', 'of vectors', [[3], [3]], (...parts) => columnStack(parts), VIEWED),
  joining('columnStack', 'of a vector and a matrix', [[3], [3, 2]], (...parts) => columnStack(parts)),
  sample(
    'vstack',
    'of int32 and bool',
    [input([3], 'int32'), input([3], 'bool')],
    (...parts) => vstack(parts),
    EXACT,
  ),
  joining(
    'broadcastArrays',
    'of [3, 1] and [4]',
    [[3, 1], [4]],
    (...parts) => broadcastArrays(parts),
    VIEWED,
  ),
  joining('broadcastArrays', 'of nothing and a scalar', [[0, 2], []], (...parts) => broadcastArrays(parts)),
  sample(
    'broadcastArrays',
    'of different dtypes',
    [input([2, 1], 'int32'), input([3], 'bool')],
    (...parts) => broadcastArrays(parts),
    EXACT,
  ),
  joining('broadcastShapes', 'of [2, 1] and [3]', [[2, 1], [3]], (a, b) =>
    mul(ones(broadcastShapes(a?.shape ?? [], b?.shape ?? [])), a ?? 1),
  ),
  joining('meshgrid', 'by xy', [[3], [2]], (...axes) => meshgrid(axes), VIEWED),
  joining('meshgrid', 'by ij', [[3], [2], [4]], (...axes) => meshgrid(axes, { indexing: 'ij' })),
  joining('meshgrid', 'by xy of three, sparse', [[3], [], [4]], (...axes) =>
    meshgrid(axes, { sparse: true }),
  ),
  joining('meshgrid', 'of one', [[3]], (...axes) => meshgrid(axes)),
  sample(
    'meshgrid',
    'of different dtypes',
    [input([3], 'int32'), input([0])],
    (...axes) => meshgrid(axes),
    EXACT,
  ),
];

const pads: readonly Sample[] = [
  ...movements('padWith', [
    [
      [3, 4],
      'reflected',
      (x) =>
        padWith(
          x,
          [
            [1, 2],
            [3, 0],
          ],
          'reflect',
        ),
    ],
    [
      [3, 4],
      'mirrored',
      (x) =>
        padWith(
          x,
          [
            [3, 0],
            [1, 4],
          ],
          'symmetric',
        ),
    ],
    [
      [3, 4],
      'wrapped',
      (x) =>
        padWith(
          x,
          [
            [0, 3],
            [4, 1],
          ],
          'wrap',
        ),
    ],
    [
      [3, 4],
      'with the edges',
      (x) =>
        padWith(
          x,
          [
            [5, 1],
            [0, 7],
          ],
          'edge',
        ),
    ],
    [
      [3, 2],
      'reflected again and again',
      (x) =>
        padWith(
          x,
          [
            [7, 8],
            [5, 2],
          ],
          'reflect',
        ),
    ],
    [[3], 'mirrored again and again', (x) => padWith(x, [7, 8], 'symmetric')],
    [[3], 'wrapped again and again', (x) => padWith(x, [7, 8], 'wrap')],
    [[1, 2], 'of one element', (x) => padWith(x, 2, 'reflect')],
    [
      [0, 3],
      'beside nothing',
      (x) =>
        padWith(
          x,
          [
            [0, 0],
            [1, 1],
          ],
          'wrap',
        ),
    ],
    [[33, 257], 'reflected', (x) => padWith(x, 3, 'reflect')],
  ]),
  ...movements('mirrorPad', [
    [[2, 3], 'reflected', (x) => mirrorPad(x, 1, 'reflect')],
    [[2, 3], 'mirrored', (x) => mirrorPad(x, [2, 1], 'symmetric')],
  ]),
];

export const rearrangeSamples: readonly Sample[] = [...reorderings, ...cuts, ...joins, ...pads];
