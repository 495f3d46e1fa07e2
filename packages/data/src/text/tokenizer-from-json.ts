/** Makes tokenizers again from what was saved. */
import type { JsonValue } from '@hadal/core';
import { Tokenizer } from './tokenizer';
import { readTokenizer } from './tokenizer-json';

/**
 * Restores a tokenizer from what `toJSON` gave, or from Keras' `to_json` after `JSON.parse`.
 *
 * @throws {DataError} when the value is not a saved tokenizer
 * @example
 * const restored = tokenizerFromJSON(JSON.parse(JSON.stringify(words)));
 */
export function tokenizerFromJSON(json: JsonValue): Tokenizer {
  const { options, state } = readTokenizer(json);
  return new Tokenizer(options, state);
}
