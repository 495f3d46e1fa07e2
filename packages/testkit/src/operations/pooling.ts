/**
 * Pooling: of sequences, images and volumes, global, adaptive, with places, by powers; morphology; local responses.
 */
import * as hadal from '@hadal/core';
import { type Tensor, zeros } from '@hadal/core';
import { type GoldenUse, type OperationFamily, refuses } from './family';
import { one, two } from './golden-use';
import { poolingSamples } from './pooling-samples';

const located = (
  x: Tensor,
  size: number,
  options: Parameters<typeof hadal.maxPoolWithArgmax>[2],
): Tensor[] => {
  const { values, indices } = hadal.maxPoolWithArgmax(x, size, options);
  return [values, indices];
};

const dataFormat = 'channelsFirst';

const goldens: Readonly<Record<string, GoldenUse>> = {
  'maxPool channels first': one((x) => hadal.maxPool(x, 2, { dataFormat, strides: 1 })),
  'avgPool channels first': one((x) => hadal.avgPool(x, 2, { dataFormat, strides: 1 })),
  'maxPool2d dilation': one((x) => hadal.maxPool2d(x, [2, 3], { dilation: [2, 1], strides: 1, padding: 1 })),
  'maxPool2d channels first': one((x) => hadal.maxPool2d(x, 2, { dataFormat, padding: 'same' })),
  'avgPool2d same': one((x) => hadal.avgPool2d(x, 3, { padding: 'same', strides: 2 })),
  'avgPool2d countPadding': one((x) => hadal.avgPool2d(x, 3, { padding: 1, strides: 2, countPadding: true })),
  'avgPool2d dilation': one((x) => hadal.avgPool2d(x, 3, { padding: 'same', dilation: 2, strides: 1 })),
  maxPool1d: one((x) => hadal.maxPool1d(x, 3, { strides: 2, padding: 1 })),
  'maxPool1d dilation': one((x) => hadal.maxPool1d(x, 2, { dilation: 3, strides: 1 })),
  maxPool3d: one((x) => hadal.maxPool3d(x, 2)),
  'maxPool3d strides': one((x) => hadal.maxPool3d(x, [1, 2, 3], { dataFormat, strides: [2, 1, 1] })),
  avgPool1d: one((x) => hadal.avgPool1d(x, 3, { strides: 2 })),
  'avgPool1d same': one((x) => hadal.avgPool1d(x, 2, { padding: 'same', dataFormat })),
  avgPool3d: one((x) => hadal.avgPool3d(x, 2)),
  'avgPool3d padding': one((x) => hadal.avgPool3d(x, [3, 2, 2], { padding: 1, strides: 2 })),
  globalMaxPool: one((x) => hadal.globalMaxPool(x)),
  'globalMaxPool keepDims': one((x) => hadal.globalMaxPool(x, { dataFormat, keepDims: true })),
  globalAvgPool: one((x) => hadal.globalAvgPool(x)),
  'globalAvgPool keepDims': one((x) => hadal.globalAvgPool(x, { dataFormat, keepDims: true })),
  adaptiveAvgPool1d: one((x) => hadal.adaptiveAvgPool1d(x, 3)),
  'adaptiveAvgPool1d more': one((x) => hadal.adaptiveAvgPool1d(x, 5)),
  adaptiveAvgPool2d: one((x) => hadal.adaptiveAvgPool2d(x, [3, 4])),
  'adaptiveAvgPool2d divisible': one((x) => hadal.adaptiveAvgPool2d(x, [3, 2])),
  adaptiveAvgPool3d: one((x) => hadal.adaptiveAvgPool3d(x, [2, 3, 2])),
  'adaptiveAvgPool3d channels first': one((x) => hadal.adaptiveAvgPool3d(x, 2, { dataFormat })),
  adaptiveMaxPool1d: one((x) => hadal.adaptiveMaxPool1d(x, 3)),
  'adaptiveMaxPool1d more': one((x) => hadal.adaptiveMaxPool1d(x, 5)),
  adaptiveMaxPool2d: one((x) => hadal.adaptiveMaxPool2d(x, [3, 4])),
  'adaptiveMaxPool2d divisible': one((x) => hadal.adaptiveMaxPool2d(x, [3, 2])),
  adaptiveMaxPool3d: one((x) => hadal.adaptiveMaxPool3d(x, [2, 3, 2])),
  'adaptiveMaxPool3d channels first': one((x) => hadal.adaptiveMaxPool3d(x, 2, { dataFormat })),
  maxPoolWithArgmax: one((x) => located(x, 2, {})),
  'maxPoolWithArgmax batch': one((x) => located(x, 3, { strides: 2, padding: 1, includeBatchInIndex: true })),
  'maxPoolWithArgmax ties': one((x) => located(x, 2, { strides: 1 })),
  maxUnpool2d: two((x, indices) => hadal.maxUnpool2d(x, indices, [4, 6])),
  'maxUnpool2d twice': two((x, indices) => hadal.maxUnpool2d(x, indices, [2, 2])),
  lpPool: one((x) => hadal.lpPool(x, 2, 2)),
  'lpPool 3': one((x) => hadal.lpPool(x, 3, [2, 3], { strides: 1 })),
  'lpPool 1': one((x) => hadal.lpPool(x, 1, 3, { strides: 2 })),
  dilation2d: two((x, filter) => hadal.dilation2d(x, filter)),
  'dilation2d same': two((x, filter) =>
    hadal.dilation2d(x, filter, { padding: 'same', strides: 2, dilation: 2 }),
  ),
  erosion2d: two((x, filter) => hadal.erosion2d(x, filter)),
  'erosion2d same': two((x, filter) => hadal.erosion2d(x, filter, { padding: 'same', strides: 2 })),
  localResponseNormalization: one((x) => hadal.localResponseNormalization(x)),
  'localResponseNormalization AlexNet': one((x) =>
    hadal.localResponseNormalization(x, { depthRadius: 2, bias: 2, alpha: 1e-2, beta: 0.75, dataFormat }),
  ),
};

