/**
 * Tokens and their numbers, with places for padding and for what is not known: what lookup layers share.
 *
 * Numbers begin with 0 for the mask token (where there is one and the layer gives numbers), then come those of unknown
 * tokens, then the tokens.
 */
import type { ConfigReader, HostArray, JsonObject } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import { optional } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import { type ModeName, readMode, requireMode, VOCABULARY_MODES, type VocabularyMode } from './output-modes';

export interface VocabularyOptions<Token extends string | number> {
  /** The most tokens, with those for padding and for unknown ones; at least 2. */
  readonly maxTokens?: number;
  /** How many numbers unknown tokens are spread over (default 1). With 0 each of them is an error, or on a device -1. */
  readonly numOovIndices?: number;
  /** The token that pads; its number is 0, and vectors leave it out. */
  readonly maskToken?: Token;
  /** What unknown tokens are called when numbers are turned back. */
  readonly oovToken?: Token;
  /** The tokens, most frequent first. Without them the layer adapts to data. */
  readonly vocabulary?: readonly Token[];
  /** For tfIdf: what each token of the vocabulary counts. */
  readonly idfWeights?: readonly number[];
  /** Turns numbers back into tokens (default false). */
  readonly invert?: boolean;
  /** Default int. */
  readonly outputMode?: ModeName<VocabularyMode>;
  /** Gives vectors of maxTokens also where there are fewer tokens (default false). */
  readonly padToMaxTokens?: boolean;
}

interface Contents<Token> {
  /** As they were given or learned; maybe with special tokens in front. */
  readonly vocabulary: readonly Token[];
  readonly idfWeights: readonly number[] | undefined;
  /** Without special tokens. */
  readonly tokens: readonly Token[];
  readonly numbers: ReadonlyMap<Token, number>;
}

export class Vocabulary<Token extends string | number> {
  readonly maxTokens: number | undefined;
  readonly numOovIndices: number;
  readonly maskToken: Token | undefined;
  readonly invert: boolean;
  readonly outputMode: VocabularyMode;
  readonly padToMaxTokens: boolean;
  readonly #isGiven: boolean;
  #contents: Contents<Token> | undefined;

  /** @throws {ArgumentError} when options contradict each other, or the vocabulary is empty or repeats itself */
  constructor(
    readonly where: string,
    readonly oovToken: Token,
    options: VocabularyOptions<Token>,
  ) {
    const { maxTokens, numOovIndices = 1 } = options;
    this.maxTokens =
      maxTokens === undefined ? undefined : requirePositiveInteger(where, 'maxTokens', maxTokens);
    if (maxTokens === 1) throw new ArgumentError(where, 'maxTokens is 1; expected at least 2.');
    if (!(Number.isSafeInteger(numOovIndices) && numOovIndices >= 0)) {
      throw new ArgumentError(
        where,
        `numOovIndices is ${numOovIndices}; expected a whole number of at least 0.`,
      );
    }
    this.numOovIndices = numOovIndices;
    this.maskToken = options.maskToken;
    this.invert = options.invert ?? false;
    this.outputMode = requireMode(where, options.outputMode ?? 'int', VOCABULARY_MODES);
    this.padToMaxTokens = options.padToMaxTokens ?? false;
    if (this.padToMaxTokens && maxTokens === undefined) {
      throw new ArgumentError(where, 'padToMaxTokens is true and there are no maxTokens.', 'Give maxTokens.');
    }
    if (this.invert && this.outputMode !== 'int') {
      throw new ArgumentError(
        where,
        `outputMode is '${this.outputMode}' and invert is true; only numbers can be turned back.`,
        "Use outputMode 'int'.",
      );
    }
    this.#isGiven = options.vocabulary !== undefined;
    if (options.vocabulary !== undefined) this.set(options.vocabulary, options.idfWeights);
    else if (options.idfWeights !== undefined) {
      throw new ArgumentError(where, 'there are idfWeights and no vocabulary.', 'Give both, or neither.');
    }
  }

