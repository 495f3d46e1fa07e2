/** Texts as numbers of their words. */
import type { ConfigReader, HostArray, JsonObject } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import type { Texts } from './holds-texts';
import { HostLayer } from './host-layer';
import { type ModeName, readMode, VOCABULARY_MODES, type VocabularyMode } from './output-modes';
import { StringLookup } from './string-lookup';
import { documentsOf, flatten, isText, readTexts, type TextData } from './texts';

const STANDARDS = ['lowerAndStripPunctuation', 'lower', 'stripPunctuation'] as const;
const SPLITS = ['whitespace', 'character'] as const;

/** Changes a text before it is split. */
export type Standardize = (typeof STANDARDS)[number] | ((text: string) => string);

/** Splits a text into tokens. */
export type Split = (typeof SPLITS)[number] | ((text: string) => readonly string[]);

export interface TextVectorizationOptions extends LayerOptions {
  /** The most tokens, with those for padding and for unknown words; at least 2. */
  readonly maxTokens?: number;
  /** Default lowerAndStripPunctuation, of ASCII letters and marks as in Keras; null leaves texts as they are. */
  readonly standardize?: Standardize | null;
  /** Default whitespace; null takes each text as one token. */
  readonly split?: Split | null;
  /** Joins neighbouring tokens: up to so many, or exactly as many as each of a list says. */
  readonly ngrams?: number | readonly number[];
  /** Default int: the numbers of the tokens in order, filled up with 0. */
  readonly outputMode?: ModeName<VocabularyMode>;
  /** For int: cuts texts or fills them up to so many tokens; without it to the longest. */
  readonly outputSequenceLength?: number;
  /** Gives vectors of maxTokens also where there are fewer tokens (default false). */
  readonly padToMaxTokens?: boolean;
  /** The tokens, most frequent first. Without them the layer adapts to data. */
  readonly vocabulary?: readonly string[];
  /** For tfIdf: what each token of the vocabulary counts. */
  readonly idfWeights?: readonly number[];
}

const PUNCTUATION = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g;
const SPACES = /[ \t\n\v\f\r]+/;

const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const strip = (text: string): string => text.replace(PUNCTUATION, '');

/**
 * Texts as the numbers of their words, or as vectors as `outputMode` says: standardized, split, joined to n-grams and
 * looked up. `adapt` takes the vocabulary from data; it is saved with the model. 0 pads, 1 is for unknown words.
 *
 * [batch] or [batch, 1] of texts; int32 [batch, tokens], or float32 vectors [batch, vocabulary]. Computed on the host.
 *
 * @example
 * const vectorize = textVectorization({ outputSequenceLength: 4 });
 * await vectorize.adapt(['the cat sat', 'the dog']);
 * await vectorize.apply(['The dog!', 'a cat']).array(); // [[2, 4, 0, 0], [1, 5, 0, 0]]
 */
export class TextVectorization extends HostLayer<Texts> {
  static readonly className = 'TextVectorization';
  readonly className = TextVectorization.className;
  readonly standardize: Standardize | null;
  readonly split: Split | null;
  readonly ngrams: number | readonly number[] | undefined;
  readonly outputSequenceLength: number | undefined;
  readonly outputMode: VocabularyMode;
  readonly #lookup: StringLookup;

