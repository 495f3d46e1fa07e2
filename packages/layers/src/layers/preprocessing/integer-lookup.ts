/** Whole numbers as their numbers in a vocabulary, on the device. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, gather, logicalAnd, mod, searchSorted, tensor, where } from '@hadal/core';
import { Layer, type LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { type AdaptData, partsOf } from './adapt-data';
import { integerBuckets } from './integer-hash';
import { encodeCategories, encodedShape } from './output-modes';
import { readSalt, requireSalt, type Salt, type SaltPair } from './salt';
import { readVocabularyOptions, Vocabulary, type VocabularyOptions } from './vocabulary';
import { MOST_BUCKETS } from './words64';

const OOV_METHODS = ['floormod', 'farmhash'] as const;

export interface IntegerLookupOptions extends LayerOptions, VocabularyOptions<number> {
  /**
   * How unknown numbers are spread over several: by their remainder (`floormod`, the default), or by the hash of their
   * digits (`farmhash`), which is even also where numbers have a common divisor.
   */
  readonly oovMethod?: (typeof OOV_METHODS)[number];
  /** A key for `farmhash`, a whole number or two: hashes are then SipHash's. */
  readonly salt?: Salt;
}

/** What unknown numbers are called. */
const UNKNOWN = -1;

/**
 * Whole numbers as their numbers in a vocabulary, or as vectors as `outputMode` says; with `invert` back again. `adapt`
 * takes the vocabulary from data; it is saved with the model. A model that is compiled before has to be compiled again.
 *
 * Input of whole numbers that fit int32, of any shape; int32 of the same shape, or vectors. With several
 * `numOovIndices`, unknown numbers are spread as `oovMethod` says; with none they give -1: a device cannot throw.
 *
 * @example
 * const lookup = integerLookup({ vocabulary: [12, 36, 1138] });
 * await lookup.apply(tensor([[12, 42]], { dtype: 'int32' })).array(); // [[1, 0]]
 */
export class IntegerLookup extends Layer {
  static readonly className = 'IntegerLookup';
  readonly className = IntegerLookup.className;
  readonly oovMethod: (typeof OOV_METHODS)[number];
  readonly salt: SaltPair | undefined;
  readonly #vocabulary: Vocabulary<number>;

  /** @throws {ArgumentError} when options contradict each other */
  constructor(options: IntegerLookupOptions = {}) {
    super(options);
    const tokens = [...(options.vocabulary ?? []), options.maskToken ?? 0, options.oovToken ?? UNKNOWN];
    const bad = tokens.find((token) => Math.trunc(token) !== token || Math.abs(token) >= 2 ** 31);
    if (bad !== undefined) {
      throw new ArgumentError('IntegerLookup', `the token ${bad} is no whole number that fits int32.`);
    }
    const { oovMethod = 'floormod', numOovIndices = 1 } = options;
    if (!OOV_METHODS.includes(oovMethod)) {
      throw new ArgumentError(
        'IntegerLookup',
        `oovMethod '${String(oovMethod)}' is unknown; expected '${OOV_METHODS.join("' or '")}'.`,
      );
    }
    if (oovMethod === 'farmhash' && numOovIndices > MOST_BUCKETS) {
      throw new ArgumentError(
        'IntegerLookup',
        `numOovIndices is ${numOovIndices}; with oovMethod 'farmhash' there are at most ${MOST_BUCKETS}.`,
      );
    }
    if (oovMethod !== 'farmhash' && options.salt !== undefined) {
      throw new ArgumentError(
        'IntegerLookup',
        `there is a salt and oovMethod is '${oovMethod}', which has no key.`,
        "Give oovMethod: 'farmhash'.",
      );
    }
    this.oovMethod = oovMethod;
    this.salt = requireSalt('IntegerLookup', options.salt);
    this.#vocabulary = new Vocabulary('IntegerLookup', options.oovToken ?? UNKNOWN, options);
  }

  /** The tokens by their numbers. */
  getVocabulary({ includeSpecialTokens = true } = {}): readonly number[] {
    return this.#vocabulary.tokens(includeSpecialTokens);
  }

  /** How many numbers there are. */
  get vocabularySize(): number {
    return this.#vocabulary.size;
  }

  /** Replaces the vocabulary. */
  setVocabulary(vocabulary: readonly number[], idfWeights?: readonly number[]): void {
    this.#vocabulary.set(vocabulary, idfWeights);
  }