  /** The tokens that come before those of data. */
  get specialTokens(): readonly Token[] {
    const mask = this.maskToken !== undefined && this.outputMode === 'int' ? [this.maskToken] : [];
    return [...mask, ...Array.from({ length: this.numOovIndices }, () => this.oovToken)];
  }

  /** The first number of unknown tokens. */
  get oovStart(): number {
    return this.maskToken !== undefined && this.outputMode === 'int' ? 1 : 0;
  }

  /** All tokens by their numbers. */
  tokens(includeSpecialTokens = true): readonly Token[] {
    const { tokens } = this.#require();
    return includeSpecialTokens ? [...this.specialTokens, ...tokens] : tokens;
  }

  /** How many numbers there are. */
  get size(): number {
    return this.specialTokens.length + this.#require().tokens.length;
  }

  /** The extent of vectors. */
  get depth(): number {
    return this.padToMaxTokens ? (this.maxTokens ?? this.size) : this.size;
  }

  /** What each number counts in tfIdf. */
  get weights(): readonly number[] {
    const { idfWeights = [], vocabulary, tokens } = this.#require();
    const mean = idfWeights.reduce((sum, weight) => sum + weight, 0) / idfWeights.length;
    const front = vocabulary.length === tokens.length ? this.specialTokens.map(() => mean) : [];
    const known = [...front, ...idfWeights];
    return [...known, ...Array.from({ length: this.depth - known.length }, () => 0)];
  }

  /** The number of a token; undefined where it is not known. */
  numberOf(token: Token): number | undefined {
    return this.#require().numbers.get(token);
  }

  /**
   * Replaces the tokens.
   *
   * @throws {ArgumentError} when there are none, too many, or one twice
   */
  set(vocabulary: readonly Token[], idfWeights?: readonly number[]): void {
    const { where, specialTokens } = this;
    const hasSpecial = specialTokens.every((token, index) => vocabulary[index] === token);
    const tokens = hasSpecial ? vocabulary.slice(specialTokens.length) : vocabulary;
    if (vocabulary.length === 0) throw new ArgumentError(where, 'the vocabulary is empty.');
    if ((this.outputMode === 'tfIdf') !== (idfWeights !== undefined)) {
      throw new ArgumentError(
        where,
        `outputMode is '${this.outputMode}' and there are ${idfWeights === undefined ? 'no' : ''} idfWeights.`,
        "A vocabulary has idfWeights where outputMode is 'tfIdf', and only there.",
      );
    }
    if (idfWeights !== undefined && idfWeights.length !== vocabulary.length) {
      throw new ArgumentError(
        where,
        `there are ${idfWeights.length} idfWeights for ${vocabulary.length} tokens; expected one for each.`,
      );
    }
    const numbers = new Map(tokens.map((token, index) => [token, specialTokens.length + index]));
    if (numbers.size < tokens.length) {
      const twice = tokens.find((token, index) => tokens.indexOf(token) !== index);
      throw new ArgumentError(
        where,
        `the vocabulary has ${JSON.stringify(twice)} twice.`,
        'List each token once.',
      );
    }
    const reserved = [this.maskToken, this.invert ? this.oovToken : undefined].find(
      (token) => token !== undefined && numbers.has(token),
    );
    if (reserved !== undefined) {
      throw new ArgumentError(
        where,
        `the vocabulary has ${JSON.stringify(reserved)}, which is the mask token or that of unknown ones.`,
        `Leave it out, or put ${JSON.stringify(specialTokens)} in front.`,
      );
    }
    const size = specialTokens.length + tokens.length;
    if (this.maxTokens !== undefined && size > this.maxTokens) {
      throw new ArgumentError(
        where,
        `the vocabulary has ${size} tokens with the special ones; maxTokens is ${this.maxTokens}.`,
      );
    }
    this.#contents = { vocabulary, idfWeights, tokens, numbers };
  }

