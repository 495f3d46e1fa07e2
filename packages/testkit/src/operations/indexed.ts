/**
 * Samples of operations that pick or add at computed positions, and of those that make tensors.
 */
import {
  arange,
  cast,
  eye,
  full,
  gather,
  linspace,
  mul,
  oneHot,
  ones,
  onesLike,
  scatterAdd,
  take,
  zeros,
  zerosLike,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample, shapeText } from '../sample';
import { DTYPES } from './movement';

const gathers: readonly (readonly [shape: readonly number[], indices: readonly number[], axis: number])[] = [
  [[5, 3], [4], 0],
  [[2, 5, 3], [2, 2], 1],
  [[4, 3], [], -1],
  [[7], [33], 0],
  [[100, 17], [40], 0],
  [[3, 2], [0], 0],
];

export const indexedSamples: readonly Sample[] = [
  ...gathers.flatMap(([shape, indices, axis], index) =>
    (index === 0 ? DTYPES : DTYPES.slice(0, 1)).map((dtype) =>
      sample(
        'gather',
        `from ${shapeText(shape)} ${dtype} with ${shapeText(indices)} along ${axis}`,
        // Some indices lie outside and are clamped.
        [input(shape, dtype), input(indices, 'int32', { from: -2, below: 9 })],
        (x, at) => gather(x, at, axis),
        { tolerance: 'exact', viewed: index < 2, derivatives: 0 },
      ),
    ),
  ),
  sample(
    'gather',
    'with a gradient',
    [input([5, 3]), input([2, 3], 'int32', { from: 0, below: 5 })],
    (x, at) => gather(x, at),
    {
      tolerance: 'exact',
      derivatives: 2,
    },
  ),
  sample(
    'gather',
    'from a computed tensor',
    [input([5, 3]), input([6], 'uint8', { from: 0, below: 5 })],
    (x, at) => gather(mul(x, 2).exp(), at).sum(1),
    { tolerance: 'reduction', derivatives: 2 },
  ),
  sample(
    'gather',
    'from a reshaped tensor, as many as there are',
    [input([2, 5]), input([10], 'int32', { from: 0, below: 10 })],
    (x, at) => gather(gather(x.reshape([10]), at), at),
    { tolerance: 'exact', derivatives: 2 },
  ),
  sample(
    'take',
    'along axis 1',
    [input([2, 4]), input([3], 'int32', { from: 0, below: 4 })],
    (x, at) => take(x, at, 1),
    {
      tolerance: 'exact',
    },
  ),
  ...gathers.map(([shape, indices, axis], index) => {
    const along = axis < 0 ? axis + shape.length : axis;
    const updates = [...shape.slice(0, along), ...indices, ...shape.slice(along + 1)];
    return sample(
      'scatterAdd',
      `into ${shapeText(shape)} at ${shapeText(indices)} along ${axis}`,
      // Some indices lie outside and are dropped, some are equal and add up.
      [input(shape), input(indices, 'int32', { from: -2, below: 9 }), input(updates)],
      (x, at, values) => scatterAdd(x, at, values, axis),
      { tolerance: 'reduction', viewed: index < 2, derivatives: index < 2 ? 2 : 0 },
    );
  }),
  sample(
    'scatterAdd',
    'of int32',
    [input([4], 'int32'), input([9], 'int32', { from: 0, below: 4 }), input([9], 'int32')],
    (x, at, values) => scatterAdd(x, at, values),
    { tolerance: 'exact' },
  ),
  sample('oneHot', 'of [2, 3]', [input([2, 3], 'int32', { from: -1, below: 5 })], (at) => oneHot(at, 4), {
    tolerance: 'exact',
    viewed: true,
  }),
  sample(
    'oneHot',
    'as int32 along axis 0',
    [input([5], 'uint8', { from: 0, below: 4 })],
    (at) => oneHot(at, 4, { dtype: 'int32', axis: 0 }),
    { tolerance: 'exact' },
  ),
];

/** Operations without operands take their device from a sum with one. */
export const creationSamples: readonly Sample[] = [
  sample('zeros', 'beside an operand', [input([2, 3])], (x) => x.add(zeros([2, 3])), { tolerance: 'exact' }),
  sample('ones', 'beside an operand', [input([2, 3])], (x) => x.mul(ones([2, 3])), { tolerance: 'exact' }),
  sample('full', 'beside an operand', [input([2, 3])], (x) => x.add(full([3], 2.5)), {
    tolerance: 'arithmetic',
  }),
  sample('zerosLike', 'of an operand', [input([2, 3], 'int32')], (x) => zerosLike(x).add(x), {
    tolerance: 'exact',
  }),
  sample('onesLike', 'of an operand', [input([2, 3], 'int32')], (x) => onesLike(x).add(x), {
    tolerance: 'exact',
  }),
  sample('arange', 'as float32', [input([7])], (x) => x.add(arange(7)), { tolerance: 'arithmetic' }),
  sample('arange', 'in steps', [input([4])], (x) => x.mul(arange(1, 3, 0.5)), { tolerance: 'arithmetic' }),
  sample('linspace', 'from -1 to 1', [input([9])], (x) => x.add(linspace(-1, 1, 9)), {
    tolerance: 'arithmetic',
  }),
  sample('eye', 'beside an operand', [input([3, 4])], (x) => x.mul(eye(3, 4)), { tolerance: 'exact' }),
  sample('arange', 'cast and compared', [input([5], 'int32')], (x) => x.less(cast(arange(5), 'int32')), {
    tolerance: 'exact',
  }),
];
