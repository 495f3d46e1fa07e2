/** EfficientNet: width, depth and resolution that grow together. */
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2d,
  dropout,
  globalAveragePooling2d,
  type Model,
  multiply,
  reshape,
  type SymbolicTensor,
  VarianceScaling,
} from '@hadal/layers';
import { beginNetwork, finishNetwork, type ImageNetworkOptions } from './options';
import { channelsOf, divisible, paddedForStride } from './parts';

/** How likely the last residual branch is left out in training; earlier ones less so. */
const DROP_CONNECT_RATE = 0.2;

/** Channels that squeeze and excitation leaves, of those that go into a block. */
const SQUEEZE = 0.25;

const STEM_CHANNELS = 32;
const LAST_CHANNELS = 1280;

const VARIANTS = {
  0: { width: 1, depth: 1, extent: 224, dropout: 0.2 },
  1: { width: 1, depth: 1.1, extent: 240, dropout: 0.2 },
  2: { width: 1.1, depth: 1.2, extent: 260, dropout: 0.3 },
  3: { width: 1.2, depth: 1.4, extent: 300, dropout: 0.3 },
  4: { width: 1.4, depth: 1.8, extent: 380, dropout: 0.4 },
  5: { width: 1.6, depth: 2.2, extent: 456, dropout: 0.4 },
  6: { width: 1.8, depth: 2.6, extent: 528, dropout: 0.5 },
  7: { width: 2, depth: 3.1, extent: 600, dropout: 0.5 },
} as const;

/** The stages of the smallest variant. */
const STAGES = [
  { kernel: 3, repeats: 1, filters: 16, expansion: 1, strides: 1 },
  { kernel: 3, repeats: 2, filters: 24, expansion: 6, strides: 2 },
  { kernel: 5, repeats: 2, filters: 40, expansion: 6, strides: 2 },
  { kernel: 3, repeats: 3, filters: 80, expansion: 6, strides: 2 },
  { kernel: 5, repeats: 3, filters: 112, expansion: 6, strides: 1 },
  { kernel: 5, repeats: 4, filters: 192, expansion: 6, strides: 2 },
  { kernel: 3, repeats: 1, filters: 320, expansion: 6, strides: 1 },
] as const;

const convInitializer = (): VarianceScaling =>
  new VarianceScaling({ scale: 2, mode: 'fanOut', distribution: 'truncatedNormal' });
const denseInitializer = (): VarianceScaling =>
  new VarianceScaling({ scale: 1 / 3, mode: 'fanOut', distribution: 'uniform' });

function convolved(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const options = { padding: 'same', useBias: false, kernelInitializer: convInitializer(), name } as const;
  return conv2d(filters, 1, options).apply(x);
}

const activated = (x: SymbolicTensor, bn: string, name: string): SymbolicTensor =>
  activation('swish', { name }).apply(batchNormalization({ name: bn }).apply(x));

interface Block {
  readonly name: string;
  readonly filters: number;
  readonly kernel: number;
  readonly strides: number;
  readonly expansion: number;
  readonly dropRate: number;
}

/** Weights every channel by what the whole image has of all. Source: Hu, Shen & Sun (2018). */
function excited(x: SymbolicTensor, squeezed: number, name: string): SymbolicTensor {
  const channels = channelsOf(x);
  const convolution = (filters: number, activated: 'swish' | 'sigmoid', part: string) =>
    conv2d(filters, 1, {
      padding: 'same',
      activation: activated,
      kernelInitializer: convInitializer(),
      name: `${name}${part}`,
    });
  let y = globalAveragePooling2d({ name: `${name}se_squeeze` }).apply(x);
  y = reshape([1, 1, channels], { name: `${name}se_reshape` }).apply(y);
  y = convolution(squeezed, 'swish', 'se_reduce').apply(y);
  y = convolution(channels, 'sigmoid', 'se_expand').apply(y);
  return multiply({ name: `${name}se_excite` }).apply([x, y]);
}

