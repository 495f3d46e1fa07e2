/**
 * Colors.
 */
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  grayscaleToRGB,
  hsvToRgb,
  rgbToGrayscale,
  rgbToHsv,
  type Tensor,
  zeros,
} from '@hadal/core';
import { input } from '../inputs';
import { type Derivatives, type Sample, sample, shapeText } from '../sample';
import type { ToleranceClass } from '../tolerance';
import { type ErrorCase, type GoldenUse, refuses } from './family';

/** Samples of a function of colors in [0, 1]: inputs from 0.2 to 3 are scaled into it. */
const colorful = (
  operation: string,
  compute: (x: Tensor) => Tensor,
  tolerance: ToleranceClass,
  derivatives: Derivatives,
): Sample[] => [
  ...([[2, 2, 3, 3], [5, 3], [3], [0, 4, 3], [1, 16, 17, 3]] as const).map((shape, index) =>
    sample(
      operation,
      `of ${shapeText(shape)}`,
      [input(shape, 'float32', 'positive')],
      (x) => compute(x.mul(0.3)),
      {
        tolerance,
        derivatives: index < 2 ? derivatives : 0,
        viewed: index < 2,
      },
    ),
  ),
  sample(operation, 'of float64', [input([4, 3], 'float64', 'positive')], (x) => compute(x.mul(0.3)), {
    tolerance,
  }),
  sample(operation, 'of uint8', [input([4, 3], 'uint8')], (x) => compute(x), { tolerance }),
  sample(
    operation,
    'of black, gray and white',
    [input([3, 1], 'int32', { from: 0, below: 2 })],
    (x) => compute(x.mul(0.5).add(x.mul(zeros([3])))),
    {
      tolerance,
    },
  ),
];

const images: readonly Sample[] = [
  ...(
    [
      [2, 3, 4, 3],
      [4, 5, 2],
      [1, 1, 1, 1],
      [0, 2, 2, 3],
      [2, 17, 16, 3],
    ] as const
  ).flatMap((shape, index) => [
    sample('adjustContrast', `of ${shapeText(shape)}`, [input(shape)], (x) => adjustContrast(x, 1.7), {
      tolerance: 'reduction',
      derivatives: index < 2 ? 2 : 0,
      viewed: index < 2,
    }),
    sample('adjustBrightness', `of ${shapeText(shape)}`, [input(shape)], (x) => adjustBrightness(x, 0.3), {
      tolerance: 'arithmetic',
      derivatives: index < 2 ? 2 : 0,
      viewed: index < 2,
    }),
  ]),
  sample(
    'adjustContrast',
    'by a tensor',
    [input([2, 2, 2, 3]), input([2, 1, 1, 1])],
    (x, factor) => adjustContrast(x, factor),
    {
      tolerance: 'reduction',
      derivatives: 2,
    },
  ),
  sample('adjustContrast', 'of uint8', [input([2, 2, 3], 'uint8')], (x) => adjustContrast(x, 2), {
    tolerance: 'reduction',
  }),
  sample('adjustContrast', 'of float64', [input([2, 2, 3], 'float64')], (x) => adjustContrast(x, 2), {
    tolerance: 'reduction',
  }),
  sample(
    'adjustBrightness',
    'by a tensor',
    [input([2, 2, 2, 3]), input([3])],
    (x, delta) => adjustBrightness(x, delta),
    {
      tolerance: 'arithmetic',
      derivatives: 2,
    },
  ),
  ...(['float32', 'int32', 'uint8', 'bool', 'float64'] as const).map((dtype, index) =>
    sample('grayscaleToRGB', `of [2, 3, 1] ${dtype}`, [input([2, 3, 1], dtype)], (x) => grayscaleToRGB(x), {
      tolerance: 'exact',
      viewed: index === 0,
      derivatives: index === 0 ? 2 : 0,
    }),
  ),
  sample('grayscaleToRGB', 'of nothing', [input([0, 1])], (x) => grayscaleToRGB(x), { tolerance: 'exact' }),
];

export const colorSamples: readonly Sample[] = [
  ...colorful('rgbToGrayscale', rgbToGrayscale, 'arithmetic', 2),
  ...colorful('rgbToHsv', rgbToHsv, 'elementary', 1),
  ...colorful('hsvToRgb', hsvToRgb, 'elementary', 1),
  ...colorful('adjustHue', (x) => adjustHue(x, 0.3), 'elementary', 1),
  ...colorful('adjustSaturation', (x) => adjustSaturation(x, 0.6), 'elementary', 1),
  ...images,
];

const none = zeros([3]);

export const colorGoldens: Readonly<Record<string, GoldenUse>> = {
  rgbToGrayscale: (x = none) => rgbToGrayscale(x),
  'rgbToGrayscale one color': (x = none) => rgbToGrayscale(x),
  grayscaleToRGB: (x = none) => grayscaleToRGB(x),
  'grayscaleToRGB int32': (x = none) => grayscaleToRGB(x),
  rgbToHsv: (x = none) => rgbToHsv(x),
  'rgbToHsv corners': (x = none) => rgbToHsv(x),
  hsvToRgb: (x = none) => hsvToRgb(x),
  'hsvToRgb corners': (x = none) => hsvToRgb(x),
  adjustHue: (x = none) => adjustHue(x, 0.2),
  'adjustHue backwards': (x = none) => adjustHue(x, -0.6),
  adjustSaturation: (x = none) => adjustSaturation(x, 0.5),
  'adjustSaturation beyond 1': (x = none) => adjustSaturation(x, 3),
  adjustContrast: (x = none) => adjustContrast(x, 1.5),
  'adjustContrast one image': (x = none) => adjustContrast(x, 0.25),
  adjustBrightness: (x = none) => adjustBrightness(x, 0.3),
  'adjustBrightness tensor': (x = none, delta = none) => adjustBrightness(x, delta),
};

export const colorErrors: readonly ErrorCase[] = [
  ...(
    [
      ['rgbToGrayscale', rgbToGrayscale],
      ['rgbToHsv', rgbToHsv],
      ['hsvToRgb', hsvToRgb],
      ['adjustHue', (x: Tensor) => adjustHue(x, 0.1)],
      ['adjustSaturation', (x: Tensor) => adjustSaturation(x, 2)],
    ] as const
  ).map(([operation, compute]) =>
    refuses(operation, 'four channels', () => compute(zeros([2, 4])), 'ShapeError', 'Expected 3 channels'),
  ),
  refuses(
    'grayscaleToRGB',
    'three channels',
    () => grayscaleToRGB(zeros([2, 3])),
    'ShapeError',
    'Expected one channel',
  ),
  refuses(
    'adjustContrast',
    'a matrix',
    () => adjustContrast(zeros([2, 3]), 2),
    'ShapeError',
    '[batch, height, width, channels]',
  ),
  refuses(
    'adjustBrightness',
    'a delta that does not broadcast',
    () => adjustBrightness(zeros([2, 3]), zeros([2])),
    'ShapeError',
    'do not broadcast',
  ),
];
