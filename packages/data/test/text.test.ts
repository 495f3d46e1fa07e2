/** Texts as numbers, padded sequences and windows, against Keras. */
import { ArgumentError, DataError, type DType } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import {
  type MatrixMode,
  padSequences,
  slidingWindows,
  Tokenizer,
  type TokenizerOptions,
  textToWords,
  toHostArray,
  tokenizer,
  tokenizerFromJSON,
} from '../src';
import golden from './fixtures/text.json';

interface KerasOptions {
  readonly num_words?: number;
  readonly filters?: string;
  readonly lower?: boolean;
  readonly split?: string;
  readonly char_level?: boolean;
  readonly oov_token?: string;
}

const spelled = (options: KerasOptions): TokenizerOptions => ({
  ...(options.num_words !== undefined && { numWords: options.num_words }),
  ...(options.filters !== undefined && { filters: options.filters }),
  ...(options.lower !== undefined && { lower: options.lower }),
  ...(options.split !== undefined && { split: options.split }),
  ...(options.char_level !== undefined && { charLevel: options.char_level }),
  ...(options.oov_token !== undefined && { oovToken: options.oov_token }),
});

const byKey = <Key extends string | number, Value>(map: ReadonlyMap<Key, Value>): [Key, Value][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const cases = golden.tokenizers.map((each) => [JSON.stringify(each.options), each] as const);

describe('a tokenizer counts, numbers and turns texts as Keras does', () => {
  it.each(cases)('with %s', (_name, expected) => {
    const words = tokenizer(spelled(expected.options)).fitOnTexts(golden.texts);
    expect([...words.wordIndex]).toEqual(expected.wordIndex);
    expect([...words.wordCounts]).toEqual(expected.wordCounts);
    expect(new Map(words.wordDocs)).toEqual(new Map(expected.wordDocs as [string, number][]));
    expect(byKey(words.indexDocs)).toEqual(expected.indexDocs);
    expect(words.documentCount).toBe(golden.texts.length);
    const sequences = words.textsToSequences(golden.later);
    expect(sequences).toEqual(expected.sequences);
    expect(words.sequencesToTexts([...sequences, [1, 2, 999]])).toEqual(expected.texts);
    for (const [mode, rows] of Object.entries(expected.matrices)) {
      const matrix = words.textsToMatrix(golden.later, mode as MatrixMode);
      expect(matrix.shape).toEqual([rows.length, rows[0]!.length]);
      expect(matrix.data).toEqual(Float32Array.from(rows.flat()));
    }
  });
});

describe('a saved tokenizer', () => {
  it.each(cases)('with %s is that of Keras, and goes on as if it had not been saved', (_name, expected) => {
    const words = tokenizer(spelled(expected.options)).fitOnTexts(golden.texts);
    const restored = tokenizerFromJSON(JSON.parse(JSON.stringify(words)));
    const fromKeras = tokenizerFromJSON(JSON.parse(expected.json));
    for (const each of [restored, fromKeras]) {
      expect(each.textsToSequences(golden.later)).toEqual(expected.sequences);
      expect([...each.wordCounts]).toEqual(expected.wordCounts);
      expect([...each.fitOnTexts(golden.later).wordIndex]).toEqual(expected.laterIndex);
    }
    const saved = words.toJSON() as { config: Record<string, unknown> };
    const keras = JSON.parse(expected.json) as { config: Record<string, unknown> };
    expect(Object.keys(saved.config).sort()).toEqual(Object.keys(keras.config).sort());
    for (const key of ['word_counts', 'word_index', 'index_word']) {
      expect(JSON.parse(String(saved.config[key]))).toEqual(JSON.parse(String(keras.config[key])));
    }
  });

  it('is refused when it is none', () => {
    expect(() => tokenizerFromJSON({ class_name: 'Other' })).toThrow(DataError);
    const saved = JSON.parse(golden.tokenizers[0]!.json);
    for (const wrong of ['{', '[1]', '{"a": 1', '{"a": 1.5}', '{"a" 1}', '{"a": "b"}']) {
      const config = { ...saved.config, word_counts: wrong };
      expect(() => tokenizerFromJSON({ ...saved, config })).toThrow(DataError);
    }
    const config = { ...saved.config, analyzer: 'code' };
    expect(() => tokenizerFromJSON({ ...saved, config })).toThrow(/unknown entry 'analyzer'/);
  });

  it('keeps words that look like anything else in an object', () => {
    const words = new Tokenizer().fitOnTexts([['__proto__', '7', '"', '\\', '__proto__']]);
    const restored = tokenizerFromJSON(JSON.parse(JSON.stringify(words)));
    expect([...restored.wordIndex]).toEqual([
      ['__proto__', 1],
      ['7', 2],
      ['"', 3],
      ['\\', 4],
    ]);
  });
});

describe('words', () => {
  it('are what Keras takes for them', () => {
    expect(golden.texts.map((text) => textToWords(text))).toEqual(golden.words);
  });

  it('may be given, or made in another way', () => {
    expect([
      ...tokenizer()
        .fitOnTexts([['A b', 'a b', 'c']])
        .wordIndex.keys(),
    ]).toEqual(['a b', 'c']);
    const halves = tokenizer({ analyzer: (text) => [text.slice(0, 2), text.slice(2)] });
    expect(halves.fitOnTexts(['abcd', 'abxy']).textsToSequences(['abxy'])).toEqual([[1, 3]]);
    expect(() => halves.toJSON()).toThrow(/analyzer is a function/);
  });

  it('need a vocabulary before they have numbers', () => {
    expect(() => tokenizer({ oovToken: '?' }).textsToSequences(['a'])).toThrow(/nothing was learned yet/);
    expect(() => tokenizer().textsToMatrix(['a'])).toThrow(/Give numWords, or call fitOnTexts/);
    expect(() => tokenizer({ numWords: 3 }).textsToMatrix(['a'], 'tfidf')).toThrow(/tfidf needs texts/);
    expect(() => tokenizer({ numWords: 0 })).toThrow(ArgumentError);
    const weighted = tokenizer({ numWords: 3 }).fitOnSequences([[1, 1, 2], [1]]);
    expect([...weighted.indexDocs]).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });
});

describe('padded sequences', () => {
  it.each(golden.padded.map((each) => [JSON.stringify(each.options), each] as const))(
    'are those of Keras with %s',
    (_name, { sequences, options, shape, dtype, data }) => {
      const padded = padSequences(sequences, options as Parameters<typeof padSequences>[1]);
      expect(padded.shape).toEqual(shape);
      expect(padded.dtype).toBe(dtype as DType);
      expect(Array.from(padded.data)).toEqual(data);
    },
  );

  it('name what is impossible', () => {
    expect(() => padSequences([[1.5]])).toThrow(/int32 cannot hold/);
    expect(() => padSequences([[1]], { maxlen: 0 })).toThrow(/maxlen is 0/);
    expect(() => padSequences([[[1, 2]], [[1]]])).toThrow(
      /sequence 1 has steps of shape \[1\], others \[2\]/,
    );
  });
});

describe('sliding windows', () => {
  it.each(golden.windows.map((each) => [JSON.stringify(each.options), each] as const))(
    'begin and end where NumPy says with %s',
    async (_name, { steps, width, targets, options, x, y }) => {
      const values = Float32Array.from({ length: steps * width }, (_, index) => index);
      const series = toHostArray(values, { shape: [steps, width] });
      if (targets === null || y === null) {
        const windows = slidingWindows(series, undefined, options);
        expect(windows.size).toBe(x.length);
        const found = await windows.toArray();
        expect(found.map(({ shape }) => shape)).toEqual(x.map(() => [options.sequenceLength, width]));
        expect(found.map(({ data }) => [...data])).toEqual(x.map((rows) => rows.flat()));
        return;
      }
      const goals = Int32Array.from({ length: targets }, (_, index) => 1000 + index);
      const windows = slidingWindows(series, goals, options);
      expect(windows.size).toBe(x.length);
      const [batch] = await windows.batch(x.length).toArray();
      expect(batch!.x.shape).toEqual([x.length, options.sequenceLength, width]);
      expect([...batch!.x.data]).toEqual(x.flat(2));
      expect([...batch!.y.data]).toEqual(y);
      const [first] = await windows.toArray();
      expect([...first!.x.data]).toEqual(x[0]!.flat());
      expect(first!.y.shape).toEqual([]);
    },
  );

  it('of a flat series have one axis, and options that do not fit are named', async () => {
    const windows = slidingWindows(Float32Array.of(1, 2, 3, 4), undefined, { sequenceLength: 2 });
    const [batch] = await windows.shuffle(1).batch(3).toArray();
    expect(batch!.shape).toEqual([3, 2]);
    expect(() => slidingWindows([1, 2, 3], undefined, { sequenceLength: 4 })).toThrow(
      /sequenceLength is 4; expected a whole number from 1 to 3/,
    );
  });
});
