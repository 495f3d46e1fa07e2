/**
 * Attention, and what tells it about positions.
 */
import {
  type AttentionOptions,
  alibiBias,
  groupedQueryAttention,
  rotaryEmbedding,
  scaledDotProductAttention,
  sinusoidalPositions,
  type Tensor,
  where,
  zeros,
} from '@hadal/core';
import { type InputSpec, input } from '../inputs';
import { type Sample, type SampleOptions, sample } from '../sample';
import { type OperationFamily, refuses } from './family';

const EXACT: SampleOptions = { tolerance: 'contraction' };
const SMOOTH: SampleOptions = { ...EXACT, derivatives: 2 };

/** Query [..., L, E], key [..., S, E] and value [..., S, V]. */
const operands = (
  batch: readonly number[],
  [queries, keys, depth, width]: readonly [number, number, number, number],
  dtype: InputSpec['dtype'] = 'float32',
): InputSpec[] => [
  input([...batch, queries, depth], dtype),
  input([...batch, keys, depth], dtype),
  input([...batch, keys, width], dtype),
];

const attend = (
  name: string,
  inputs: readonly InputSpec[],
  options: AttentionOptions,
  extra: SampleOptions = EXACT,
): Sample =>
  sample(
    'scaledDotProductAttention',
    name,
    inputs,
    (q, k, v) => scaledDotProductAttention(q, k, v, options),
    extra,
  );

const attentions: readonly Sample[] = [
  attend('of matrices', operands([], [3, 4, 5, 2]), {}, { ...SMOOTH, viewed: true }),
  attend('of heads', operands([2, 2], [3, 4, 2, 3]), {}, SMOOTH),
  attend('of one query', operands([2], [1, 5, 3, 3]), {}),
  attend('without keys', operands([2], [3, 0, 4, 2]), {}),
  attend('without queries', operands([2], [0, 3, 4, 2]), {}),
  attend('of tiles', operands([2], [33, 47, 16, 16]), {}),
  attend('of float64', operands([2], [3, 4, 2, 2], 'float64'), {}),
  attend('causal', operands([2], [4, 4, 3, 2]), { causal: true }, { ...SMOOTH, viewed: true }),
  attend('causal, of several blocks of queries', operands([2], [101, 130, 9, 20]), { causal: true }),
  attend('causal, of more queries than keys in several blocks', operands([1], [110, 50, 33, 40]), {
    causal: true,
  }),
  sample(
    'scaledDotProductAttention',
    'of several blocks under a bool mask',
    [...operands([2], [60, 70, 5, 7]), input([60, 70], 'bool')],
    (q, k, v, mask) => scaledDotProductAttention(q, k, v, { mask }),
    EXACT,
  ),
  attend('causal with more keys', operands([2], [3, 5, 3, 2]), { causal: true }, SMOOTH),
  attend('causal with more queries', operands([1], [5, 3, 2, 2]), { causal: true }),
  attend('with a scale', operands([2], [3, 4, 5, 2]), { scale: 0.1 }, SMOOTH),
  sample(
    'scaledDotProductAttention',
    'with leading axes that broadcast',
    [input([2, 1, 3, 4]), input([3, 5, 4]), input([5, 2])],
    (q, k, v) => scaledDotProductAttention(q, k, v),
    SMOOTH,
  ),
  sample(
    'scaledDotProductAttention',
    'under a bool mask',
    [...operands([2], [3, 4, 3, 2]), input([2, 3, 4], 'bool')],
    (q, k, v, mask) => scaledDotProductAttention(q, k, v, { mask }),
    { ...SMOOTH, viewed: true },
  ),
  sample(
    'scaledDotProductAttention',
    'under a mask of keys, causal',
    [...operands([2, 2], [4, 4, 3, 2]), input([2, 1, 1, 4], 'uint8')],
    (q, k, v, mask) => scaledDotProductAttention(q, k, v, { mask, causal: true }),
    EXACT,
  ),
  sample(
    'scaledDotProductAttention',
    'with a bias',
    [...operands([2], [3, 4, 3, 2]), input([3, 4])],
    (q, k, v, mask) => scaledDotProductAttention(q, k, v, { mask }),
    SMOOTH,
  ),
  sample(
    'scaledDotProductAttention',
    'with a bias of minus infinity in some places',
    [...operands([2], [3, 4, 3, 2]), input([2, 3, 4]), input([2, 3, 4], 'bool')],
    (q, k, v, bias, open) =>
      scaledDotProductAttention(q, k, v, { mask: where(open, bias, Number.NEGATIVE_INFINITY) }),
    SMOOTH,
  ),
  sample(
    'scaledDotProductAttention',
    'where nothing may be attended to',
    operands([2], [3, 4, 3, 2]),
    (q, k, v) => scaledDotProductAttention(q, k, v, { mask: zeros([3, 4], { dtype: 'bool' }) }),
    SMOOTH,
  ),
  sample(
    'scaledDotProductAttention',
    'of large scores',
    operands([2], [3, 4, 3, 2]),
    (q, k, v) => scaledDotProductAttention(q.mul(1e3), k.mul(1e3), v),
    EXACT,
  ),
];

