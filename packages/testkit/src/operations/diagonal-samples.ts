/**
 * Samples of diagonals, triangles, and matrices that a vector determines.
 */
import {
  bandPart,
  diag,
  diagEmbed,
  diagFlat,
  diagIndices,
  diagonal,
  fillDiagonal,
  type Tensor,
  toeplitz,
  trace,
  tri,
  tril,
  trilIndices,
  triu,
  triuIndices,
  vander,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, type SampleOptions, sample } from '../sample';
import { movements } from './movement';

const EXACT: SampleOptions = { tolerance: 'exact' };
const SMOOTH: SampleOptions = { tolerance: 'exact', derivatives: 2 };
const VIEWED: SampleOptions = { tolerance: 'exact', derivatives: 2, viewed: true };

const diagonals: readonly Sample[] = [
  ...movements('diag', [
    [[3], 'of a vector', (x) => diag(x)],
    [[3], 'above', (x) => diag(x, 2)],
    [[2], 'below', (x) => diag(x, -1)],
    [[0], 'of nothing', (x) => diag(x, 1)],
    [[3, 4], 'of a matrix', (x) => diag(x)],
    [[4, 3], 'above in a matrix', (x) => diag(x, 1)],
    [[4, 3], 'below in a matrix', (x) => diag(x, -2)],
    [[2, 3], 'outside of a matrix', (x) => diag(x, 5)],
    [[33, 257], 'of a large matrix', (x) => diag(x, 100)],
  ]),
  ...movements('diagEmbed', [
    [[2, 3], 'of a batch', (x) => diagEmbed(x)],
    [[2, 2, 2], 'below', (x) => diagEmbed(x, { offset: -1 })],
  ]),
  ...movements('diagFlat', [
    [[2, 2], 'of a matrix', (x) => diagFlat(x)],
    [[], 'of a scalar', (x) => diagFlat(x, 1)],
  ]),
  ...movements('diagonal', [
    [[3, 4], 'of a matrix', (x) => diagonal(x)],
    [[2, 3, 4], 'of the last axes', (x) => diagonal(x, { axis1: 1, axis2: 2, offset: 1 })],
    [[2, 3, 4], 'of axes 2 and 0', (x) => diagonal(x, { axis1: 2, axis2: 0, offset: -1 })],
    [[2, 3], 'outside', (x) => diagonal(x, { offset: -4 })],
    [[2, 0, 3], 'of nothing', (x) => diagonal(x)],
  ]),
  ...[
    { name: 'of a matrix', shape: [3, 4], compute: (x: Tensor) => trace(x) },
    { name: 'above', shape: [4, 4], compute: (x: Tensor) => trace(x, { offset: 1 }) },
    {
      name: 'of the last axes',
      shape: [2, 3, 3],
      compute: (x: Tensor) => trace(x, { axis1: -2, axis2: -1 }),
    },
    { name: 'of nothing', shape: [0, 3], compute: (x: Tensor) => trace(x) },
  ].map(({ name, shape, compute }, index) =>
    sample('trace', name, [input(shape)], compute, {
      tolerance: 'reduction',
      derivatives: 2,
      viewed: index === 0,
    }),
  ),
  sample('trace', 'of int32', [input([3, 3], 'int32')], (x) => trace(x), EXACT),
  sample('trace', 'of uint8', [input([3, 3], 'uint8')], (x) => trace(x), EXACT),
  sample('fillDiagonal', 'with a number', [input([3, 4])], (x) => fillDiagonal(x, 7.5), VIEWED),
  sample('fillDiagonal', 'with a scalar', [input([4, 2]), input([])], (x, v) => fillDiagonal(x, v), SMOOTH),
  sample('fillDiagonal', 'with a vector', [input([5, 3]), input([3])], (x, v) => fillDiagonal(x, v), VIEWED),
  sample('fillDiagonal', 'with a vector, wide', [input([2, 5]), input([2])], fillDiagonal, SMOOTH),
  sample('fillDiagonal', 'of a cube', [input([3, 3, 3]), input([3])], (x, v) => fillDiagonal(x, v), SMOOTH),
  sample('fillDiagonal', 'of int32', [input([3, 3], 'int32')], (x) => fillDiagonal(x, -4), EXACT),
  sample('fillDiagonal', 'of bool', [input([3, 3], 'bool'), input([], 'bool')], fillDiagonal, EXACT),
];

