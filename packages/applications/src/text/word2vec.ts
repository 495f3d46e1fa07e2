/** Word vectors that are learned by telling the words around a word from any others. */
import {
  ArgumentError,
  ConfigReader,
  compile,
  type Generator,
  gather,
  type JsonObject,
  l2Normalize,
  log,
  matmul,
  mean,
  randomCategorical,
  softplus,
  sum,
  type Tensor,
  tensor,
  topK,
  type Variable,
} from '@hadal/core';
import {
  Layer,
  type LayerOptions,
  type LayerShape,
  RandomUniform,
  readLayerOptions,
  Zeros,
} from '@hadal/layers';
import type { Optimizer } from '@hadal/optimizers';
import { requireSizes } from '../common/composite';
import { type TrainStep, trainingStep } from '../common/training';

export interface Word2VecOptions extends LayerOptions {
  /** How many words there are. */
  readonly vocabularySize: number;
  /** Features of a vector (default 100). */
  readonly width?: number;
}

/** Frequent words are drawn less often than they occur: their counts to this power. Source: Mikolov et al. (2013). */
const NOISE_POWER = 0.75;

/**
 * Two vectors for every word, one as the centre and one as a neighbour: [batch, 2] pairs of words → [batch] logits that
 * the second occurs around the first. Weights: `embeddings` and `context_embeddings`, [vocabularySize, width].
 *
 * Source: Mikolov et al. (2013), skip-gram with negative sampling.
 *
 * @example
 * const words = word2Vec({ vocabularySize: 1000, width: 32 });
 * const step = words.trainer(adam(0.01), { counts });
 * for (const pairs of batches) await step(pairs);
 * const neighbours = await words.mostSimilar(17, 5);
 */
export class Word2Vec extends Layer {
  static readonly className = 'Word2Vec';
  readonly className = Word2Vec.className;
  readonly vocabularySize: number;
  readonly width: number;
  #centres: Variable | undefined;
  #contexts: Variable | undefined;

  /** @throws {ArgumentError} when a size is not positive */
  constructor({ vocabularySize, width = 100, ...options }: Word2VecOptions) {
    super(options);
    requireSizes('Word2Vec', { vocabularySize, width });
    this.vocabularySize = vocabularySize;
    this.width = width;
  }

  override build(_inputShape: LayerShape): void {
    const shape = [this.vocabularySize, this.width];
    const limit = 0.5 / this.width;
    const initializer = new RandomUniform({ minval: -limit, maxval: limit });
    this.#centres = this.addWeight('embeddings', shape, { initializer });
    this.#contexts = this.addWeight('context_embeddings', shape, { initializer: new Zeros() });
  }

  /** The vectors, [vocabularySize, width]. */
  get vectors(): Tensor {
    this.ensureBuilt([null, 2]);
    return this.#centres!.value;
  }

  override call(pairs: Tensor): Tensor {
    const words = pairs.cast('int32');
    return sum(this.#between(columnOf(words, 0), columnOf(words, 1).expandDims(-1)), -1);
  }

  /** Logits of each centre, [batch], with neighbours, [batch, n]. */
  #between(centres: Tensor, neighbours: Tensor): Tensor {
    const vectors = gather(this.vectors, centres).expandDims(1);
    const others = gather(this.#contexts!.value, neighbours);
    return sum(vectors.mul(others), -1);
  }

  override computeOutputShape([batch = null]: LayerShape): LayerShape {
    return [batch];
  }

  /**
   * A step of training with pairs of words that occur together, int [batch, 2]; it gives the loss. For every pair,
   * `negatives` words are drawn that are taken not to occur there, frequent ones more often.
   *
   * @throws {ArgumentError} when there are counts of other words than these
   */
  trainer(
    optimizer: Optimizer,
    {
      counts,
      negatives = 5,
      generator,
    }: {
      /** How often each word occurs (default all the same). */
      readonly counts?: readonly number[];
      /** Words that are drawn for every pair (default 5). */
      readonly negatives?: number;
      readonly generator?: Generator;
    } = {},
  ): TrainStep {
    if (counts !== undefined && counts.length !== this.vocabularySize) {
      throw new ArgumentError(
        'word2Vec',
        `there are ${counts.length} counts and ${this.vocabularySize} words.`,
        'Give one count per word, 0 for words that never occur.',
      );
    }
    this.ensureBuilt([null, 2]);
    const frequencies = counts ?? Array.from({ length: this.vocabularySize }, () => 1);
    const noise = log(tensor(Float32Array.from(frequencies, (count) => count ** NOISE_POWER)));
    return trainingStep('word2vec.train', [this], optimizer, (pairs) => {
      const words = (pairs ?? noise).cast('int32');
      const [batch = 0] = words.shape;
      const drawn = randomCategorical(noise, { samples: batch * negatives, generator }).reshape([
        batch,
        negatives,
      ]);
      const isNear = softplus(this.#between(columnOf(words, 0), columnOf(words, 1).expandDims(-1)).neg());
      const isFar = softplus(this.#between(columnOf(words, 0), drawn));
      return mean(sum(isNear, -1).add(sum(isFar, -1)));
    });
  }

  /**
   * The words whose vectors point the most in the direction of that of a word.
   *
   * @returns words and cosines, the most similar first, without the word itself
   */
  async mostSimilar(
    word: number,
    count = 10,
  ): Promise<{ readonly word: number; readonly similarity: number }[]> {
    const compare = compile((index: Tensor) => {
      const units = l2Normalize(this.vectors, [-1]);
      const cosines = matmul(units, gather(units, index).expandDims(-1)).reshape([-1]);
      return topK(cosines, Math.min(count + 1, this.vocabularySize));
    });
    const { values, indices } = await compare(tensor(word, { dtype: 'int32' }));
    const [similarities, words] = await Promise.all([values.data(), indices.data()]);
    return Array.from(words, (each, rank) => ({ word: Number(each), similarity: Number(similarities[rank]) }))
      .filter((each) => each.word !== word)
      .slice(0, count);
  }

  override getConfig(): JsonObject {
    const { vocabularySize, width } = this;
    return { ...super.getConfig(), vocabularySize, width };
  }

  static fromConfig(config: JsonObject): Word2Vec {
    const reader = new ConfigReader(Word2Vec.className, config);
    const options = readLayerOptions(reader);
    const sizes = { vocabularySize: reader.integer('vocabularySize'), width: reader.integer('width') };
    reader.done();
    return new Word2Vec({ ...options, ...sizes });
  }
}

/** One word of every pair, [batch]. */
const columnOf = (pairs: Tensor, column: 0 | 1): Tensor =>
  pairs.slice([0, column], [pairs.shape[0] ?? 0, column + 1]).reshape([-1]);

/** Makes a {@link Word2Vec} layer. */
export const word2Vec = (options: Word2VecOptions): Word2Vec => new Word2Vec(options);

/**
 * Pairs of words that occur within a window of each other.
 *
 * @param window how many words to each side
 * @returns [centre, neighbour] for every two places
 * @example
 * skipGramPairs([5, 6, 7], 1); // [[5, 6], [6, 5], [6, 7], [7, 6]]
 */
export function skipGramPairs(
  words: readonly number[],
  window: number,
): [centre: number, neighbour: number][] {
  requireSizes('skipGramPairs', { window });
  return words.flatMap((centre, place) => {
    const around = words.slice(Math.max(0, place - window), place + window + 1);
    const own = Math.min(place, window);
    return around
      .filter((_, index) => index !== own)
      .map((neighbour): [number, number] => [centre, neighbour]);
  });
}
