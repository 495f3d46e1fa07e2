/** The vision Transformer: an image as a sequence of patches. */
import { ArgumentError } from '@hadal/core';
import {
  add,
  conv2d,
  cropping1d,
  dense,
  dropout,
  globalAveragePooling1d,
  layerNormalization,
  type Model,
  positionEmbedding,
  RandomNormal,
  reshape,
  transformerEncoder,
} from '@hadal/layers';
import { requireHeads, requireSizes } from '../common/composite';
import { ClassToken } from './class-token';
import { beginNetwork, endNetwork, type ImageNetworkOptions } from './options';

export interface ViTOptions extends Omit<ImageNetworkOptions, 'pooling' | 'alpha'> {
  /** Extent of a patch (default 16). */
  readonly patchSize?: number;
  /** Features of a step (default 192). */
  readonly width?: number;
  /** Blocks (default 12). */
  readonly numLayers?: number;
  /** Heads of attention (default 3). */
  readonly numHeads?: number;
  /** Features between the two maps of a block (default 4 times the width). */
  readonly intermediateDim?: number;
  /** Part of the values that is dropped in training (default 0). */
  readonly dropout?: number;
}

/** That of the original. */
const EPSILON = 1e-6;

/**
 * Patches become steps, a step that stands for the whole goes before them, and blocks that are normalized first follow:
 * images [batch, 224, 224, 3] → probabilities [batch, classes], or without a classifier the steps [batch, patches + 1,
 * width]. Preprocess images with mode `tf`. Loading one needs `applicationLayers`.
 *
 * Source: Dosovitskiy et al. (2021).
 *
 * @example
 * const model = vit({ inputShape: [32, 32, 3], patchSize: 4, width: 64, numLayers: 4, numHeads: 4, classes: 10 });
 */
export function vit(options: ViTOptions = {}): Model {
  const { patchSize = 16, width = 192, numLayers = 12, numHeads = 3 } = options;
  const { intermediateDim = 4 * width, dropout: rate = 0 } = options;
  requireSizes('vit', { patchSize, width, numLayers, numHeads, intermediateDim });
  requireHeads('vit', width, numHeads);
  const network = beginNetwork('vit', 'vit', options, { minimum: patchSize });
  const [, height, across] = network.image.shape;
  if (typeof height !== 'number' || typeof across !== 'number') {
    throw new ArgumentError(
      'vit',
      'the extent of images is open.',
      'Positions are learned for one extent: say which.',
    );
  }
  if (height % patchSize !== 0 || across % patchSize !== 0) {
    throw new ArgumentError(
      'vit',
      `images are ${height} × ${across}; expected multiples of patchSize ${patchSize}.`,
    );
  }
  const patches = (height / patchSize) * (across / patchSize);
  let x = conv2d(width, patchSize, { strides: patchSize, name: 'patch_embedding' }).apply(network.image);
  x = reshape([patches, width], { name: 'patches' }).apply(x);
  x = new ClassToken({ name: 'class_token' }).apply(x);
  const positions = positionEmbedding(patches + 1, {
    name: 'position_embedding',
    initializer: new RandomNormal({ stddev: 0.02 }),
  }).apply(x);
  x = add({ name: 'positioned' }).apply([x, positions]);
  if (rate > 0) x = dropout(rate, { name: 'embeddings_dropout' }).apply(x);
  for (let index = 0; index < numLayers; index++) {
    x = transformerEncoder(intermediateDim, numHeads, {
      name: `transformer_layer_${index}`,
      activation: 'gelu',
      dropout: rate,
      layerNormEpsilon: EPSILON,
      normalizeFirst: true,
    }).apply(x);
  }
  x = layerNormalization({ name: 'layer_norm', epsilon: EPSILON }).apply(x);
  const { includeTop = true, classes = 1000, classifierActivation = 'softmax' } = options;
  if (!includeTop) return endNetwork(network, x);
  // Of one step the mean is the step itself.
  const first = cropping1d([0, patches], { name: 'first_step' }).apply(x);
  const whole = globalAveragePooling1d({ name: 'whole' }).apply(first);
  return endNetwork(
    network,
    dense(classes, { name: 'predictions', activation: classifierActivation }).apply(whole),
  );
}

const BASE = { width: 768, numLayers: 12, numHeads: 12 };
const LARGE = { width: 1024, numLayers: 24, numHeads: 16 };

/** {@link vit} of the base size with patches of 16 × 16. */
export const vitBase16 = (options: ViTOptions = {}): Model =>
  vit({ name: 'vit_base_16', ...BASE, patchSize: 16, ...options });

/** {@link vit} of the base size with patches of 32 × 32. */
export const vitBase32 = (options: ViTOptions = {}): Model =>
  vit({ name: 'vit_base_32', ...BASE, patchSize: 32, ...options });

/** {@link vit} of the large size with patches of 16 × 16. */
export const vitLarge16 = (options: ViTOptions = {}): Model =>
  vit({ name: 'vit_large_16', ...LARGE, patchSize: 16, ...options });

/** {@link vit} of the large size with patches of 32 × 32. */
export const vitLarge32 = (options: ViTOptions = {}): Model =>
  vit({ name: 'vit_large_32', ...LARGE, patchSize: 32, ...options });