  /**
   * Takes the vocabulary from data: the most frequent numbers first. Each row is a document, which matters for tfIdf.
   *
   * @throws {ArgumentError} when the layer was made with a vocabulary
   */
  async adapt(data: AdaptData): Promise<void> {
    await this.#vocabulary.learn(this.#documents(data), (a, b) => a - b);
  }

  async *#documents(data: AdaptData): AsyncGenerator<readonly number[], void, undefined> {
    for await (const { data: values, shape } of partsOf(this.scope, data)) {
      const length = shape.length > 1 ? values.length / (shape[0] ?? 1) : 1;
      for (let at = 0; at < values.length; at += length) yield [...values.subarray(at, at + length)];
    }
  }

  override call(inputs: Tensor): Tensor {
    const { outputMode, invert } = this.#vocabulary;
    const values = inputs.cast('int32');
    if (invert) return this.#tokensOf(values);
    const numbers = this.#numbersOf(values);
    if (outputMode === 'int') return numbers;
    const { depth, weights } = this.#vocabulary;
    if (outputMode !== 'tfIdf') return encodeCategories(numbers, outputMode, depth, this.dtype);
    return encodeCategories(numbers, 'count', depth, this.dtype).mul(
      tensor([...weights], { dtype: this.dtype }),
    );
  }

  #tokensOf(numbers: Tensor): Tensor {
    const tokens = int32(this.#vocabulary.tokens());
    const isKnown = logicalAnd(numbers.greaterEqual(0), numbers.less(tokens.size));
    return where(isKnown, gather(tokens, numbers), this.#vocabulary.oovToken).cast('int32');
  }

  #numbersOf(values: Tensor): Tensor {
    const { numOovIndices, oovStart, maskToken, specialTokens } = this.#vocabulary;
    const tokens = this.#vocabulary
      .tokens(false)
      .map((token, index) => [token, specialTokens.length + index] as const);
    const sorted = [...tokens].sort(([a], [b]) => a - b);
    const keys = int32(sorted.map(([token]) => token));
    const place = searchSorted(keys, values);
    const isKnown = gather(keys, place).equal(values);
    const unknown =
      numOovIndices > 1 ? this.#bucketsOf(values).add(oovStart) : numOovIndices === 1 ? oovStart : -1;
    const numbers = where(isKnown, gather(int32(sorted.map(([, number]) => number)), place), unknown).cast(
      'int32',
    );
    if (maskToken === undefined) return numbers;
    return where(values.equal(maskToken), oovStart === 1 ? 0 : -1, numbers).cast('int32');
  }

  #bucketsOf(values: Tensor): Tensor {
    const { numOovIndices } = this.#vocabulary;
    return this.oovMethod === 'farmhash'
      ? integerBuckets(values, numOovIndices, this.salt)
      : mod(values, numOovIndices);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { outputMode } = this.#vocabulary;
    if (outputMode === 'int') return inputShape;
    return encodedShape(inputShape, outputMode === 'tfIdf' ? 'count' : outputMode, this.#vocabulary.depth);
  }

  override getConfig(): JsonObject {
    const { oovMethod, salt = null } = this;
    return { ...super.getConfig(), ...this.#vocabulary.getConfig(), oovMethod, salt };
  }

  static fromConfig(config: JsonObject): IntegerLookup {
    const integer = (reader: ConfigReader, name: string): number | undefined =>
      optional(reader, name, (key) => reader.integer(key));
    return fromEntries(
      IntegerLookup.className,
      config,
      (reader) =>
        new IntegerLookup({
          ...readLayerOptions(reader),
          ...readVocabularyOptions(reader),
          maskToken: integer(reader, 'maskToken'),
          oovToken: integer(reader, 'oovToken'),
          vocabulary: optional(reader, 'vocabulary', (key) => reader.numbers(key)),
          oovMethod: reader.choice('oovMethod', OOV_METHODS, 'floormod'),
          salt: readSalt(reader),
        }),
    );
  }
}

const int32 = (values: readonly number[]): Tensor => tensor([...values], { dtype: 'int32' });

/** Makes an {@link IntegerLookup} layer. */
export const integerLookup = (options?: IntegerLookupOptions): IntegerLookup => new IntegerLookup(options);
