/** VGG: the same small convolution again and again. */
import { conv2d, dense, flatten, type Model, maxPooling2d } from '@hadal/layers';
import { beginNetwork, classify, endNetwork, type ImageNetworkOptions, pooled, scaled } from './options';

/** Channels of the five blocks. */
const CHANNELS = [64, 128, 256, 512, 512] as const;

/** Units of the two hidden layers of the classifier. */
const HIDDEN_UNITS = 4096;

const CONVOLUTIONS = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
} as const;

function vgg(depth: keyof typeof CONVOLUTIONS, options: ImageNetworkOptions): Model {
  const network = beginNetwork(`vgg${depth}`, `vgg${depth}`, options);
  const { alpha } = network;
  let x = network.image;
  for (const [index, count] of CONVOLUTIONS[depth].entries()) {
    const block = `block${index + 1}`;
    const filters = scaled(CHANNELS[index] ?? 512, alpha);
    for (let each = 1; each <= count; each++) {
      const name = `${block}_conv${each}`;
      x = conv2d(filters, 3, { activation: 'relu', padding: 'same', name }).apply(x);
    }
    x = maxPooling2d(2, { strides: 2, name: `${block}_pool` }).apply(x);
  }
  if (options.includeTop === false) return endNetwork(network, pooled(options, x));
  x = flatten({ name: 'flatten' }).apply(x);
  for (const name of ['fc1', 'fc2']) {
    x = dense(scaled(HIDDEN_UNITS, alpha), { activation: 'relu', name }).apply(x);
  }
  return endNetwork(network, classify(options, x));
}

/**
 * VGG with 11 weighted layers: images [batch, 224, 224, 3] → probabilities [batch, classes]. Preprocess images with mode
 * `caffe`.
 *
 * Source: Simonyan & Zisserman (2015).
 *
 * @example
 * const model = vgg11({ inputShape: [32, 32, 3], classes: 10, alpha: 0.25 });
 */
export const vgg11 = (options: ImageNetworkOptions = {}): Model => vgg(11, options);

/** VGG with 13 weighted layers; see {@link vgg11}. */
export const vgg13 = (options: ImageNetworkOptions = {}): Model => vgg(13, options);

/** VGG with 16 weighted layers, by the names of `keras.applications.VGG16`; see {@link vgg11}. */
export const vgg16 = (options: ImageNetworkOptions = {}): Model => vgg(16, options);

/** VGG with 19 weighted layers, by the names of `keras.applications.VGG19`; see {@link vgg11}. */
export const vgg19 = (options: ImageNetworkOptions = {}): Model => vgg(19, options);
