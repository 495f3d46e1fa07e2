/** Words as numbers: a vocabulary learned from texts, and texts as sequences or matrices of it. */
import { ArgumentError, type HostArray, type JsonObject } from '@hadal/core';
import { tokenizerToJSON } from './tokenizer-json';
import { DEFAULT_FILTERS, textToWords, type WordOptions } from './words';

export interface TokenizerOptions extends WordOptions {
  /** Uses only the `numWords - 1` most frequent words (default all). */
  readonly numWords?: number;
  /** Takes characters instead of words (default false). */
  readonly charLevel?: boolean;
  /** Stands for words that are not known or not frequent enough, as number 1 (default: they are left out). */
  readonly oovToken?: string;
  /** Makes the words of a text in a way of your own. */
  readonly analyzer?: (text: string) => readonly string[];
}

/** A text, or its words where they are known already. */
export type TextInput = string | readonly string[];

const MATRIX_MODES = ['binary', 'count', 'tfidf', 'freq'] as const;

/** What a matrix holds of each word: whether it is there, how often, its weight, or its part of the text. */
export type MatrixMode = (typeof MATRIX_MODES)[number];

/** What a tokenizer has learned; plain data. */
export interface TokenizerState {
  /** How many texts were learned from. */
  readonly documentCount: number;
  /** How often each word was seen, in the order in which they came. */
  readonly wordCounts: ReadonlyMap<string, number>;
  /** In how many texts each word was seen. */
  readonly wordDocs: ReadonlyMap<string, number>;
  /** The number of each word: the most frequent one first, from 1 on; 0 is none. */
  readonly wordIndex: ReadonlyMap<string, number>;
  /** The word of each number. */
  readonly indexWord: ReadonlyMap<number, string>;
  /** In how many texts the word of each number was seen. */
  readonly indexDocs: ReadonlyMap<number, number>;
}

const increase = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/**
 * Numbers words by how often they appear, as Keras' Tokenizer: the most frequent one is 1, those that are equally frequent
 * keep the order in which they came, and 0 is left for padding.
 *
 * @example
 * const words = tokenizer({ numWords: 10_000, oovToken: '<unknown>' }).fitOnTexts(texts);
 * const x = padSequences(words.textsToSequences(texts), { maxlen: 100 });
 */
export class Tokenizer implements TokenizerState {
  readonly numWords: number | undefined;
  readonly filters: string;
  readonly lower: boolean;
  readonly split: string;
  readonly charLevel: boolean;
  readonly oovToken: string | undefined;
  readonly analyzer: ((text: string) => readonly string[]) | undefined;
  #documentCount: number;
  readonly #wordCounts: Map<string, number>;
  readonly #wordDocs: Map<string, number>;
  readonly #indexDocs: Map<number, number>;
  #wordIndex: ReadonlyMap<string, number>;
  #indexWord: ReadonlyMap<number, string>;

  /** @param state what was learned before; by default nothing */
  constructor(options: TokenizerOptions = {}, state?: TokenizerState) {
    const { numWords, split = ' ' } = options;
    if (numWords !== undefined && !(Number.isSafeInteger(numWords) && numWords > 0)) {
      throw new ArgumentError('tokenizer', `numWords is ${numWords}; expected a positive integer.`);
    }
    if (split === '') {
      throw new ArgumentError(
        'tokenizer',
        'split is empty.',
        'Words are separated by something; charLevel: true takes characters.',
      );
    }
    this.numWords = numWords;
    this.filters = options.filters ?? DEFAULT_FILTERS;
    this.lower = options.lower ?? true;
    this.split = split;
    this.charLevel = options.charLevel ?? false;
    this.oovToken = options.oovToken;
    this.analyzer = options.analyzer;
    this.#documentCount = state?.documentCount ?? 0;
    this.#wordCounts = new Map(state?.wordCounts);
    this.#wordDocs = new Map(state?.wordDocs);
    this.#indexDocs = new Map(state?.indexDocs);
    this.#wordIndex = new Map(state?.wordIndex);
    this.#indexWord = new Map(state?.indexWord);
  }

  /** How many texts were learned from. */
  get documentCount(): number {
    return this.#documentCount;
  }

  /** How often each word occurred in the texts it was fitted on. */
  get wordCounts(): ReadonlyMap<string, number> {
    return this.#wordCounts;
  }

  /** In how many texts each word occurred. */
  get wordDocs(): ReadonlyMap<string, number> {
    return this.#wordDocs;
  }

  /** The number of each word, from 1; frequent words have small ones. */
  get wordIndex(): ReadonlyMap<string, number> {
    return this.#wordIndex;
  }

  /** The word of each number. */
  get indexWord(): ReadonlyMap<number, string> {
    return this.#indexWord;
  }

  /** In how many texts the word of each number occurred. */
  get indexDocs(): ReadonlyMap<number, number> {
    return this.#indexDocs;
  }

