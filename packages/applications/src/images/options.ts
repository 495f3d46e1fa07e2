/** What networks for images share: their options, their input, and the classifier on top. */
import { ArgumentError } from '@hadal/core';
import {
  type ActivationLike,
  dense,
  dropout,
  globalAveragePooling2d,
  globalMaxPooling2d,
  type InitializerLike,
  input,
  type LayerShape,
  type Model,
  model,
  type SymbolicTensor,
} from '@hadal/layers';

/** Options of all networks for images. */
export interface ImageNetworkOptions {
  /** [height, width, channels] of an image; null where it is not fixed (default that of the paper, mostly 224 × 224 × 3). */
  readonly inputShape?: LayerShape;
  /** How many classes are told apart (default 1000). */
  readonly classes?: number;
  /** Whether the network ends with a classifier (default true), or with features. */
  readonly includeTop?: boolean;
  /** What becomes of the features where there is no classifier: their mean or maximum over the image (default neither). */
  readonly pooling?: 'avg' | 'max';
  /** Of the classifier (default softmax; linear for logits). */
  readonly classifierActivation?: ActivationLike;
  /** Multiplies the channels of all layers: below 1 for smaller and faster networks (default 1). */
  readonly alpha?: number;
  /** Of the model (default that of the network). */
  readonly name?: string;
}

/** Most networks halve images five times, so that smaller ones would vanish. */
const MIN_EXTENT = 32;

/** Options with their defaults, checked. */
export interface ImageNetwork {
  readonly where: string;
  readonly name: string;
  readonly image: SymbolicTensor;
  readonly alpha: number;
  readonly options: ImageNetworkOptions;
}

/**
 * Begins a network.
 *
 * @param where the factory, for errors
 * @param name  of the model, unless another was chosen
 * @throws {ArgumentError} when an option is out of range
 */
export function beginNetwork(
  where: string,
  name: string,
  options: ImageNetworkOptions,
  { extent = 224, minimum = MIN_EXTENT }: { readonly extent?: number; readonly minimum?: number } = {},
): ImageNetwork {
  const { inputShape = [extent, extent, 3], alpha = 1, classes = 1000 } = options;
  const [height, width, channels] = inputShape;
  if (inputShape.length !== 3 || typeof channels !== 'number') {
    throw new ArgumentError(
      where,
      `inputShape is [${inputShape.map((each) => each ?? 'null')}]; expected [height, width, channels].`,
      'The channels must be known; height and width may be null.',
    );
  }
  for (const side of [height, width]) {
    if (typeof side === 'number' && side < minimum) {
      throw new ArgumentError(
        where,
        `images are ${height} × ${width}, but nothing would be left of fewer than ${minimum} pixels.`,
        'Enlarge the images, or use a smaller network such as leNet.',
      );
    }
  }
  if (!(alpha > 0 && Number.isFinite(alpha))) {
    throw new ArgumentError(where, `alpha is ${alpha}; expected a number above 0.`);
  }
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new ArgumentError(where, `classes is ${classes}; expected a positive integer.`);
  }
  return {
    where,
    name: options.name ?? name,
    image: input([height ?? null, width ?? null, channels]),
    alpha,
    options,
  };
}

/** The model from the image of a network to an output. */
export const endNetwork = ({ image, name }: ImageNetwork, output: SymbolicTensor): Model =>
  model({ inputs: image, outputs: output, name });

/** Channels of a network of a width. */
export const scaled = (channels: number, alpha: number): number => Math.max(1, Math.round(channels * alpha));

/** How a classifier begins, and what is dropped before it. */
interface TopOptions {
  readonly dropout?: number;
  readonly kernelInitializer?: InitializerLike;
}

/** The usual end of a network: the mean of the features and a classifier, or the features as they were asked for. */
export function finishNetwork(
  network: ImageNetwork,
  features: SymbolicTensor,
  { dropout: rate = 0, kernelInitializer }: TopOptions = {},
): Model {
  const { options } = network;
  if (options.includeTop === false) return endNetwork(network, pooled(options, features));
  const mean = globalAveragePooling2d({ name: 'avg_pool' }).apply(features);
  const kept = rate > 0 ? dropout(rate, { name: 'top_dropout' }).apply(mean) : mean;
  return endNetwork(network, classify(options, kept, kernelInitializer));
}

/** Scores of all classes. */
export const classify = (
  { classes = 1000, classifierActivation = 'softmax' }: ImageNetworkOptions,
  features: SymbolicTensor,
  kernelInitializer?: InitializerLike,
): SymbolicTensor =>
  dense(classes, { name: 'predictions', activation: classifierActivation, kernelInitializer }).apply(
    features,
  );

/** Features without a classifier. */
export function pooled({ pooling }: ImageNetworkOptions, features: SymbolicTensor): SymbolicTensor {
  if (pooling === undefined) return features;
  return pooling === 'avg'
    ? globalAveragePooling2d({ name: 'avg_pool' }).apply(features)
    : globalMaxPooling2d({ name: 'max_pool' }).apply(features);
}
