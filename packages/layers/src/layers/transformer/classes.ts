/** The Transformer blocks, for loading models that use them. */
import type { LayerClass } from '../../layer/layer';
import { TransformerDecoder } from './transformer-decoder';
import { TransformerEncoder } from './transformer-encoder';

export const transformerLayers = (): readonly LayerClass[] => [TransformerDecoder, TransformerEncoder];
