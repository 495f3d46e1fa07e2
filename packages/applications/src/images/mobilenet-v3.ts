/** MobileNet v3: the blocks of the second version, with excitation and cheaper activations where a search put them. */
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2d,
  dropout,
  flatten,
  globalAveragePooling2d,
  type Model,
  multiply,
  type SymbolicTensor,
} from '@hadal/layers';
import { beginNetwork, endNetwork, type ImageNetworkOptions, pooled } from './options';
import { channelsOf, divisible, paddedForStride } from './parts';

export interface MobileNetV3Options extends ImageNetworkOptions {
  /** Part of the features that is dropped before the classifier in training (default 0.2). */
  readonly dropoutRate?: number;
}

type Nonlinearity = 'relu' | 'hardSwish';

interface Block {
  readonly kernel: number;
  /** How much wider the block is within. */
  readonly expansion: number;
  readonly filters: number;
  readonly isExcited: boolean;
  readonly activation: Nonlinearity;
  readonly strides: number;
}

const row = (
  kernel: number,
  expansion: number,
  filters: number,
  isExcited: boolean,
  name: Nonlinearity,
  strides: number,
): Block => ({ kernel, expansion, filters, isExcited, activation: name, strides });

/** Table 1 of Howard et al. (2019). */
const LARGE: readonly Block[] = [
  row(3, 1, 16, false, 'relu', 1),
  row(3, 4, 24, false, 'relu', 2),
  row(3, 3, 24, false, 'relu', 1),
  row(5, 3, 40, true, 'relu', 2),
  row(5, 3, 40, true, 'relu', 1),
  row(5, 3, 40, true, 'relu', 1),
  row(3, 6, 80, false, 'hardSwish', 2),
  row(3, 2.5, 80, false, 'hardSwish', 1),
  row(3, 2.3, 80, false, 'hardSwish', 1),
  row(3, 2.3, 80, false, 'hardSwish', 1),
  row(3, 6, 112, true, 'hardSwish', 1),
  row(3, 6, 112, true, 'hardSwish', 1),
  row(5, 6, 160, true, 'hardSwish', 2),
  row(5, 6, 160, true, 'hardSwish', 1),
  row(5, 6, 160, true, 'hardSwish', 1),
];

/** Table 2 of Howard et al. (2019). */
const SMALL: readonly Block[] = [
  row(3, 1, 16, true, 'relu', 2),
  row(3, 72 / 16, 24, false, 'relu', 2),
  row(3, 88 / 24, 24, false, 'relu', 1),
  row(5, 4, 40, true, 'hardSwish', 2),
  row(5, 6, 40, true, 'hardSwish', 1),
  row(5, 6, 40, true, 'hardSwish', 1),
  row(5, 3, 48, true, 'hardSwish', 1),
  row(5, 3, 48, true, 'hardSwish', 1),
  row(5, 6, 96, true, 'hardSwish', 2),
  row(5, 6, 96, true, 'hardSwish', 1),
  row(5, 6, 96, true, 'hardSwish', 1),
];

const NORMALIZATION = { epsilon: 1e-3, momentum: 0.999 };
const STEM_CHANNELS = 16;

/** Channels that squeeze and excitation leaves. */
const SQUEEZE = 0.25;

/** How much wider the last convolution of the features is than the blocks before it. */
const LAST_EXPANSION = 6;

const normalized = (x: SymbolicTensor, name: string): SymbolicTensor =>
  batchNormalization({ ...NORMALIZATION, name }).apply(x);

const pointwise = (x: SymbolicTensor, filters: number, name: string): SymbolicTensor =>
  conv2d(filters, 1, { padding: 'same', useBias: false, name }).apply(x);

function excited(x: SymbolicTensor, prefix: string): SymbolicTensor {
  const channels = channelsOf(x);
  const name = `${prefix}squeeze_excite`;
  let y = globalAveragePooling2d({ keepdims: true, name: `${name}_avg_pool` }).apply(x);
  y = conv2d(divisible(channels * SQUEEZE), 1, { padding: 'same', name: `${name}_conv` }).apply(y);
  y = activation('relu', { name: `${name}_relu` }).apply(y);
  y = conv2d(channels, 1, { padding: 'same', name: `${name}_conv_1` }).apply(y);
  y = activation('hardSigmoid', { name: `${name}_hard_sigmoid` }).apply(y);
  return multiply({ name: `${name}_mul` }).apply([x, y]);
}