const triangles: readonly Sample[] = [
  ...movements('tril', [
    [[3, 4], 'at the diagonal', (x) => tril(x)],
    [[2, 3, 3], 'above, of a batch', (x) => tril(x, 1)],
    [[4, 3], 'below', (x) => tril(x, -2)],
    [[0, 3], 'of nothing', (x) => tril(x)],
  ]),
  ...movements('triu', [
    [[3, 4], 'at the diagonal', (x) => triu(x)],
    [[2, 3, 3], 'above, of a batch', (x) => triu(x, 1)],
    [[4, 3], 'below', (x) => triu(x, -2)],
    [[33, 257], 'far above', (x) => triu(x, 100)],
  ]),
  ...movements('bandPart', [
    [[4, 5], 'of 1 and 2', (x) => bandPart(x, 1, 2)],
    [[4, 4], 'of all below', (x) => bandPart(x, -1, 0)],
    [[2, 3, 3], 'of all above', (x) => bandPart(x, 0, -1)],
    [[3, 3], 'of all', (x) => bandPart(x.mul(1), -1, -1)],
  ]),
  sample('triu', 'of special values', [input([4, 5], 'float32', 'special')], (x) => triu(x), EXACT),
  sample('tri', 'beside an operand', [input([3, 4])], (x) => x.mul(tri(3, 4)), SMOOTH),
  sample(
    'tri',
    'below, as int32',
    [input([3, 3], 'int32')],
    (x) => x.add(tri(3, 3, -1, { dtype: 'int32' })),
    EXACT,
  ),
  sample('tri', 'square', [input([3, 3])], (x) => x.add(tri(3)), { tolerance: 'arithmetic' }),
  sample(
    'trilIndices',
    'beside an operand',
    [input([6], 'int32')],
    (x) => trilIndices(3).map((at) => at.add(x)),
    EXACT,
  ),
  sample(
    'triuIndices',
    'beside an operand',
    [input([5], 'int32')],
    (x) => triuIndices(2, { columns: 3 }).map((at) => at.add(x)),
    EXACT,
  ),
  sample(
    'diagIndices',
    'beside an operand',
    [input([2], 'int32')],
    (x) => diagIndices([2, 3]).map((at) => at.add(x)),
    EXACT,
  ),
];

const structured: readonly Sample[] = [
  sample('vander', 'square', [input([4])], (x) => vander(x), {
    tolerance: 'arithmetic',
    derivatives: 2,
    viewed: true,
  }),
  sample('vander', 'increasing', [input([3])], (x) => vander(x, { columns: 6, increasing: true }), {
    tolerance: 'arithmetic',
    derivatives: 2,
  }),
  sample('vander', 'of int32', [input([3], 'int32')], (x) => vander(x, { columns: 5 }), EXACT),
  sample('vander', 'of one column', [input([3])], (x) => vander(x, { columns: 1 }), EXACT),
  sample('vander', 'of no column', [input([3])], (x) => vander(x, { columns: 0 }), EXACT),
  sample('toeplitz', 'of column and row', [input([3]), input([4])], (c, r) => toeplitz(c, r), VIEWED),
  sample('toeplitz', 'symmetric', [input([4])], (c) => toeplitz(c), SMOOTH),
  sample('toeplitz', 'of one row', [input([1]), input([3])], (c, r) => toeplitz(c, r), SMOOTH),
  sample('toeplitz', 'of int32', [input([3], 'int32'), input([2], 'int32')], (c, r) => toeplitz(c, r), EXACT),
];

export const diagonalSamples: readonly Sample[] = [...diagonals, ...triangles, ...structured];
