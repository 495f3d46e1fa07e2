/**
 * Images transformed, filtered, compared, and the boxes found in them.
 */
import {
  affineTransform,
  arange,
  boxIoU,
  type FillMode,
  gaussianBlur,
  mapCoordinates,
  nonMaxSuppression,
  psnr,
  rotateWithOffset,
  type SuppressionOptions,
  sobelEdges,
  ssim,
  type Tensor,
  tensor,
  totalVariation,
  zeros,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample, shapeText } from '../sample';
import { type ErrorCase, type GoldenUse, refuses } from './family';

const MODES: readonly FillMode[] = ['constant', 'nearest', 'reflect', 'mirror', 'wrap'];

/** A slight turn, a shift and some perspective. */
const PROJECTIVE = [0.9, 0.2, 0.6, -0.15, 1.1, -0.8, 0.01, 0.02];
const projective = (x: Tensor): Tensor =>
  tensor(PROJECTIVE, { dtype: x.dtype === 'float64' ? 'float64' : 'float32', device: x.device });

/** Coordinates inside and beside an image, none so near to a whole number that a difference quotient would meet it. */
const betweenElements = (at: Tensor): Tensor =>
  at
    .mul(0.4)
    .add(0.5)
    .add(arange(-3, 9).reshape([2, 3, 2]));

const transforms: readonly Sample[] = [
  ...MODES.flatMap((fillMode, index) => [
    sample(
      'affineTransform',
      `of [2, 4, 5, 2], ${fillMode}`,
      [input([2, 4, 5, 2])],
      (x) => affineTransform(x, projective(x), { fillMode }),
      {
        tolerance: 'reduction',
        derivatives: 2,
        viewed: index === 0,
      },
    ),
    sample(
      'mapCoordinates',
      `of [4, 5], ${fillMode}`,
      [input([4, 5]), input([2, 3, 2], 'float32', 'inner')],
      (x, at) => mapCoordinates(x, betweenElements(at), { fillMode }),
      {
        tolerance: 'reduction',
        derivatives: 1,
        viewed: index === 0,
      },
    ),
  ]),
  sample(
    'affineTransform',
    'of one image to another size',
    [input([4, 5, 3]), input([8])],
    (x, t) => affineTransform(x, t.mul(0.01).add(projective(x)), { outputSize: [3, 6], fillValue: 2 }),
    {
      tolerance: 'reduction',
    },
  ),
  sample(
    'affineTransform',
    'of every image by its own, nearest',
    [input([3, 4, 4, 1]), input([3, 8])],
    (x, t) => affineTransform(x, t.mul(0.1).add(projective(x)), { method: 'nearest' }),
    {
      tolerance: 'exact',
    },
  ),
  sample(
    'affineTransform',
    'of float64',
    [input([1, 4, 4, 1], 'float64')],
    (x) => affineTransform(x, projective(x)),
    { tolerance: 'reduction' },
  ),
  sample('rotateWithOffset', 'of [2, 4, 5, 2]', [input([2, 4, 5, 2])], (x) => rotateWithOffset(x, 0.4), {
    tolerance: 'reduction',
    derivatives: 2,
    viewed: true,
  }),
  sample(
    'rotateWithOffset',
    'about a corner, mirrored',
    [input([4, 5, 1])],
    (x) => rotateWithOffset(x, -1.1, { center: [0, 1], fillMode: 'mirror' }),
    {
      tolerance: 'reduction',
      derivatives: 2,
    },
  ),
  sample(
    'rotateWithOffset',
    'nearest',
    [input([1, 8, 9, 3])],
    (x) => rotateWithOffset(x, 0.3, { method: 'nearest', fillValue: 9 }),
    { tolerance: 'exact' },
  ),
  sample('rotateWithOffset', 'of uint8', [input([1, 8, 9, 3], 'uint8')], (x) => rotateWithOffset(x, 2), {
    tolerance: 'reduction',
  }),
  sample(
    'mapCoordinates',
    'of a vector, nearest',
    [input([9]), input([1, 7], 'float32', 'positive')],
    (x, at) => mapCoordinates(x, at.mul(3), { order: 0 }),
    { tolerance: 'exact' },
  ),
  sample(
    'mapCoordinates',
    'of a volume',
    [input([3, 4, 2]), input([3, 5])],
    (x, at) => mapCoordinates(x, at, { fillValue: 1 }),
    { tolerance: 'reduction' },
  ),
];

const SHAPES: readonly (readonly number[])[] = [
  [2, 5, 6, 2],
  [4, 3, 1],
  [1, 1, 1, 1],
  [0, 3, 3, 2],
  [1, 17, 19, 3],
];