function invertedResidual(x: SymbolicTensor, block: Block, index: number): SymbolicTensor {
  const { kernel, expansion, filters, strides } = block;
  const prefix = index === 0 ? 'expanded_conv_' : `expanded_conv_${index}_`;
  const channels = channelsOf(x);
  const active = (y: SymbolicTensor, name: string): SymbolicTensor =>
    activation(block.activation, { name: `${prefix}${name}` }).apply(y);
  let y = x;
  if (index > 0) {
    y = pointwise(y, divisible(channels * expansion), `${prefix}expand`);
    y = active(normalized(y, `${prefix}expand_bn`), 'expand_activation');
  }
  if (strides === 2) y = paddedForStride(y, kernel, `${prefix}depthwise_pad`);
  const padding = strides === 1 ? 'same' : 'valid';
  y = depthwiseConv2d(kernel, { strides, padding, useBias: false, name: `${prefix}depthwise` }).apply(y);
  y = active(normalized(y, `${prefix}depthwise_bn`), 'depthwise_activation');
  if (block.isExcited) y = excited(y, prefix);
  y = normalized(pointwise(y, filters, `${prefix}project`), `${prefix}project_bn`);
  return strides === 1 && channels === filters ? add({ name: `${prefix}add` }).apply([x, y]) : y;
}

function mobileNetV3(size: 'Small' | 'Large', options: MobileNetV3Options): Model {
  const network = beginNetwork(`mobileNetV3${size}`, `mobilenet_v3_${size.toLowerCase()}`, options);
  const { image, alpha } = network;
  let x = conv2d(STEM_CHANNELS, 3, { strides: 2, padding: 'same', useBias: false, name: 'conv' }).apply(
    image,
  );
  x = activation('hardSwish', { name: 'conv_activation' }).apply(normalized(x, 'conv_bn'));
  for (const [index, block] of (size === 'Large' ? LARGE : SMALL).entries()) {
    x = invertedResidual(x, { ...block, filters: divisible(block.filters * alpha) }, index);
  }
  x = pointwise(x, divisible(channelsOf(x) * LAST_EXPANSION), 'conv_1');
  x = activation('hardSwish', { name: 'conv_1_activation' }).apply(normalized(x, 'conv_1_bn'));
  const { includeTop = true, classes = 1000, classifierActivation = 'softmax', dropoutRate = 0.2 } = options;
  if (!includeTop) return endNetwork(network, pooled(options, x));
  const features = size === 'Large' ? 1280 : 1024;
  x = globalAveragePooling2d({ keepdims: true, name: 'avg_pool' }).apply(x);
  x = conv2d(alpha > 1 ? divisible(features * alpha) : features, 1, {
    padding: 'same',
    name: 'conv_2',
  }).apply(x);
  x = activation('hardSwish', { name: 'conv_2_activation' }).apply(x);
  if (dropoutRate > 0) x = dropout(dropoutRate, { name: 'top_dropout' }).apply(x);
  x = conv2d(classes, 1, { padding: 'same', name: 'logits' }).apply(x);
  x = flatten({ name: 'flatten' }).apply(x);
  return endNetwork(network, activation(classifierActivation, { name: 'predictions' }).apply(x));
}

/**
 * MobileNet v3 for slow devices: images [batch, 224, 224, 3] in −1 … 1 (mode `tf`) → probabilities [batch, classes]. Names
 * are those of Keras, without its preprocessing. `alpha` makes it narrower; channels stay multiples of 8.
 *
 * Source: Howard et al. (2019).
 *
 * @example
 * const model = mobileNetV3Small({ inputShape: [96, 96, 3], classes: 5 });
 */
export const mobileNetV3Small = (options: MobileNetV3Options = {}): Model => mobileNetV3('Small', options);

/** MobileNet v3 for faster devices; see {@link mobileNetV3Small}. */
export const mobileNetV3Large = (options: MobileNetV3Options = {}): Model => mobileNetV3('Large', options);