  /**
   * Learns the tokens of documents: the most frequent first, and of those that are as frequent the greater one.
   *
   * @throws {ArgumentError} when the vocabulary was given
   */
  async learn(
    documents: AsyncIterable<readonly Token[]>,
    compare: (a: Token, b: Token) => number,
  ): Promise<void> {
    if (this.#isGiven) {
      throw new ArgumentError(
        this.where,
        'the layer was made with a vocabulary.',
        'Leave it out to take tokens from data.',
      );
    }
    const counts = new Map<Token, number>();
    const documentCounts = new Map<Token, number>();
    let documentCount = 0;
    for await (const document of documents) {
      documentCount++;
      for (const token of document) counts.set(token, (counts.get(token) ?? 0) + 1);
      for (const token of new Set(document)) documentCounts.set(token, (documentCounts.get(token) ?? 0) + 1);
    }
    if (this.maskToken !== undefined) counts.delete(this.maskToken);
    counts.delete(this.oovToken);
    const sorted = [...counts].sort(([a, often], [b, oftenB]) => oftenB - often || compare(b, a));
    const room = (this.maxTokens ?? Number.POSITIVE_INFINITY) - this.specialTokens.length;
    const tokens = sorted.slice(0, room).map(([token]) => token);
    // log(1 + documents / (1 + those with the token))
    const weights = tokens.map((token) => Math.log1p(documentCount / (1 + (documentCounts.get(token) ?? 0))));
    this.set(tokens, this.outputMode === 'tfIdf' ? weights : undefined);
  }

  #require(): Contents<Token> {
    if (this.#contents !== undefined) return this.#contents;
    throw new ArgumentError(
      this.where,
      'there is no vocabulary yet.',
      'Call adapt(data) before the layer is used, or give the vocabulary.',
    );
  }

  getConfig(): JsonObject {
    const { maxTokens, numOovIndices, maskToken, oovToken, invert, outputMode, padToMaxTokens } = this;
    return {
      maxTokens: maxTokens ?? null,
      numOovIndices,
      maskToken: maskToken ?? null,
      oovToken,
      vocabulary: this.#contents?.vocabulary ?? null,
      idfWeights: this.#contents?.idfWeights ?? null,
      invert,
      outputMode,
      padToMaxTokens,
    };
  }
}

/** The options of {@link Vocabulary.getConfig} that do not depend on what tokens are. */
export const readVocabularyOptions = (reader: ConfigReader) => ({
  maxTokens: optional(reader, 'maxTokens', (key) => reader.integer(key)),
  numOovIndices: optional(reader, 'numOovIndices', (key) => reader.integer(key)),
  idfWeights: optional(reader, 'idfWeights', (key) => reader.numbers(key)),
  invert: reader.boolean('invert', false),
  outputMode: readMode(reader, VOCABULARY_MODES, 'int'),
  padToMaxTokens: reader.boolean('padToMaxTokens', false),
});

/**
 * Numbers on the host as a mode shows them, as `encodeCategories` does on a device. Numbers below 0 count nowhere.
 *
 * @param shape how the numbers are arranged; the last axis is gathered, or dropped where oneHot has one of extent 1
 */
export function encodeNumbers(
  numbers: Int32Array,
  shape: readonly number[],
  mode: VocabularyMode,
  depth: number,
  weights?: readonly number[],
): HostArray {
  if (mode === 'int') return { data: numbers, shape, dtype: 'int32' };
  const values = shape.length === 0 ? [1] : shape;
  const last = values.at(-1) ?? 1;
  const isColumn = values.length > 1 && last === 1;
  const rows = mode === 'oneHot' ? (isColumn ? values.slice(0, -1) : values) : values.slice(0, -1);
  const perRow = mode === 'oneHot' ? 1 : last;
  const data = new Float32Array(rows.reduce((product, extent) => product * extent, 1) * depth);
  for (const [at, number] of numbers.entries()) {
    if (number < 0 || number >= depth) continue;
    const place = Math.floor(at / perRow) * depth + number;
    data[place] = mode === 'oneHot' || mode === 'multiHot' ? 1 : data[place]! + 1;
  }
  if (weights !== undefined) for (let at = 0; at < data.length; at++) data[at]! *= weights[at % depth]!;
  return { data, shape: [...rows, depth], dtype: 'float32' };
}
