/** The layer classes of this package, for loading models that use them. */
import type { LayerClass } from '@hadal/layers';
import { GaussianSample } from './generative/gaussian-sample';
import { ClassToken } from './images/class-token';
import { LayerScale } from './images/layer-scale';
import { MaskedAutoencoder } from './pretraining/masked-autoencoder';
import { BertEncoder, BertMaskedLM } from './text/bert';
import { CausalTransformer } from './text/causal-transformer';
import { Word2Vec } from './text/word2vec';

/**
 * All layer classes of this package.
 *
 * @example
 * const writer = new GPT(await loadModel('writer', { layers: applicationLayers }));
 */
export const applicationLayers: readonly LayerClass[] = [
  BertEncoder,
  BertMaskedLM,
  CausalTransformer,
  ClassToken,
  GaussianSample,
  LayerScale,
  MaskedAutoencoder,
  Word2Vec,
];
