/** Attention and its gradient: what the addon is told. */
import type { AttentionPayload } from '@hadal/core/attention';
import { WordWriter } from '../words';
import { ATTENTION } from './kinds';

export function encodeAttention({ isGradient, scale }: AttentionPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.push(ATTENTION);
  words.pushFlag(isGradient);
  words.push(scale);
  return words.finish();
}