const grouped = (
  heads: number,
  shared: number,
  lengths: readonly [number, number],
  batch: readonly number[] = [2],
) => [
  input([...batch, heads, lengths[0], 3]),
  input([...batch, shared, lengths[1], 3]),
  input([...batch, shared, lengths[1], 2]),
];

const groupedQueries: readonly Sample[] = [
  sample(
    'groupedQueryAttention',
    'squared, so that its gradient has one by the cotangent',
    grouped(2, 1, [2, 3], []),
    (q, k, v) => {
      const attended = groupedQueryAttention(q, k, v);
      return attended.mul(attended);
    },
    SMOOTH,
  ),
  sample(
    'groupedQueryAttention',
    'of 4 heads over 2',
    grouped(4, 2, [3, 4]),
    (q, k, v) => groupedQueryAttention(q, k, v),
    { ...SMOOTH, viewed: true },
  ),
  sample(
    'groupedQueryAttention',
    'of 3 heads over 1, causal',
    grouped(3, 1, [4, 4]),
    (q, k, v) => groupedQueryAttention(q, k, v, { causal: true }),
    SMOOTH,
  ),
  sample(
    'groupedQueryAttention',
    'of as many heads',
    grouped(2, 2, [3, 5], []),
    (q, k, v) => groupedQueryAttention(q, k, v),
    EXACT,
  ),
  sample(
    'groupedQueryAttention',
    'under a mask for every head',
    [...grouped(4, 2, [3, 4]), input([4, 3, 4], 'bool')],
    (q, k, v, mask) => groupedQueryAttention(q, k, v, { mask }),
    SMOOTH,
  ),
  sample(
    'groupedQueryAttention',
    'with a bias for all heads',
    [...grouped(4, 2, [3, 4]), input([2, 1, 3, 4])],
    (q, k, v, mask) => groupedQueryAttention(q, k, v, { mask }),
    SMOOTH,
  ),
  sample(
    'groupedQueryAttention',
    'of tiles',
    grouped(8, 2, [20, 33]),
    (q, k, v) => groupedQueryAttention(q, k, v),
    EXACT,
  ),
];

const positions: readonly Sample[] = [
  ...([false, true] as const).flatMap((interleaved) => [
    sample(
      'rotaryEmbedding',
      `of [2, 5, 6]${interleaved ? ', interleaved' : ''}`,
      [input([2, 5, 6])],
      (x) => rotaryEmbedding(x, { interleaved }),
      { tolerance: 'elementary', derivatives: 2, viewed: true },
    ),
    sample(
      'rotaryEmbedding',
      `at given positions${interleaved ? ', interleaved' : ''}`,
      [input([2, 3, 4]), input([2, 3], 'int32', { from: 0, below: 50 })],
      (x, at) => rotaryEmbedding(x, { positions: at, interleaved, base: 100 }),
      { tolerance: 'elementary', derivatives: 2 },
    ),
  ]),
  sample('rotaryEmbedding', 'of heads', [input([2, 3, 33, 16])], (x) => rotaryEmbedding(x), {
    tolerance: 'elementary',
  }),
  sample('rotaryEmbedding', 'of nothing', [input([2, 0, 4])], (x) => rotaryEmbedding(x), {
    tolerance: 'elementary',
  }),
  sample('rotaryEmbedding', 'of float64', [input([3, 4], 'float64')], (x) => rotaryEmbedding(x), {
    tolerance: 'elementary',
  }),
  sample('rotaryEmbedding', 'of int32', [input([3, 4], 'int32')], (x) => rotaryEmbedding(x), {
    tolerance: 'elementary',
  }),
  sample(
    'sinusoidalPositions',
    'of [7, 6] beside an operand',
    [input([7, 6])],
    (x) => x.add(sinusoidalPositions(7, 6)),
    {
      tolerance: 'elementary',
    },
  ),
  sample(
    'sinusoidalPositions',
    'of odd depth beside an operand',
    [input([33, 17])],
    (x) => x.add(sinusoidalPositions(33, 17, { base: 50 })),
    { tolerance: 'elementary' },
  ),
  sample(
    'sinusoidalPositions',
    'of length 0 beside an operand',
    [input([0, 4])],
    (x) => x.add(sinusoidalPositions(0, 4)),
    { tolerance: 'elementary' },
  ),
  sample(
    'sinusoidalPositions',
    'of float64 beside an operand',
    [input([5, 4], 'float64')],
    (x) => x.add(sinusoidalPositions(5, 4, { dtype: 'float64' })),
    { tolerance: 'elementary' },
  ),
  ...[8, 6, 1].map((heads) =>
    sample(
      'alibiBias',
      `of ${heads} heads beside an operand`,
      [input([heads, 3, 5])],
      (x) => x.add(alibiBias(heads, 3, 5)),
      {
        tolerance: 'arithmetic',
      },
    ),
  ),
  sample(
    'alibiBias',
    'after earlier keys, in attention',
    operands([4], [2, 5, 3, 2]),
    (q, k, v) => scaledDotProductAttention(q, k, v, { mask: alibiBias(4, 2, 5, { offset: 3 }) }),
    EXACT,
  ),
];