const filters: readonly Sample[] = SHAPES.flatMap((shape, index) => {
  const options = { tolerance: 'reduction', derivatives: index < 2 ? 2 : 0, viewed: index < 2 } as const;
  return [
    sample('gaussianBlur', `of ${shapeText(shape)}`, [input(shape)], (x) => gaussianBlur(x, 3), options),
    sample(
      'gaussianBlur',
      `of ${shapeText(shape)}, wide and low`,
      [input(shape)],
      (x) => gaussianBlur(x, [1, 5], { sigma: [1, 2], fillMode: 'constant' }),
      options,
    ),
    sample('sobelEdges', `of ${shapeText(shape)}`, [input(shape)], sobelEdges, options),
    sample(
      'totalVariation',
      `of ${shapeText(shape)}`,
      [input(shape, 'float32', 'distinct')],
      totalVariation,
      {
        ...options,
        derivatives: index < 2 ? 1 : 0,
      },
    ),
    sample('psnr', `of ${shapeText(shape)}`, [input(shape), input(shape)], (a, b) => psnr(a, b, 2), {
      ...options,
      derivatives: shape[0] === 0 ? 0 : options.derivatives,
    }),
  ];
});

const comparisons: readonly Sample[] = [
  sample(
    'ssim',
    'of [2, 5, 6, 2]',
    [input([2, 5, 6, 2]), input([2, 5, 6, 2])],
    (a, b) => ssim(a, b, { filterSize: 3, maxValue: 3 }),
    {
      tolerance: 'reduction',
      derivatives: 2,
      viewed: true,
    },
  ),
  sample('ssim', 'of one image with itself', [input([12, 13, 1])], (a) => ssim(a, a), {
    tolerance: 'reduction',
  }),
  sample(
    'ssim',
    'of bright images',
    [input([1, 16, 16, 3], 'uint8'), input([1, 16, 16, 3], 'uint8')],
    (a, b) => ssim(a, b, { maxValue: 255 }),
    { tolerance: 'reduction' },
  ),
  sample(
    'ssim',
    'of float64',
    [input([1, 12, 12, 1], 'float64'), input([1, 12, 12, 1], 'float64')],
    (a, b) => ssim(a, b),
    { tolerance: 'reduction' },
  ),
  sample(
    'psnr',
    'of float64',
    [input([2, 2, 2, 1], 'float64'), input([2, 2, 2, 1], 'float64')],
    (a, b) => psnr(a, b),
    { tolerance: 'reduction' },
  ),
  ...(
    [
      [3, 4],
      [1, 1],
      [0, 2],
      [33, 40],
    ] as const
  ).map(([n, m], index) =>
    sample('boxIoU', `of ${n} and ${m}`, [input([n, 4]), input([m, 4])], boxIoU, {
      tolerance: 'reduction',
      derivatives: index === 0 ? 1 : 0,
      viewed: index === 0,
    }),
  ),
  sample('boxIoU', 'of int32', [input([5, 4], 'int32'), input([5, 4], 'int32')], boxIoU, {
    tolerance: 'reduction',
  }),
  ...(
    [
      [9, 4, {}],
      [5, 8, { iouThreshold: 0 }],
      [20, 6, { iouThreshold: 0.2, scoreThreshold: 0.3 }],
      [1, 1, {}],
      [0, 3, {}],
      [70, 10, { iouThreshold: 1 }],
    ] satisfies [number, number, SuppressionOptions][]
  ).map(([count, most, options]) =>
    sample(
      'nonMaxSuppression',
      `of ${count}, at most ${most}, ${JSON.stringify(options)}`,
      [input([count, 4]), input([count])],
      (boxes, scores) => {
        const { indices, count: kept } = nonMaxSuppression(boxes, scores, most, options);
        return [indices, kept];
      },
      { tolerance: 'exact', viewed: count === 9 },
    ),
  ),
];

export const analysisSamples: readonly Sample[] = [...transforms, ...filters, ...comparisons];

const none = zeros([1, 1, 1, 1]);
const suppressed =
  (most: number, options: SuppressionOptions): GoldenUse =>
  (boxes = none, scores = none) => {
    const { indices, count } = nonMaxSuppression(boxes, scores, most, options);
    return [indices, count];
  };

