/**
 * Resizing images and cutting boxes out of them.
 */
import { cropAndResize, type ResizeOptions, resize, type Tensor, upSampling, zeros } from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample, shapeText } from '../sample';
import { type ErrorCase, type GoldenUse, refuses } from './family';

const WAYS: readonly (readonly [name: string, options: ResizeOptions])[] = [
  ['bilinear', {}],
  ['bilinear with aligned corners', { alignCorners: true }],
  ['bilinear of TensorFlow 1', { halfPixelCenters: false }],
  ['bilinear antialiased', { antialias: true }],
  ['bicubic', { method: 'bicubic' }],
  ['bicubic with aligned corners', { method: 'bicubic', alignCorners: true }],
  ['bicubic antialiased', { method: 'bicubic', antialias: true }],
  ['lanczos3', { method: 'lanczos3' }],
  ['lanczos5 antialiased', { method: 'lanczos5', antialias: true }],
  ['nearest', { method: 'nearest' }],
  ['nearest with aligned corners', { method: 'nearest', alignCorners: true }],
  ['nearest of TensorFlow 1', { method: 'nearest', halfPixelCenters: false }],
];

const isNearest = ({ method }: ResizeOptions): boolean => method === 'nearest';

const resizes: readonly Sample[] = [
  ...WAYS.flatMap(([name, options], index) => [
    sample(
      'resize',
      `of [2, 4, 5, 2] to [7, 3], ${name}`,
      [input([2, 4, 5, 2])],
      (x) => resize(x, [7, 3], options),
      {
        tolerance: isNearest(options) ? 'exact' : 'reduction',
        derivatives: 2,
        viewed: index % 3 === 0,
      },
    ),
    sample(
      'resize',
      `of [9, 8, 3] to [4, 16], ${name}`,
      [input([9, 8, 3])],
      (x) => resize(x, [4, 16], options),
      {
        tolerance: isNearest(options) ? 'exact' : 'reduction',
      },
    ),
  ]),
  sample('resize', 'to the same size', [input([1, 4, 4, 1])], (x) => resize(x, [4, 4]), {
    tolerance: 'exact',
    derivatives: 2,
  }),
  sample(
    'resize',
    'to one pixel',
    [input([1, 3, 4, 2])],
    (x) => [resize(x, [1, 1]), resize(x, [1, 1], { alignCorners: true })],
    {
      tolerance: 'reduction',
      derivatives: 2,
    },
  ),
  sample('resize', 'of one pixel', [input([1, 1, 1, 2])], (x) => resize(x, [3, 2], { method: 'bicubic' }), {
    tolerance: 'reduction',
  }),
  sample('resize', 'of an empty batch', [input([0, 2, 2, 3])], (x) => resize(x, [3, 3]), {
    tolerance: 'reduction',
  }),
  sample('resize', 'of one axis', [input([2, 5, 3])], (x) => resize(x, [8]), {
    tolerance: 'reduction',
    derivatives: 2,
  }),
  sample('resize', 'of volumes', [input([1, 2, 3, 4, 2])], (x) => resize(x, [3, 5, 2]), {
    tolerance: 'reduction',
    derivatives: 2,
  }),
  sample(
    'resize',
    'nearest by whole factors',
    [input([2, 3, 4, 2])],
    (x) => resize(x, [6, 12], { method: 'nearest' }),
    {
      tolerance: 'exact',
      derivatives: 2,
    },
  ),
  sample(
    'resize',
    'nearest of uint8',
    [input([2, 5, 4, 2], 'uint8')],
    (x) => resize(x, [3, 8], { method: 'nearest' }),
    { tolerance: 'exact' },
  ),
  sample('resize', 'bilinear of uint8', [input([2, 5, 4, 2], 'uint8')], (x) => resize(x, [3, 8]), {
    tolerance: 'reduction',
  }),
  sample('resize', 'of float64', [input([1, 5, 4, 2], 'float64')], (x) => resize(x, [3, 8]), {
    tolerance: 'reduction',
  }),
  sample('resize', 'of tiles', [input([1, 33, 17, 9])], (x) => resize(x, [50, 40]), {
    tolerance: 'reduction',
  }),
];

const upSamplings: readonly Sample[] = (
  [
    [
      [2, 3, 4, 2],
      [2, 3],
    ],
    [[1, 5, 2], 3],
    [[1, 2, 2, 3, 1], 2],
    [[0, 2, 2, 1], 2],
    [[2, 17, 9, 8], 2],
  ] as const
).flatMap(([shape, size], index) => [
  sample('upSampling', `of ${shapeText(shape)} by ${size}`, [input(shape)], (x) => upSampling(x, size), {
    tolerance: 'exact',
    derivatives: index < 2 ? 2 : 0,
    viewed: index < 2,
  }),
  sample(
    'upSampling',
    `of ${shapeText(shape)} int32 by ${size}`,
    [input(shape, 'int32')],
    (x) => upSampling(x, size),
    {
      tolerance: 'exact',
    },
  ),
]);

const crop = (
  name: string,
  shape: readonly number[],
  boxes: number,
  size: readonly [number, number],
  compute: (image: Tensor, box: Tensor, index: Tensor) => Tensor,
  derivatives: 0 | 1 | 2,
): Sample =>
  sample(
    'cropAndResize',
    `of ${shapeText(shape)} to ${boxes} of ${shapeText(size)}, ${name}`,
    [
      input(shape),
      input([boxes, 4], 'float32', 'inner'),
      input([boxes], 'int32', { from: 0, below: Math.max(1, shape[0] ?? 1) }),
    ],
    compute,
    { tolerance: 'reduction', derivatives, viewed: derivatives > 1 },
  );

