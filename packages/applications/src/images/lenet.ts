/** LeNet-5: the first convolutional network that read digits. */
import { averagePooling2d, conv2d, dense, flatten, type Model } from '@hadal/layers';
import { beginNetwork, classify, endNetwork, type ImageNetworkOptions, pooled, scaled } from './options';

/** What two convolutions of 5 × 5 and two poolings need to leave one pixel. */
const MIN_EXTENT = 12;

/**
 * LeNet-5: images [batch, 28, 28, 1] → probabilities [batch, classes], 10 classes unless told otherwise. As it is built
 * today: all maps of the second convolution see all of the first, and the classifier is a softmax.
 *
 * Source: LeCun, Bottou, Bengio & Haffner (1998).
 *
 * @example
 * const model = leNet();
 * model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
 */
export function leNet(options: ImageNetworkOptions = {}): Model {
  const chosen = { inputShape: [28, 28, 1], classes: 10, ...options };
  const network = beginNetwork('leNet', 'lenet', chosen, { minimum: MIN_EXTENT });
  const { alpha } = network;
  let x = network.image;
  x = conv2d(scaled(6, alpha), 5, { activation: 'tanh', padding: 'same', name: 'c1' }).apply(x);
  x = averagePooling2d(2, { name: 's2' }).apply(x);
  x = conv2d(scaled(16, alpha), 5, { activation: 'tanh', name: 'c3' }).apply(x);
  x = averagePooling2d(2, { name: 's4' }).apply(x);
  if (chosen.includeTop === false) return endNetwork(network, pooled(chosen, x));
  x = flatten({ name: 'flatten' }).apply(x);
  x = dense(scaled(120, alpha), { activation: 'tanh', name: 'c5' }).apply(x);
  x = dense(scaled(84, alpha), { activation: 'tanh', name: 'f6' }).apply(x);
  return endNetwork(network, classify(chosen, x));
}
