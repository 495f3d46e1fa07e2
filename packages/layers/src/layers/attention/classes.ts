/** The attention layer classes, for loading models that use them. */
import type { LayerClass } from '../../layer/layer';
import { AdditiveAttention, Attention } from './attention';
import { GroupQueryAttention } from './group-query';
import { MultiHeadAttention } from './multi-head';
import { PositionEmbedding, RotaryEmbedding, SinePositionEncoding } from './positions';

export const attentionLayers = (): readonly LayerClass[] => [
  AdditiveAttention,
  Attention,
  GroupQueryAttention,
  MultiHeadAttention,
  PositionEmbedding,
  RotaryEmbedding,
  SinePositionEncoding,
];
