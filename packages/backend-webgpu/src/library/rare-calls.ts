/** Calls other than products: which are taken, and their shaders. */
import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import type { Shader } from '../shader';
import { attentionShader } from './attention/forward';
import { attentionGradientShader } from './attention/gradient';
import { isAttentionCode, matchAttention } from './attention/match';
import { type IndexedCode, isIndexedCode, matchIndexedCall } from './indexed/match';
import { scanShader } from './indexed/scan';
import { scatterShader } from './indexed/scatter';
import { sortShader } from './indexed/sort';
import { runGradientShader } from './recurrent/gradient';
import { isRecurrentCode, matchRecurrentCall } from './recurrent/match';
import { runShader } from './recurrent/run';
import type { LibraryTraits } from './traits';

export const matchRareCall = (request: LibraryRequest, traits: LibraryTraits): LibraryMatch | undefined =>
  matchIndexedCall(request, traits) ?? matchRecurrentCall(request, traits) ?? matchAttention(request, traits);

function indexedShader(name: string, code: IndexedCode): Shader {
  switch (code.kind) {
    case 'scatter':
      return scatterShader(name, code);
    case 'scan':
      return scanShader(name, code);
    case 'sort':
      return sortShader(name, code);
  }
}

/** The shader of a call, or undefined when its payload is none of these. */
export function rareShader({ name, payload }: LibraryCall): Shader | undefined {
  if (isIndexedCode(payload)) return indexedShader(name, payload);
  if (isRecurrentCode(payload)) return (payload.isGradient ? runGradientShader : runShader)(name, payload);
  if (isAttentionCode(payload)) {
    return (payload.isGradient ? attentionGradientShader : attentionShader)(name, payload);
  }
  return undefined;
}
