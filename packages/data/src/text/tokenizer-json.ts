/**
 * Tokenizers as Keras saves them: options, and what was learned as JSON within JSON. The order of words matters to what
 * is learned later, and objects of JavaScript put words that are numbers first, so entries are written and read one by one.
 */
import {
  ArgumentError,
  ConfigReader,
  DataError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@hadal/core';
import type { TokenizerOptions, TokenizerState } from './tokenizer';

const CLASS_NAME = 'Tokenizer';

interface Saved extends TokenizerState, TokenizerOptions {}

const entries = <Key extends string | number, Value>(map: ReadonlyMap<Key, Value>): string =>
  `{${[...map].map(([key, value]) => `${JSON.stringify(String(key))}: ${JSON.stringify(value)}`).join(', ')}}`;

/** @throws {ArgumentError} when there is an analyzer */
export function tokenizerToJSON(saved: Saved): JsonObject {
  if (saved.analyzer !== undefined) {
    throw new ArgumentError(
      'tokenizer',
      'the analyzer is a function, which cannot be saved.',
      'Give texts as lists of words instead: tokenizer.fitOnTexts(texts.map(analyzer)).',
    );
  }
  return {
    class_name: CLASS_NAME,
    config: {
      num_words: saved.numWords ?? null,
      filters: saved.filters ?? null,
      lower: saved.lower ?? true,
      split: saved.split ?? ' ',
      char_level: saved.charLevel ?? false,
      oov_token: saved.oovToken ?? null,
      document_count: saved.documentCount,
      word_counts: entries(saved.wordCounts),
      word_docs: entries(saved.wordDocs),
      index_docs: entries(saved.indexDocs),
      index_word: entries(saved.indexWord),
      word_index: entries(saved.wordIndex),
    },
  };
}

/** A JSON string, colon, and a number or a JSON string. */
const ENTRY = /("(?:[^"\\]|\\.)*")\s*:\s*(-?\d+|"(?:[^"\\]|\\.)*")\s*[,}]/gy;

/** The entries of a flat object in their order. */
function readEntries(where: string, text: string): [string, JsonValue][] {
  const open = /^\s*\{\s*/.exec(text);
  const found: [string, JsonValue][] = [];
  if (open !== null) {
    ENTRY.lastIndex = open[0].length;
    for (let match = ENTRY.exec(text); match !== null; match = ENTRY.exec(text)) {
      const [whole, key = '""', value = '0'] = match;
      found.push([parsed(where, key, isString), parsed(where, value, isValue)]);
      const next = match.index + whole.length;
      if (whole.endsWith('}') && text.slice(next).trim() === '') return found;
      ENTRY.lastIndex = next + (/^\s*/.exec(text.slice(next))?.[0].length ?? 0);
    }
    if (found.length === 0 && /^\s*\{\s*\}\s*$/.test(text)) return found;
  }
  throw new DataError(where, 'expected an object of numbers or words as JSON.');
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isValue = (value: unknown): value is string | number => isString(value) || Number.isSafeInteger(value);

function parsed<T>(where: string, text: string, is: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError(where, `${text.slice(0, 60)} is no JSON.`);
  }
  if (is(value)) return value;
  throw new DataError(where, `${text.slice(0, 60)} is neither a word nor a whole number.`);
}

/** What a saved tokenizer is made of. */
export function readTokenizer(json: JsonValue): {
  readonly options: TokenizerOptions;
  readonly state: TokenizerState;
} {
  const where = 'tokenizerFromJSON';
  if (!isJsonObject(json) || json.class_name !== CLASS_NAME || !isJsonObject(json.config)) {
    throw new DataError(
      where,
      'the value is not a saved tokenizer.',
      `Expected { class_name: '${CLASS_NAME}', config } as toJSON() or Keras' to_json() give it.`,
    );
  }
  const reader = new ConfigReader(where, json.config);
  const counts = (key: string): Map<string, number> =>
    new Map(
      readEntries(`${where}: ${key}`, reader.string(key)).map(([word, count]) => {
        if (typeof count === 'number') return [word, count];
        throw new DataError(`${where}: ${key}`, `'${word}' has no number.`);
      }),
    );
  const numbered = <Value>(map: readonly [string, Value][]): Map<number, Value> =>
    new Map(map.map(([index, value]) => [Number(index), value]));
  const options: TokenizerOptions = {
    numWords: reader.value('num_words') === undefined ? undefined : reader.integer('num_words'),
    filters: reader.string('filters', ''),
    lower: reader.boolean('lower', true),
    split: reader.string('split', ' '),
    charLevel: reader.boolean('char_level', false),
    oovToken: reader.optionalString('oov_token'),
  };
  const words = readEntries(`${where}: index_word`, reader.string('index_word'));
  const state: TokenizerState = {
    documentCount: reader.integer('document_count', 0),
    wordCounts: counts('word_counts'),
    wordDocs: counts('word_docs'),
    wordIndex: counts('word_index'),
    indexDocs: numbered([...counts('index_docs')]),
    indexWord: numbered(words.map(([index, word]): [string, string] => [index, String(word)])),
  };
  reader.done();
  return { options, state };
}