const crops: readonly Sample[] = [
  // The second derivative along a box exists only between pixels; the samples stay away from that.
  crop('bilinear', [2, 5, 6, 2], 3, [3, 4], (x, boxes, at) => cropAndResize(x, boxes, at, [3, 4]), 1),
  crop(
    'at fixed boxes',
    [2, 5, 6, 2],
    3,
    [3, 4],
    (x, boxes, at) => cropAndResize(x, boxes.mul(0).add(0.7), at, [3, 4]),
    1,
  ),
  crop('inside', [1, 5, 6, 2], 4, [2, 2], (x, boxes, at) => cropAndResize(x, boxes.abs(), at, [2, 2]), 0),
  crop(
    'one pixel each',
    [2, 4, 4, 1],
    5,
    [1, 1],
    (x, boxes, at) => cropAndResize(x, boxes.abs(), at, [1, 1]),
    1,
  ),
  crop(
    'nearest',
    [2, 5, 6, 3],
    3,
    [4, 3],
    (x, boxes, at) => cropAndResize(x, boxes.abs(), at, [4, 3], { method: 'nearest' }),
    0,
  ),
  crop(
    'filled with 7',
    [2, 5, 6, 2],
    3,
    [3, 3],
    (x, boxes, at) => cropAndResize(x, boxes, at, [3, 3], { extrapolationValue: 7 }),
    0,
  ),
  crop('no boxes', [2, 5, 6, 2], 0, [3, 3], (x, boxes, at) => cropAndResize(x, boxes, at, [3, 3]), 0),
  sample(
    'cropAndResize',
    'of float64',
    [
      input([2, 4, 4, 1], 'float64'),
      input([3, 4], 'float64', 'inner'),
      input([3], 'int32', { from: 0, below: 2 }),
    ],
    (x, boxes, at) => cropAndResize(x, boxes, at, [3, 3]),
    { tolerance: 'reduction' },
  ),
  sample(
    'cropAndResize',
    'of uint8, indices outside clamped',
    [
      input([2, 4, 4, 1], 'uint8'),
      input([3, 4], 'float32', 'inner'),
      input([3], 'int32', { from: -3, below: 6 }),
    ],
    (x, boxes, at) => cropAndResize(x, boxes.abs(), at, [2, 3]),
    { tolerance: 'reduction' },
  ),
];

export const resamplingSamples: readonly Sample[] = [...resizes, ...upSamplings, ...crops];

const none = zeros([1, 1, 1, 1]);

export const resamplingGoldens: Readonly<Record<string, GoldenUse>> = {
  ...Object.fromEntries(
    WAYS.flatMap(([name, options]): [string, GoldenUse][] => [
      [`resize ${name}, larger`, (x = none) => resize(x, [7, 11], options)],
      [`resize ${name}, smaller`, (x = none) => resize(x, [3, 4], options)],
    ]),
  ),
  'resize one axis': (x = none) => resize(x, [9]),
  'resize volumes': (x = none) => resize(x, [3, 5, 2]),
  upSampling: (x = none) => upSampling(x, 2),
  'upSampling int32': (x = none) => upSampling(x, [1, 3]),
  cropAndResize: (x = none, boxes = none, at = none) =>
    cropAndResize(x, boxes, at, [3, 4], { extrapolationValue: -1 }),
  'cropAndResize nearest': (x = none, boxes = none, at = none) =>
    cropAndResize(x, boxes, at, [4, 1], { method: 'nearest' }),
};

const images = zeros([2, 4, 4, 3]);
const index = zeros([2], { dtype: 'int32' });

export const resamplingErrors: readonly ErrorCase[] = [
  refuses(
    'resize',
    'a size that does not fit the rank',
    () => resize(images, [2]),
    'ShapeError',
    '[2, 4, 4, 3]',
  ),
  refuses('resize', 'an extent of 0', () => resize(images, [2, 0]), 'ArgumentError', 'holds 0'),
  refuses('resize', 'no pixels', () => resize(zeros([1, 0, 4, 1]), [2, 2]), 'ShapeError', 'no pixels'),
  refuses(
    'resize',
    'nearest antialiased',
    () => resize(images, [2, 2], { method: 'nearest', antialias: true }),
    'ArgumentError',
    'antialias',
  ),
  refuses(
    'resize',
    'corners and centers',
    () => resize(images, [2, 2], { alignCorners: true, halfPixelCenters: true }),
    'ArgumentError',
    'exclude each other',
  ),
  refuses('upSampling', 'half a repetition', () => upSampling(images, 1.5), 'ArgumentError', '1.5'),
  refuses('upSampling', 'no spatial axes', () => upSampling(zeros([2, 3]), 2), 'ShapeError', '[2, 3]'),
  refuses(
    'cropAndResize',
    'boxes of two corners',
    () => cropAndResize(images, zeros([2, 2]), index, [2, 2]),
    'ShapeError',
    'boxes [2, 2]',
  ),
  refuses(
    'cropAndResize',
    'another number of indices',
    () => cropAndResize(images, zeros([3, 4]), index, [2, 2]),
    'ShapeError',
    'indices [2]',
  ),
  refuses(
    'cropAndResize',
    'indices that are fractions',
    () => cropAndResize(images, zeros([2, 4]), zeros([2]), [2, 2]),
    'DTypeError',
    'float32',
  ),
  refuses(
    'cropAndResize',
    'a size of 0',
    () => cropAndResize(images, zeros([2, 4]), index, [0, 2]),
    'ArgumentError',
    'holds 0',
  ),
];
