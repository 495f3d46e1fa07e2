/** Densely connected networks: every convolution sees the results of all before it. */
import {
  activation,
  averagePooling2d,
  batchNormalization,
  concatenate,
  conv2d,
  type Model,
  maxPooling2d,
  type SymbolicTensor,
  zeroPadding2d,
} from '@hadal/layers';
import { beginNetwork, finishNetwork, type ImageNetworkOptions, scaled } from './options';
import { channelsOf, normalizedRelu } from './parts';

const EPSILON = 1.001e-5;
const STEM_CHANNELS = 64;

/** Channels that every convolution adds. */
const GROWTH = 32;

/** Channels between the two convolutions that add some, per channel that is added. */
const BOTTLENECK = 4;

/** What a transition leaves of the channels. */
const REDUCTION = 0.5;

const BLOCKS = {
  121: [6, 12, 24, 16],
  169: [6, 12, 32, 32],
  201: [6, 12, 48, 32],
} as const;

function grown(x: SymbolicTensor, growth: number, name: string): SymbolicTensor {
  let y = normalizedRelu(x, `${name}_0`, { epsilon: EPSILON });
  y = conv2d(BOTTLENECK * growth, 1, { useBias: false, name: `${name}_1_conv` }).apply(y);
  y = normalizedRelu(y, `${name}_1`, { epsilon: EPSILON });
  y = conv2d(growth, 3, { padding: 'same', useBias: false, name: `${name}_2_conv` }).apply(y);
  return concatenate({ name: `${name}_concat` }).apply([x, y]);
}

function transition(x: SymbolicTensor, name: string): SymbolicTensor {
  let y = normalizedRelu(x, name, { epsilon: EPSILON });
  const channels = Math.max(1, Math.floor(channelsOf(y) * REDUCTION));
  y = conv2d(channels, 1, { useBias: false, name: `${name}_conv` }).apply(y);
  return averagePooling2d(2, { strides: 2, name: `${name}_pool` }).apply(y);
}

function denseNet(depth: keyof typeof BLOCKS, options: ImageNetworkOptions): Model {
  const network = beginNetwork(`denseNet${depth}`, `densenet${depth}`, options);
  const { image, alpha } = network;
  let x = zeroPadding2d(3, { name: 'zero_padding2d' }).apply(image);
  x = conv2d(scaled(STEM_CHANNELS, alpha), 7, { strides: 2, useBias: false, name: 'conv1_conv' }).apply(x);
  x = normalizedRelu(x, 'conv1', { epsilon: EPSILON });
  x = zeroPadding2d(1, { name: 'zero_padding2d_1' }).apply(x);
  x = maxPooling2d(3, { strides: 2, name: 'pool1' }).apply(x);
  for (const [stage, count] of BLOCKS[depth].entries()) {
    if (stage > 0) x = transition(x, `pool${stage + 1}`);
    for (let index = 1; index <= count; index++) {
      x = grown(x, scaled(GROWTH, alpha), `conv${stage + 2}_block${index}`);
    }
  }
  return finishNetwork(network, lastRelu(x));
}

/** The last normalization has no prefix in Keras. */
function lastRelu(x: SymbolicTensor): SymbolicTensor {
  const normalized = batchNormalization({ epsilon: EPSILON, name: 'bn' }).apply(x);
  return activation('relu', { name: 'relu' }).apply(normalized);
}

/**
 * DenseNet with 121 weighted layers: images [batch, 224, 224, 3] → probabilities [batch, classes]. Preprocess images with
 * mode `torch`. Names are those of Keras.
 *
 * Source: Huang et al. (2017).
 *
 * @example
 * const model = denseNet121({ inputShape: [64, 64, 3], classes: 10, alpha: 0.5 });
 */
export const denseNet121 = (options: ImageNetworkOptions = {}): Model => denseNet(121, options);

/** DenseNet with 169 weighted layers; see {@link denseNet121}. */
export const denseNet169 = (options: ImageNetworkOptions = {}): Model => denseNet(169, options);

/** DenseNet with 201 weighted layers; see {@link denseNet121}. */
export const denseNet201 = (options: ImageNetworkOptions = {}): Model => denseNet(201, options);