export const analysisGoldens: Readonly<Record<string, GoldenUse>> = {
  ...Object.fromEntries(
    MODES.flatMap((fillMode): [string, GoldenUse][] => [
      [
        `mapCoordinates ${fillMode}`,
        (x = none, at = none) => mapCoordinates(x, at, { fillMode, fillValue: 2 }),
      ],
      [`affineTransform ${fillMode}`, (x = none, t = none) => affineTransform(x, t, { fillMode })],
    ]),
  ),
  'mapCoordinates nearest element': (x = none, at = none) =>
    mapCoordinates(x, at, { order: 0, fillMode: 'nearest' }),
  rotateWithOffset: (x = none) => rotateWithOffset(x, 0.7),
  'rotateWithOffset corner': (x = none) => rotateWithOffset(x, -2, { center: [0, 1], fillMode: 'nearest' }),
  gaussianBlur: (x = none) => gaussianBlur(x, 5, { sigma: 1.2 }),
  'gaussianBlur constant': (x = none) => gaussianBlur(x, [3, 7], { fillMode: 'constant' }),
  'gaussianBlur wrap': (x = none) => gaussianBlur(x, 3, { sigma: [0.5, 2], fillMode: 'wrap' }),
  sobelEdges: (x = none) => sobelEdges(x),
  'sobelEdges one image': (x = none) => sobelEdges(x),
  totalVariation: (x = none) => totalVariation(x),
  'totalVariation one image': (x = none) => totalVariation(x),
  psnr: (a = none, b = none) => psnr(a, b),
  'psnr of 255': (a = none, b = none) => psnr(a, b, 255),
  ssim: (a = none, b = none) => ssim(a, b),
  'ssim small filter': (a = none, b = none) => ssim(a, b, { maxValue: 4, filterSize: 5, filterSigma: 1 }),
  boxIoU: (a = none, b = none) => boxIoU(a, b),
  'boxIoU with itself': (a = none) => boxIoU(a, a),
  nonMaxSuppression: suppressed(6, {}),
  'nonMaxSuppression thresholds': suppressed(12, { iouThreshold: 0.1, scoreThreshold: 0.2 }),
};

const images = zeros([2, 4, 4, 3]);

export const analysisErrors: readonly ErrorCase[] = [
  refuses(
    'affineTransform',
    'six numbers',
    () => affineTransform(images, zeros([6])),
    'ShapeError',
    '[2, 8]',
  ),
  refuses(
    'affineTransform',
    'an unknown fill mode',
    () => affineTransform(images, zeros([8]), { fillMode: JSON.parse('"edge"') }),
    'ArgumentError',
    "'edge'",
  ),
  refuses('rotateWithOffset', 'no angle', () => rotateWithOffset(images, Number.NaN), 'ArgumentError', 'NaN'),
  refuses('rotateWithOffset', 'a matrix', () => rotateWithOffset(zeros([2, 3]), 1), 'ShapeError', '[2, 3]'),
  refuses(
    'mapCoordinates',
    'too few coordinates',
    () => mapCoordinates(zeros([2, 3]), zeros([1, 4])),
    'ShapeError',
    '[1, 4]',
  ),
  refuses(
    'mapCoordinates',
    'splines',
    () => mapCoordinates(zeros([3]), zeros([1]), { order: JSON.parse('3') }),
    'ArgumentError',
    'order 3',
  ),
  refuses('gaussianBlur', 'an even size', () => gaussianBlur(images, 4), 'ArgumentError', 'size 4'),
  refuses(
    'gaussianBlur',
    'no width',
    () => gaussianBlur(images, 3, { sigma: 0 }),
    'ArgumentError',
    'sigma 0',
  ),
  refuses('sobelEdges', 'a vector', () => sobelEdges(zeros([3])), 'ShapeError', '[3]'),
  refuses('totalVariation', 'a vector', () => totalVariation(zeros([3])), 'ShapeError', '[3]'),
  refuses('psnr', 'shapes that differ', () => psnr(images, zeros([2, 4, 4, 1])), 'ShapeError', 'differ'),
  refuses('ssim', 'images that are too small', () => ssim(images, images), 'ShapeError', '11 × 11'),
  refuses(
    'boxIoU',
    'boxes of two numbers',
    () => boxIoU(zeros([2, 4]), zeros([2, 2])),
    'ShapeError',
    '[2, 2]',
  ),
  refuses(
    'nonMaxSuppression',
    'too few scores',
    () => nonMaxSuppression(zeros([3, 4]), zeros([2]), 1),
    'ShapeError',
    '3 boxes',
  ),
  refuses(
    'nonMaxSuppression',
    'no outputs',
    () => nonMaxSuppression(zeros([3, 4]), zeros([3]), 0),
    'ArgumentError',
    'maxOutput is 0',
  ),
];
