/** The layer classes of this package, for loading models that use them. */
import type { LayerClass } from '@hadal/layers';
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
  Word2Vec,
];
