/** Texts as numbers of a vocabulary. */
import type { HostArray, JsonObject } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import type { Texts } from './holds-texts';
import { HostLayer } from './host-layer';
import type { VocabularyMode } from './output-modes';
import { bucketOf, readSalt, requireSalt, type Salt, type SaltPair } from './salt';
import {
  compareTexts,
  documentsOf,
  flatten,
  isText,
  isWhole,
  readTexts,
  type TextData,
  type Values,
} from './texts';
import { encodeNumbers, readVocabularyOptions, Vocabulary, type VocabularyOptions } from './vocabulary';

export interface StringLookupOptions extends LayerOptions, VocabularyOptions<string> {
  /** A key for spreading unknown texts over several numbers: a whole number or two. */
  readonly salt?: Salt;
}

/** What unknown texts are called. */
const UNKNOWN = '[UNK]';

/**
 * Texts as their numbers in a vocabulary, or as vectors as `outputMode` says. `adapt` takes the vocabulary from data; it
 * is saved with the model.
 *
 * Texts of any arrangement; int32 in the same one, or float32 vectors. Numbers and weights are those of Keras, and so is
 * the spreading of unknown texts over `numOovIndices` numbers, by their fingerprint.
 *
 * @example
 * const lookup = stringLookup({ vocabulary: ['a', 'b'] });
 * await lookup.apply([['b', 'z']]).array(); // [[2, 0]]
 * lookup.decode([2, 0]); // ['b', '[UNK]']
 */
export class StringLookup extends HostLayer<Texts> {
  static readonly className = 'StringLookup';
  readonly className = StringLookup.className;
  readonly salt: SaltPair | undefined;
  readonly #vocabulary: Vocabulary<string>;

  /** @throws {ArgumentError} when options contradict each other */
  constructor(options: StringLookupOptions = {}) {
    super(options);
    this.salt = requireSalt('StringLookup', options.salt);
    this.#vocabulary = new Vocabulary('StringLookup', options.oovToken ?? UNKNOWN, options);
  }

  get outputMode(): VocabularyMode {
    return this.#vocabulary.outputMode;
  }

  /** The tokens by their numbers. */
  getVocabulary({ includeSpecialTokens = true } = {}): readonly string[] {
    return this.#vocabulary.tokens(includeSpecialTokens);
  }

  /** How many numbers there are. */
  get vocabularySize(): number {
    return this.#vocabulary.size;
  }

  /** Replaces the vocabulary. */
  setVocabulary(vocabulary: readonly string[], idfWeights?: readonly number[]): void {
    this.#vocabulary.set(vocabulary, idfWeights);
  }

  /**
   * Takes the vocabulary from data: the most frequent texts first.
   *
   * @param data texts, lists of them (each a document, which matters for tfIdf), or a dataset of either
   * @throws {ArgumentError} when the layer was made with a vocabulary
   */
  async adapt(data: TextData): Promise<void> {
    await this.#vocabulary.learn(this.#documents(data), compareTexts);
  }

  async *#documents(data: TextData): AsyncGenerator<readonly string[], void, undefined> {
    for await (const part of documentsOf(this.scope, data))
      yield flatten(this.scope, part, isText, 'texts').values;
  }

  override encode(texts: Texts): HostArray {
    if (this.#vocabulary.invert) {
      throw new ArgumentError(this.scope, 'got texts and invert is true.', 'decode(numbers) gives texts.');
    }
    const { shape, values } = flatten(this.scope, texts, isText, 'texts');
    return encodeNumbers(
      this.numbersOf(values),
      shape,
      this.#vocabulary.outputMode,
      this.#vocabulary.outputMode === 'int' ? 0 : this.#vocabulary.depth,
      this.#vocabulary.outputMode === 'tfIdf' ? this.#vocabulary.weights : undefined,
    );
  }

  /** The numbers of texts. Padding has 0 where numbers are asked for, and -1 where it is left out of vectors. */
  numbersOf(texts: readonly string[]): Int32Array {
    const { maskToken, oovStart } = this.#vocabulary;
    const mask = oovStart === 1 ? 0 : -1;
    return Int32Array.from(texts, (text) =>
      text === maskToken ? mask : (this.#vocabulary.numberOf(text) ?? this.#unknown(text)),
    );
  }

  #unknown(text: string): number {
    const { numOovIndices, oovStart } = this.#vocabulary;
    if (numOovIndices > 0)
      return oovStart + (numOovIndices === 1 ? 0 : bucketOf(text, numOovIndices, this.salt));
    throw new ArgumentError(
      this.scope,
      `${JSON.stringify(text)} is not in the vocabulary, and numOovIndices is 0.`,
      'Give numOovIndices: 1 for a number of unknown texts.',
    );
  }

  /**
   * Numbers turned back into texts, whatever `invert` is. Numbers that none has are unknown.
   *
   * @param numbers nested lists; of a tensor `await x.array()`
   */
  decode(numbers: Values): Texts {
    const tokens = this.#vocabulary.tokens();
    const back = (part: Values): Texts => {
      if (typeof part === 'object') return part.map(back);
      if (isWhole(part)) return tokens[part] ?? this.#vocabulary.oovToken;
      throw new ArgumentError(this.scope, `${JSON.stringify(part)} is no number of a text.`);
    };
    return back(numbers);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.#vocabulary.getConfig(), salt: this.salt ?? null };
  }

  static fromConfig(config: JsonObject): StringLookup {
    return fromEntries(
      StringLookup.className,
      config,
      (reader) =>
        new StringLookup({
          ...readLayerOptions(reader),
          ...readVocabularyOptions(reader),
          maskToken: reader.optionalString('maskToken'),
          oovToken: reader.optionalString('oovToken'),
          vocabulary: optional(reader, 'vocabulary', (key) =>
            readTexts('StringLookup.vocabulary', reader.value(key)),
          ),
          salt: readSalt(reader),
        }),
    );
  }
}

/** Makes a {@link StringLookup} layer. */
export const stringLookup = (options?: StringLookupOptions): StringLookup => new StringLookup(options);
