/**
 * Convolutions: of sequences, images and volumes, depthwise, separable and transposed, in both formats.
 */
import {
  conv,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  convTranspose,
  depthwiseConv1d,
  depthwiseConv2d,
  separableConv1d,
  separableConv2d,
  zeros,
} from '@hadal/core';
import { convolutionSamples } from './convolution-samples';
import { type GoldenUse, type OperationFamily, refuses } from './family';
import { three, two } from './golden-use';

const dataFormat = 'channelsFirst';

const goldens: Readonly<Record<string, GoldenUse>> = {
  'conv channels first': two((x, k) => conv(x, k, { dataFormat })),
  'conv2d channels first': two((x, k) => conv2d(x, k, { dataFormat, strides: 2, padding: 'same' })),
  conv1d: two((x, k) => conv1d(x, k, { strides: 2, groups: 2 })),
  'conv1d causal': two((x, k) => conv1d(x, k, { padding: 'causal', dilation: 2 })),
  'conv1d channels first': two((x, k) => conv1d(x, k, { dataFormat, padding: 'causal', strides: 2 })),
  conv3d: two((x, k) => conv3d(x, k)),
  'conv3d same': two((x, k) => conv3d(x, k, { padding: 'same', strides: [1, 2, 2] })),
  'conv3d dilation': two((x, k) => conv3d(x, k, { dataFormat, dilation: [1, 2, 1] })),
  depthwiseConv1d: two((x, k) => depthwiseConv1d(x, k, { padding: 'same', strides: 2 })),
  'depthwiseConv1d channels first': two((x, k) => depthwiseConv1d(x, k, { dataFormat, dilation: 2 })),
  depthwiseConv2d: two((x, k) => depthwiseConv2d(x, k, { padding: 'same' })),
  'depthwiseConv2d strides': two((x, k) => depthwiseConv2d(x, k, { strides: 2 })),
  separableConv1d: three((x, d, p) => separableConv1d(x, d, p, { padding: 'same' })),
  'separableConv1d strides': three((x, d, p) => separableConv1d(x, d, p, { strides: 2 })),
  separableConv2d: three((x, d, p) => separableConv2d(x, d, p, { padding: 'same' })),
  'separableConv2d dilation': three((x, d, p) => separableConv2d(x, d, p, { dilation: 2 })),
  'convTranspose padding': two((x, k) =>
    convTranspose(x, k, { strides: 2, padding: [1, 2], outputPadding: 1 }),
  ),
  'convTranspose groups': two((x, k) =>
    convTranspose(x, k, { strides: 2, padding: 0, groups: 2, dilation: 2 }),
  ),
  conv1dTranspose: two((x, k) => conv1dTranspose(x, k, { strides: 3 })),
  'conv1dTranspose same': two((x, k) => conv1dTranspose(x, k, { strides: 2, padding: 'same' })),
  'conv1dTranspose channels first': two((x, k) =>
    conv1dTranspose(x, k, { dataFormat, strides: 2, padding: 'same', outputPadding: 1 }),
  ),
  conv2dTranspose: two((x, k) => conv2dTranspose(x, k, { strides: [2, 1] })),
  'conv2dTranspose same': two((x, k) => conv2dTranspose(x, k, { strides: 2, padding: 'same' })),
  'conv2dTranspose outputPadding': two((x, k) =>
    conv2dTranspose(x, k, { strides: [2, 3], outputPadding: [1, 2] }),
  ),
  'conv2dTranspose dilation': two((x, k) => conv2dTranspose(x, k, { dilation: [2, 1], padding: 'same' })),
  conv3dTranspose: two((x, k) => conv3dTranspose(x, k, { strides: 2 })),
  'conv3dTranspose same': two((x, k) => conv3dTranspose(x, k, { strides: [1, 2, 2], padding: 'same' })),
};

const [sequences, images, volumes] = [zeros([1, 6, 2]), zeros([1, 6, 5, 2]), zeros([1, 4, 4, 4, 2])];

const errors = [
  refuses(
    'conv1d',
    'images',
    () => conv1d(images, zeros([3, 2, 4])),
    'ShapeError',
    '[batch, steps, channels]',
  ),
  refuses(
    'conv1d',
    'channels that do not fit',
    () => conv1d(sequences, zeros([3, 6, 4])),
    'ShapeError',
    "dataFormat: 'channelsFirst'",
  ),
  refuses(
    'conv1d',
    'channels last where they are said to be first',
    () => conv1d(sequences, zeros([3, 2, 4]), { dataFormat }),
    'ShapeError',
    'after its channels moved to the end',
  ),
  refuses(
    'conv1d',
    'a format that does not exist',
    () => Reflect.apply(conv1d, undefined, [sequences, zeros([3, 2, 4]), { dataFormat: 'first' }]),
    'ArgumentError',
    "dataFormat 'first'",
  ),
  refuses(
    'conv',
    'a format that does not exist',
    () => Reflect.apply(conv, undefined, [sequences, zeros([3, 2, 4]), { dataFormat: 'NCHW' }]),
    'ArgumentError',
    "dataFormat 'NCHW'",
  ),
  refuses(
    'conv2d',
    'causal padding',
    () => Reflect.apply(conv2d, undefined, [images, zeros([3, 3, 2, 4]), { padding: 'causal' }]),
    'ArgumentError',
    "padding 'causal'",
  ),
  refuses(
    'conv3d',
    'images',
    () => conv3d(images, zeros([3, 3, 2, 4])),
    'ShapeError',
    'depth, height, width',
  ),
  refuses(
    'depthwiseConv1d',
    'a kernel for other channels',
    () => depthwiseConv1d(sequences, zeros([3, 3, 1])),
    'ShapeError',
    'is for 3',
  ),
  refuses(
    'depthwiseConv2d',
    'a kernel for other channels',
    () => depthwiseConv2d(images, zeros([3, 3, 4, 1])),
    'ShapeError',
    'has 2 channels',
  ),
  refuses(
    'separableConv1d',
    'a pointwise kernel that does not fit',
    () => separableConv1d(sequences, zeros([3, 2, 2]), zeros([1, 2, 4])),
    'ShapeError',
    '[1, 4, filters]',
  ),
  refuses(
    'separableConv2d',
    'a pointwise kernel that is no point',
    () => separableConv2d(images, zeros([3, 3, 2, 2]), zeros([3, 3, 4, 4])),
    'ShapeError',
    '[1, 1, 4, filters]',
  ),
  refuses(
    'convTranspose',
    'groups that do not divide the channels',
    () => convTranspose(sequences, zeros([3, 4, 2]), { groups: 3 }),
    'ShapeError',
    '3 groups',
  ),
  refuses(
    'conv1dTranspose',
    'the kernel of a convolution',
    () => conv1dTranspose(sequences, zeros([3, 2, 4])),
    'ShapeError',
    '[...spatial, filters / groups, channels]',
  ),
  refuses(
    'conv2dTranspose',
    'an output padding as large as the stride',
    () => conv2dTranspose(images, zeros([3, 3, 4, 2]), { strides: 2, outputPadding: 2 }),
    'ArgumentError',
    'outputPadding 2',
  ),
  refuses(
    'conv3dTranspose',
    'strides that do not fit',
    () => conv3dTranspose(volumes, zeros([3, 3, 3, 4, 2]), { strides: [2, 2] }),
    'ArgumentError',
    'strides [2,2]',
  ),
];

export const convolution: OperationFamily = {
  name: 'convolution',
  samples: convolutionSamples,
  goldens,
  errors,
};