const [rows, sequences, images] = [zeros([2, 6]), zeros([1, 6, 2]), zeros([1, 6, 5, 2])];

const errors = [
  refuses(
    'maxPool',
    'a dilated window that does not fit',
    () => hadal.maxPool(sequences, 3, { dilation: 3 }),
    'ShapeError',
    'a window of 7',
  ),
  refuses(
    'maxPool2d',
    'windows with nothing inside',
    () => hadal.maxPool2d(zeros([1, 1, 4, 1]), [2, 1], { dilation: [3, 1], padding: 'same' }),
    'ShapeError',
    'without any element',
  ),
  refuses(
    'avgPool',
    'no spatial axis',
    () => hadal.avgPool(rows, 2),
    'ShapeError',
    'at least one spatial axis',
  ),
  refuses('avgPool2d', 'sequences', () => hadal.avgPool2d(sequences, 2), 'ShapeError', 'height, width'),
  refuses('maxPool1d', 'images', () => hadal.maxPool1d(images, 2), 'ShapeError', '[batch, steps, channels]'),
  refuses('maxPool3d', 'images', () => hadal.maxPool3d(images, 2), 'ShapeError', 'depth, height, width'),
  refuses(
    'avgPool1d',
    'a window of two axes',
    () => hadal.avgPool1d(sequences, [2, 2]),
    'ArgumentError',
    'size [2,2]',
  ),
  refuses('avgPool3d', 'images', () => hadal.avgPool3d(images, 2), 'ShapeError', 'depth, height, width'),
  refuses('globalMaxPool', 'no spatial axis', () => hadal.globalMaxPool(rows), 'ShapeError', '[2, 6]'),
  refuses('globalAvgPool', 'no spatial axis', () => hadal.globalAvgPool(rows), 'ShapeError', '[2, 6]'),
  ...([1, 2, 3] as const).flatMap((spatial) => {
    const name = (kind: string): string => `adaptive${kind}Pool${spatial}d`;
    const average = { 1: hadal.adaptiveAvgPool1d, 2: hadal.adaptiveAvgPool2d, 3: hadal.adaptiveAvgPool3d }[
      spatial
    ];
    const maximum = { 1: hadal.adaptiveMaxPool1d, 2: hadal.adaptiveMaxPool2d, 3: hadal.adaptiveMaxPool3d }[
      spatial
    ];
    const empty = zeros([1, ...new Array<number>(spatial).fill(0), 2]);
    return [
      refuses(name('Avg'), 'too few axes', () => average(rows, 2), 'ShapeError', 'got [2, 6]'),
      refuses(name('Max'), 'too few axes', () => maximum(rows, 2), 'ShapeError', 'got [2, 6]'),
      refuses(name('Avg'), 'empty images', () => average(empty, 2), 'ShapeError', 'empty'),
      refuses(name('Max'), 'no windows', () => maximum(empty, 0), 'ArgumentError', 'size 0'),
    ];
  }),
  refuses(
    'maxPoolWithArgmax',
    'sequences',
    () => hadal.maxPoolWithArgmax(sequences, 2),
    'ShapeError',
    'height, width',
  ),
  refuses(
    'maxUnpool2d',
    'places of another shape',
    () => hadal.maxUnpool2d(images, zeros([1, 6, 5, 1], { dtype: 'int32' }), [12, 10]),
    'ShapeError',
    'one shape',
  ),
  refuses(
    'maxUnpool2d',
    'places that are fractions',
    () => hadal.maxUnpool2d(images, images, [12, 10]),
    'DTypeError',
    'indices',
  ),
  refuses(
    'maxUnpool2d',
    'a size of one axis',
    () => hadal.maxUnpool2d(images, hadal.cast(images, 'int32'), [12]),
    'ArgumentError',
    'size [12]',
  ),
  refuses('lpPool', 'p 0', () => hadal.lpPool(images, 0, 2), 'ArgumentError', 'p 0'),
  refuses('lpPool', 'no spatial axis', () => hadal.lpPool(rows, 2, 2), 'ShapeError', 'got [2, 6]'),
  refuses(
    'dilation2d',
    'a filter for other channels',
    () => hadal.dilation2d(images, zeros([2, 2, 3])),
    'ShapeError',
    'with 2 channels',
  ),
  refuses(
    'erosion2d',
    'a filter that is too large',
    () => hadal.erosion2d(images, zeros([7, 2, 2])),
    'ShapeError',
    'a window of 7',
  ),
  refuses(
    'localResponseNormalization',
    'a radius that is a fraction',
    () => hadal.localResponseNormalization(images, { depthRadius: 0.5 }),
    'ArgumentError',
    'depthRadius 0.5',
  ),
  refuses(
    'localResponseNormalization',
    'a vector',
    () => hadal.localResponseNormalization(zeros([3])),
    'ShapeError',
    'got [3]',
  ),
];

export const pooling: OperationFamily = { name: 'pooling', samples: poolingSamples, goldens, errors };