const none: Tensor = zeros([1, 1]);

export const attention: OperationFamily = {
  name: 'attention',
  samples: [...attentions, ...groupedQueries, ...positions],
  goldens: {
    scaledDotProductAttention: (q = none, k = none, v = none) => scaledDotProductAttention(q, k, v),
    'scaledDotProductAttention causal': (q = none, k = none, v = none) =>
      scaledDotProductAttention(q, k, v, { causal: true }),
    'scaledDotProductAttention mask': (q = none, k = none, v = none, mask) =>
      scaledDotProductAttention(q, k, v, { mask }),
    'scaledDotProductAttention bias': (q = none, k = none, v = none, mask) =>
      scaledDotProductAttention(q, k, v, { mask, scale: 0.25 }),
    groupedQueryAttention: (q = none, k = none, v = none) => groupedQueryAttention(q, k, v),
    'groupedQueryAttention causal': (q = none, k = none, v = none) =>
      groupedQueryAttention(q, k, v, { causal: true }),
    rotaryEmbedding: (x = none) => rotaryEmbedding(x),
    'rotaryEmbedding interleaved': (x = none, at) =>
      rotaryEmbedding(x, { positions: at, interleaved: true, base: 500 }),
    sinusoidalPositions: () => sinusoidalPositions(9, 6),
    'sinusoidalPositions odd': () => sinusoidalPositions(5, 7, { base: 100 }),
    alibiBias: () => alibiBias(8, 3, 4),
    'alibiBias 6 heads': () => alibiBias(6, 2, 5, { offset: 3 }),
  },
  errors: [
    refuses(
      'scaledDotProductAttention',
      'depths that differ',
      () => scaledDotProductAttention(zeros([3, 4]), zeros([3, 5]), zeros([3, 4])),
      'ShapeError',
      '4 ≠ 5',
    ),
    refuses(
      'scaledDotProductAttention',
      'more keys than values',
      () => scaledDotProductAttention(zeros([3, 4]), zeros([5, 4]), zeros([3, 4])),
      'ShapeError',
      '5 ≠ 3',
    ),
    refuses(
      'scaledDotProductAttention',
      'vectors',
      () => scaledDotProductAttention(zeros([4]), zeros([5, 4]), zeros([5, 4])),
      'ShapeError',
      '[..., length, depth]',
    ),
    refuses(
      'scaledDotProductAttention',
      'batches that do not meet',
      () => scaledDotProductAttention(zeros([2, 3, 4]), zeros([3, 5, 4]), zeros([5, 4])),
      'ShapeError',
      'do not broadcast',
    ),
    refuses(
      'scaledDotProductAttention',
      'a mask that does not fit',
      () => scaledDotProductAttention(zeros([3, 4]), zeros([5, 4]), zeros([5, 4]), { mask: zeros([5, 3]) }),
      'ShapeError',
      'mask [5, 3]',
    ),
    refuses(
      'scaledDotProductAttention',
      'dropping everything',
      () => scaledDotProductAttention(zeros([3, 4]), zeros([5, 4]), zeros([5, 4]), { dropout: 1 }),
      'ArgumentError',
      'dropout 1',
    ),
    refuses(
      'groupedQueryAttention',
      'heads that do not divide',
      () => groupedQueryAttention(zeros([3, 2, 4]), zeros([2, 2, 4]), zeros([2, 2, 4])),
      'ShapeError',
      '2 key heads',
    ),
    refuses(
      'groupedQueryAttention',
      'a mask of too few heads',
      () =>
        groupedQueryAttention(zeros([4, 2, 4]), zeros([2, 2, 4]), zeros([2, 2, 4]), {
          mask: zeros([2, 2, 2]),
        }),
      'ShapeError',
      'has 2 heads',
    ),
    refuses(
      'rotaryEmbedding',
      'an odd depth',
      () => rotaryEmbedding(zeros([4, 3])),
      'ShapeError',
      'even depth',
    ),
    refuses(
      'rotaryEmbedding',
      'positions that do not fit',
      () => rotaryEmbedding(zeros([4, 2]), { positions: zeros([3]) }),
      'ShapeError',
      'positions [3]',
    ),
    refuses(
      'sinusoidalPositions',
      'a length below 0',
      () => sinusoidalPositions(-1, 4),
      'ArgumentError',
      'length is -1',
    ),
    refuses(
      'sinusoidalPositions',
      'whole numbers',
      () => sinusoidalPositions(3, 4, { dtype: 'int32' }),
      'DTypeError',
      'int32',
    ),
    refuses('alibiBias', 'half a head', () => alibiBias(0.5, 2, 2), 'ArgumentError', 'heads is 0.5'),
  ],
};