  /** @throws {ArgumentError} when options are unknown or contradict each other */
  constructor(options: TextVectorizationOptions = {}) {
    const {
      outputSequenceLength,
      outputMode = 'int',
      padToMaxTokens,
      maxTokens,
      vocabulary,
      idfWeights,
    } = options;
    // In a model, sequences come as they are filled up.
    super(outputMode === 'int' ? { inputShape: [outputSequenceLength ?? null], ...options } : options);
    const { standardize = 'lowerAndStripPunctuation', split = 'whitespace', ngrams } = options;
    this.standardize = requireKnown('standardize', standardize, STANDARDS);
    this.split = requireKnown('split', split, SPLITS);
    for (const width of typeof ngrams === 'number' ? [ngrams] : (ngrams ?? [])) {
      requirePositiveInteger('TextVectorization', 'ngrams', width);
    }
    this.ngrams = ngrams;
    if (outputSequenceLength !== undefined) {
      requirePositiveInteger('TextVectorization', 'outputSequenceLength', outputSequenceLength);
      if (outputMode !== 'int') {
        throw new ArgumentError(
          'TextVectorization',
          `outputSequenceLength is given and outputMode is '${outputMode}'; vectors have no sequence.`,
          "Leave it out, or use outputMode 'int'.",
        );
      }
    }
    this.outputSequenceLength = outputSequenceLength;
    this.#lookup = new StringLookup({
      maxTokens,
      padToMaxTokens,
      vocabulary,
      idfWeights,
      outputMode,
      maskToken: '',
    });
    this.outputMode = this.#lookup.outputMode;
  }

  /** The tokens by their numbers. */
  getVocabulary({ includeSpecialTokens = true } = {}): readonly string[] {
    return this.#lookup.getVocabulary({ includeSpecialTokens });
  }

  /** How many numbers there are. */
  get vocabularySize(): number {
    return this.#lookup.vocabularySize;
  }

  /** Replaces the vocabulary. */
  setVocabulary(vocabulary: readonly string[], idfWeights?: readonly number[]): void {
    this.#lookup.setVocabulary(vocabulary, idfWeights);
  }

  /**
   * Takes the vocabulary from data: the most frequent tokens first.
   *
   * @param data texts, or a dataset of them
   * @throws {ArgumentError} when the layer was made with a vocabulary
   */
  async adapt(data: TextData): Promise<void> {
    await this.#lookup.adapt(this.#tokenized(data));
  }

  async *#tokenized(data: TextData): AsyncGenerator<readonly (readonly string[])[], void, undefined> {
    for await (const part of documentsOf(this.scope, data)) {
      yield flatten(this.scope, part, isText, 'texts').values.map((text) => this.tokensOf(text));
    }
  }

  /** The tokens of a text. */
  tokensOf(text: string): readonly string[] {
    const { standardize, split, ngrams } = this;
    const standard = typeof standardize === 'function' ? standardize(text) : standardized(text, standardize);
    const tokens = typeof split === 'function' ? split(standard) : splitUp(standard, split);
    if (ngrams === undefined) return tokens;
    const widths = typeof ngrams === 'number' ? Array.from({ length: ngrams }, (_, i) => i + 1) : ngrams;
    return widths.flatMap((width) =>
      Array.from({ length: Math.max(0, tokens.length - width + 1) }, (_, at) =>
        tokens.slice(at, at + width).join(' '),
      ),
    );
  }

  override encode(texts: Texts): HostArray {
    const { shape, values } = flatten(this.scope, texts, isText, 'texts');
    if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1)) {
      throw new ArgumentError(
        this.scope,
        `got texts of shape [${shape}].`,
        'Expected [batch] or [batch, 1]: each text is split into its own tokens.',
      );
    }
    const tokens = values.map((text) => this.tokensOf(text));
    const length = this.outputSequenceLength ?? Math.max(1, ...tokens.map((each) => each.length));
    // The mask token fills up: its number is 0, and vectors leave it out.
    const filled = tokens.map((each) => Array.from({ length }, (_, at) => each[at] ?? ''));
    return this.#lookup.encode(shape.length === 0 ? (filled[0] ?? []) : filled);
  }

  override getConfig(): JsonObject {
    const { maxTokens, padToMaxTokens, vocabulary, idfWeights } = this.#lookup.getConfig();
    return {
      ...super.getConfig(),
      maxTokens: maxTokens ?? null,
      standardize: this.#savable('standardize', this.standardize),
      split: this.#savable('split', this.split),
      ngrams: this.ngrams ?? null,
      outputMode: this.outputMode,
      outputSequenceLength: this.outputSequenceLength ?? null,
      padToMaxTokens: padToMaxTokens ?? false,
      vocabulary: vocabulary ?? null,
      idfWeights: idfWeights ?? null,
    };
  }

  /** An option as it is saved; 'none' for null, which stands for what is absent. */
  #savable(name: string, value: string | null | ((text: string) => unknown)): string {
    if (typeof value !== 'function') return value ?? NONE;
    throw new ArgumentError(
      this.scope,
      `${name} is a function, which cannot be saved.`,
      'Extend TextVectorization and override tokensOf, or apply the function before the layer.',
    );
  }

  static fromConfig(config: JsonObject): TextVectorization {
    const choice = <T extends string>(
      reader: ConfigReader,
      key: string,
      choices: readonly T[],
    ): T | null | undefined =>
      optional(reader, key, () => {
        const found = reader.choice(key, [...choices, NONE]);
        return choices.find((each) => each === found) ?? null;
      });
    return fromEntries(
      TextVectorization.className,
      config,
      (reader) =>
        new TextVectorization({
          ...readLayerOptions(reader),
          maxTokens: optional(reader, 'maxTokens', (key) => reader.integer(key)),
          standardize: choice(reader, 'standardize', STANDARDS),
          split: choice(reader, 'split', SPLITS),
          ngrams: optional(reader, 'ngrams', (key) =>
            typeof reader.value(key) === 'number' ? reader.integer(key) : reader.numbers(key),
          ),
          outputMode: readMode(reader, VOCABULARY_MODES, 'int'),
          outputSequenceLength: optional(reader, 'outputSequenceLength', (key) => reader.integer(key)),
          padToMaxTokens: reader.boolean('padToMaxTokens', false),
          vocabulary: optional(reader, 'vocabulary', (key) =>
            readTexts('TextVectorization.vocabulary', reader.value(key)),
          ),
          idfWeights: optional(reader, 'idfWeights', (key) => reader.numbers(key)),
        }),
    );
  }
}

/** How null is saved: an entry that is null counts as absent. */
const NONE = 'none';

function requireKnown<T extends string, F>(
  name: string,
  value: T | F | null,
  known: readonly T[],
): T | F | null {
  if (typeof value !== 'string' || known.some((each) => each === value)) return value;
  const camel = value.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const found = known.find((each) => each === camel);
  if (found !== undefined) return found;
  throw new ArgumentError(
    'TextVectorization',
    `${name} '${value}' is unknown.`,
    `Use '${known.join("', '")}', a function, or null.`,
  );
}

function standardized(text: string, how: (typeof STANDARDS)[number] | null): string {
  const lowered = how === 'lower' || how === 'lowerAndStripPunctuation' ? lower(text) : text;
  return how === 'stripPunctuation' || how === 'lowerAndStripPunctuation' ? strip(lowered) : lowered;
}

function splitUp(text: string, how: (typeof SPLITS)[number] | null): readonly string[] {
  if (how === null) return [text];
  return how === 'character' ? [...text] : text.split(SPACES).filter((token) => token !== '');
}

/** Makes a {@link TextVectorization} layer. */
export const textVectorization = (options?: TextVectorizationOptions): TextVectorization =>
  new TextVectorization(options);