  /**
   * Learns the vocabulary of texts, beside what was learned before. Numbers may change.
   *
   * @returns itself
   */
  fitOnTexts(texts: Iterable<TextInput>): this {
    for (const text of texts) {
      this.#documentCount++;
      const words = this.#wordsOf(text);
      for (const word of words) increase(this.#wordCounts, word);
      for (const word of new Set(words)) increase(this.#wordDocs, word);
    }
    const byCount = [...this.#wordCounts].sort(([, a], [, b]) => b - a).map(([word]) => word);
    const vocabulary = this.oovToken === undefined ? byCount : [this.oovToken, ...byCount];
    // As in Keras: a word that is also the token for unknown ones has the number of the word.
    this.#wordIndex = new Map(vocabulary.map((word, index) => [word, index + 1]));
    this.#indexWord = new Map([...this.#wordIndex].map(([word, index]) => [index, word]));
    for (const [word, count] of this.#wordDocs) this.#indexDocs.set(this.#wordIndex.get(word) ?? 0, count);
    return this;
  }

  /**
   * Learns in how many sequences each number appears, for `tfidf` without texts.
   *
   * @returns itself
   */
  fitOnSequences(sequences: Iterable<readonly number[]>): this {
    for (const sequence of sequences) {
      this.#documentCount++;
      for (const index of new Set(sequence)) increase(this.#indexDocs, index);
    }
    return this;
  }

  /** The numbers of the words of each text; words without one are left out, or are that of `oovToken`. */
  textsToSequences(texts: Iterable<TextInput>): number[][] {
    const unknown = this.#unknown();
    return Array.from(texts, (text) =>
      this.#wordsOf(text).flatMap((word) => {
        const index = this.#wordIndex.get(word);
        return index !== undefined && this.#isFrequent(index) ? [index] : unknown;
      }),
    );
  }

  /** The words of each sequence with blanks between them; numbers without a word are left out, or are `oovToken`. */
  sequencesToTexts(sequences: Iterable<readonly number[]>): string[] {
    const unknown = this.#unknown().flatMap((index) => this.#indexWord.get(index) ?? []);
    return Array.from(sequences, (sequence) =>
      sequence
        .flatMap((index) => {
          const word = this.#indexWord.get(index);
          return word !== undefined && this.#isFrequent(index) ? [word] : unknown;
        })
        .join(' '),
    );
  }

  /**
   * A row of numbers for each text, one for each word of the vocabulary.
   *
   * @returns float32 [texts, numWords], or without `numWords` the size of the vocabulary and 1
   */
  textsToMatrix(texts: Iterable<TextInput>, mode: MatrixMode = 'binary'): HostArray {
    return this.sequencesToMatrix(this.textsToSequences(texts), mode);
  }

  /**
   * As `textsToMatrix`, of sequences.
   *
   * @throws {ArgumentError} when there is no vocabulary and no `numWords`, or the mode is unknown
   */
  sequencesToMatrix(sequences: readonly (readonly number[])[], mode: MatrixMode = 'binary'): HostArray {
    const columns = this.#columns(mode);
    const data = new Float32Array(sequences.length * columns);
    sequences.forEach((sequence, row) => {
      const counts = new Map<number, number>();
      for (const index of sequence) if (index < columns) increase(counts, index);
      for (const [index, count] of counts) {
        data[row * columns + index] = this.#entry(mode, index, count, sequence.length);
      }
    });
    return { data, shape: [sequences.length, columns], dtype: 'float32' };
  }

  /**
   * Plain JSON in the format of Keras' `to_json`, from which `tokenizerFromJSON` and Keras make an equal tokenizer.
   *
   * @throws {ArgumentError} when there is an analyzer, which cannot be saved
   */
  toJSON(): JsonObject {
    return tokenizerToJSON(this);
  }

  #wordsOf(text: TextInput): readonly string[] {
    if (typeof text !== 'string') return this.lower ? text.map((word) => word.toLowerCase()) : text;
    if (this.charLevel) return [...(this.lower ? text.toLowerCase() : text)];
    return this.analyzer === undefined ? textToWords(text, this) : this.analyzer(text);
  }

  #isFrequent(index: number): boolean {
    return this.numWords === undefined || index < this.numWords;
  }

  /** What stands for an unknown word. */
  #unknown(): readonly number[] {
    if (this.oovToken === undefined) return [];
    const index = this.#wordIndex.get(this.oovToken);
    if (index !== undefined) return [index];
    throw new ArgumentError(
      'tokenizer',
      'nothing was learned yet, so that no word has a number.',
      'Call fitOnTexts(texts) first.',
    );
  }

  #columns(mode: MatrixMode): number {
    if (!MATRIX_MODES.includes(mode)) {
      throw new ArgumentError(
        'tokenizer',
        `unknown mode '${String(mode)}'; expected ${MATRIX_MODES.join(', ')}.`,
      );
    }
    if (mode === 'tfidf' && this.#documentCount === 0) {
      throw new ArgumentError('tokenizer', 'tfidf needs texts to weigh words by: call fitOnTexts first.');
    }
    if (this.numWords !== undefined) return this.numWords;
    if (this.#wordIndex.size > 0) return this.#wordIndex.size + 1;
    throw new ArgumentError(
      'tokenizer',
      'the number of words is not known.',
      'Give numWords, or call fitOnTexts(texts) first.',
    );
  }

  #entry(mode: MatrixMode, index: number, count: number, length: number): number {
    switch (mode) {
      case 'binary':
        return 1;
      case 'count':
        return count;
      case 'freq':
        return count / length;
      case 'tfidf': {
        const documents = this.#documentCount / (1 + (this.#indexDocs.get(index) ?? 0));
        return (1 + Math.log(count)) * Math.log(1 + documents);
      }
    }
  }
}

/** Makes a {@link Tokenizer} that has learned nothing yet. */
export const tokenizer = (options?: TokenizerOptions): Tokenizer => new Tokenizer(options);