function block(x: SymbolicTensor, options: Block): SymbolicTensor {
  const { name, filters, kernel, strides, expansion, dropRate } = options;
  const channels = channelsOf(x);
  let y = x;
  if (expansion !== 1) {
    y = convolved(y, channels * expansion, `${name}expand_conv`);
    y = activated(y, `${name}expand_bn`, `${name}expand_activation`);
  }
  if (strides === 2) y = paddedForStride(y, kernel, `${name}dwconv_pad`);
  y = depthwiseConv2d(kernel, {
    strides,
    padding: strides === 2 ? 'valid' : 'same',
    useBias: false,
    depthwiseInitializer: convInitializer(),
    name: `${name}dwconv`,
  }).apply(y);
  y = activated(y, `${name}bn`, `${name}activation`);
  y = excited(y, Math.max(1, Math.floor(channels * SQUEEZE)), name);
  y = convolved(y, filters, `${name}project_conv`);
  y = batchNormalization({ name: `${name}project_bn` }).apply(y);
  if (strides !== 1 || channels !== filters) return y;
  if (dropRate > 0) y = dropout(dropRate, { noiseShape: [null, 1, 1, 1], name: `${name}drop` }).apply(y);
  return add({ name: `${name}add` }).apply([y, x]);
}

function efficientNet(variant: keyof typeof VARIANTS, options: ImageNetworkOptions): Model {
  const { width, depth, extent, dropout: rate } = VARIANTS[variant];
  const network = beginNetwork(`efficientNetB${variant}`, `efficientnetb${variant}`, options, { extent });
  const channels = (count: number): number => divisible(count * width * network.alpha);
  const repeats = STAGES.map((stage) => Math.ceil(depth * stage.repeats));
  const blocks = repeats.reduce((sum, count) => sum + count, 0);

  let x = paddedForStride(network.image, 3, 'stem_conv_pad');
  x = conv2d(channels(STEM_CHANNELS), 3, {
    strides: 2,
    useBias: false,
    kernelInitializer: convInitializer(),
    name: 'stem_conv',
  }).apply(x);
  x = activated(x, 'stem_bn', 'stem_activation');
  let before = 0;
  for (const [stage, { kernel, filters, expansion, strides }] of STAGES.entries()) {
    for (let index = 0; index < (repeats[stage] ?? 0); index++) {
      x = block(x, {
        name: `block${stage + 1}${String.fromCharCode('a'.charCodeAt(0) + index)}_`,
        filters: channels(filters),
        kernel,
        strides: index === 0 ? strides : 1,
        expansion,
        dropRate: (DROP_CONNECT_RATE * before) / blocks,
      });
      before++;
    }
  }
  x = convolved(x, channels(LAST_CHANNELS), 'top_conv');
  x = activated(x, 'top_bn', 'top_activation');
  return finishNetwork(network, x, { dropout: rate, kernelInitializer: denseInitializer() });
}

/**
 * EfficientNet B0: images [batch, 224, 224, 3] → probabilities [batch, classes]. Names are those of Keras, without its
 * preprocessing: bring pixels into range with mode `torch`.
 *
 * Source: Tan & Le (2019).
 *
 * @example
 * const model = efficientNetB0({ inputShape: [64, 64, 3], classes: 10, alpha: 0.5 });
 */
export const efficientNetB0 = (options: ImageNetworkOptions = {}): Model => efficientNet(0, options);

/** EfficientNet B1, for images of 240 × 240; see {@link efficientNetB0}. */
export const efficientNetB1 = (options: ImageNetworkOptions = {}): Model => efficientNet(1, options);

/** EfficientNet B2, for images of 260 × 260; see {@link efficientNetB0}. */
export const efficientNetB2 = (options: ImageNetworkOptions = {}): Model => efficientNet(2, options);

/** EfficientNet B3, for images of 300 × 300; see {@link efficientNetB0}. */
export const efficientNetB3 = (options: ImageNetworkOptions = {}): Model => efficientNet(3, options);

/** EfficientNet B4, for images of 380 × 380; see {@link efficientNetB0}. */
export const efficientNetB4 = (options: ImageNetworkOptions = {}): Model => efficientNet(4, options);

/** EfficientNet B5, for images of 456 × 456; see {@link efficientNetB0}. */
export const efficientNetB5 = (options: ImageNetworkOptions = {}): Model => efficientNet(5, options);

/** EfficientNet B6, for images of 528 × 528; see {@link efficientNetB0}. */
export const efficientNetB6 = (options: ImageNetworkOptions = {}): Model => efficientNet(6, options);

/** EfficientNet B7, for images of 600 × 600; see {@link efficientNetB0}. */
export const efficientNetB7 = (options: ImageNetworkOptions = {}): Model => efficientNet(7, options);
