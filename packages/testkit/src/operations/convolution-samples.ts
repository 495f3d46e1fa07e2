/**
 * Samples of convolutions of every kind.
 */
import {
  type Conv1dOptions,
  type ConvOptions,
  type ConvTransposeOptions,
  conv,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  convTranspose,
  type DType,
  depthwiseConv1d,
  depthwiseConv2d,
  separableConv1d,
  separableConv2d,
  type Tensor,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';

/** `2x9x3` is [2, 9, 3]. */
const shapesOf = (text: string): number[][] => text.split(' ').map((shape) => shape.split('x').map(Number));

type Extra = Partial<SampleOptions> & { readonly dtype?: DType };
const plain: Extra = { derivatives: 0 };

/** Makes samples of one operation: shapes of the input and the kernels, options, what else is special. */
const samplesOf =
  <Options>(operation: string, compute: (inputs: readonly Tensor[], options: Options) => Tensor) =>
  (shapes: string, options: Options, { dtype = 'float32', ...extra }: Extra = {}): Sample =>
    sample(
      operation,
      `of ${dtype} ${shapesOf(shapes).map(shapeText).join(' with ')} ${JSON.stringify(options)}`,
      shapesOf(shapes).map((shape) => input(shape, dtype)),
      (...inputs) => compute(inputs, options),
      { tolerance: 'contraction', derivatives: 2, ...extra },
    );

const nth = (inputs: readonly Tensor[], index: number): Tensor => {
  const found = inputs[index];
  if (found === undefined) throw new Error(`a sample lacks input ${index}`);
  return found;
};
const withKernel =
  <Options>(f: (x: Tensor, kernel: Tensor, options: Options) => Tensor) =>
  (inputs: readonly Tensor[], options: Options): Tensor =>
    f(nth(inputs, 0), nth(inputs, 1), options);
const withKernels =
  <Options>(f: (x: Tensor, depthwise: Tensor, pointwise: Tensor, options: Options) => Tensor) =>
  (inputs: readonly Tensor[], options: Options): Tensor =>
    f(nth(inputs, 0), nth(inputs, 1), nth(inputs, 2), options);

const anyRank = samplesOf<ConvOptions>('conv', withKernel(conv));
const sequence = samplesOf<Conv1dOptions>('conv1d', withKernel(conv1d));
const image = samplesOf<ConvOptions>('conv2d', withKernel(conv2d));
const volume = samplesOf<ConvOptions>('conv3d', withKernel(conv3d));
const depthwise1 = samplesOf<Conv1dOptions>('depthwiseConv1d', withKernel(depthwiseConv1d));
const depthwise2 = samplesOf<ConvOptions>('depthwiseConv2d', withKernel(depthwiseConv2d));
const separable1 = samplesOf<Conv1dOptions>('separableConv1d', withKernels(separableConv1d));
const separable2 = samplesOf<ConvOptions>('separableConv2d', withKernels(separableConv2d));
const transposed = samplesOf<ConvTransposeOptions>('convTranspose', withKernel(convTranspose));
const transposed1 = samplesOf<ConvTransposeOptions>('conv1dTranspose', withKernel(conv1dTranspose));
const transposed2 = samplesOf<ConvTransposeOptions>('conv2dTranspose', withKernel(conv2dTranspose));
const transposed3 = samplesOf<ConvTransposeOptions>('conv3dTranspose', withKernel(conv3dTranspose));

const first = { dataFormat: 'channelsFirst' } as const;
const exact: Extra = { dtype: 'int32', tolerance: 'exact', derivatives: 0 };

export const convolutionSamples: readonly Sample[] = [
  anyRank('1x2x7 3x2x4', first),
  image('1x2x5x6 3x2x2x3', { ...first, padding: 'same' }, { viewed: true }),
  image('1x4x5x6 3x3x2x4', { ...first, groups: 2, strides: 2 }),

  sequence('2x9x3 3x3x4', {}, { viewed: true }),
  sequence('2x9x3 3x3x4', { padding: 'causal' }, { viewed: true }),
  sequence('1x9x2 3x2x3', { padding: 'causal', dilation: 2 }),
  sequence('1x9x2 3x2x3', { padding: 'causal', strides: 2 }),
  sequence('1x9x4 3x2x4', { padding: 'same', groups: 2, strides: 2 }),
  sequence('1x3x9 2x3x4', { ...first, padding: 'causal' }),
  sequence('3x65x7 5x7x33', { padding: 'causal', dilation: 3 }, plain),
  sequence('2x0x3 3x3x4', { padding: 'causal' }, plain),
  sequence('0x5x3 3x3x4', {}, plain),
  sequence('2x9x3 3x3x4', {}, exact),
  sequence('2x9x3 3x3x4', { padding: 'causal' }, { dtype: 'float64', derivatives: 0 }),

  volume('1x3x4x3x2 2x2x2x2x3', {}, { viewed: true }),
  volume('1x4x4x5x1 3x2x3x1x2', { padding: 'same', strides: [2, 1, 2] }),
  volume('1x2x3x4x3 2x2x2x1x2', { ...first, groups: 2, dilation: [1, 2, 1] }),
  volume('0x3x3x3x2 2x2x2x2x2', {}, plain),
  volume('2x5x9x8x3 3x3x3x3x17', { padding: 'same' }, plain),

  depthwise1('2x7x3 3x3x2', {}, { viewed: true }),
  depthwise1('2x7x3 3x3x2', { padding: 'causal', dilation: 2 }),
  depthwise1('1x3x7 2x3x1', { ...first, strides: 2 }),
  depthwise1('3x65x17 5x17x2', { padding: 'same' }, plain),
  depthwise1('0x7x3 3x3x2', {}, plain),

  depthwise2('1x5x6x3 3x3x3x2', {}, { viewed: true }),
  depthwise2('2x5x4x2 3x2x2x1', { padding: 'same', strides: 2 }),
  depthwise2('1x7x6x2 3x2x2x2', { dilation: [2, 3] }),
  depthwise2('1x3x5x4 2x3x3x2', { ...first, padding: 'same' }),
  depthwise2('1x5x4x1 3x3x1x4', { padding: 1 }),
  depthwise2('2x13x11x17 3x3x17x2', { padding: 'same' }, plain),
  depthwise2('1x5x6x3 3x3x3x2', {}, exact),

  separable1('2x7x3 3x3x2 1x6x4', { padding: 'same' }, { viewed: true }),
  separable1('1x7x2 3x2x1 1x2x3', { padding: 'causal', strides: 2 }),
  separable1('1x2x7 3x2x2 1x4x3', first),
  separable1('0x7x3 3x3x2 1x6x4', {}, plain),

  separable2('1x5x4x3 3x3x3x2 1x1x6x4', { padding: 'same' }, { viewed: true }),
  separable2('1x6x5x2 3x2x2x1 1x1x2x3', { strides: 2, padding: 'same' }),
  separable2('1x2x6x5 2x2x2x2 1x1x4x3', { ...first, dilation: 2 }),
  separable2('2x13x11x9 3x3x9x1 1x1x9x17', {}, plain),

  transposed('1x4x2 3x3x2', { strides: 2, padding: 1 }, { viewed: true }),
  transposed('1x4x2 3x3x2', { strides: 3, padding: [[2, 0]], outputPadding: 2 }),
  transposed('1x4x4 3x3x4', { strides: 2, groups: 2, dilation: 2 }),
  transposed('1x3x2x3 2x3x2x3', { padding: [0, 2] }),

  transposed1('2x5x3 3x4x3', {}, { viewed: true }),
  transposed1('2x5x3 3x4x3', { strides: 2, padding: 'same' }),
  transposed1('1x5x3 4x2x3', { strides: 3, padding: 'same', outputPadding: 2 }),
  transposed1('1x3x5 2x2x3', { ...first, strides: 3 }),
  transposed1('1x5x3 3x4x3', { dilation: 3, padding: 'same' }),
  transposed1('3x33x9 5x17x9', { strides: 2 }, plain),
  transposed1('0x5x3 3x4x3', {}, plain),
  transposed1('2x0x3 3x4x3', {}, plain),
  transposed1('2x5x3 3x4x3', { strides: 2 }, exact),

  transposed2('1x3x4x2 3x3x3x2', {}, { viewed: true }),
  transposed2('2x3x2x2 3x2x3x2', { strides: 2, padding: 'same' }),
  transposed2('1x3x4x2 2x3x3x2', { strides: [2, 3], padding: 'same', outputPadding: [0, 1] }),
  transposed2('1x2x3x3 3x3x1x2', { ...first, strides: 2 }),
  transposed2('1x3x3x2 1x1x3x2', { strides: 2 }),
  transposed2('1x3x3x4 2x2x1x4', { groups: 2, padding: 1, strides: 2 }),
  transposed2('2x7x6x9 3x3x17x9', { strides: 2, padding: 'same' }, plain),

  transposed3('1x2x3x2x2 2x2x2x2x2', { strides: 2 }, { viewed: true }),
  transposed3('1x2x2x3x2 3x2x3x1x2', { strides: [1, 2, 1], padding: 'same' }),
  transposed3('1x2x2x2x3 2x2x1x2x2', first),
  transposed3('0x2x3x2x2 2x2x2x2x2', {}, plain),
];
