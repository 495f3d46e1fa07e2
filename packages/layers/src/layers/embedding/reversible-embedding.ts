/** An embedding that also leads back, from vectors to scores of all numbers. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, matmul, tanh } from '@hadal/core';
import { RandomUniform } from '../../initializers/random';
import { fromEntries } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { EmbeddingLayer, type EmbeddingOptions, readEmbedding } from './embedding';

export interface ReversibleEmbeddingOptions extends EmbeddingOptions {
  /** Whether the way back uses the same table (default true). */
  readonly tieWeights?: boolean;
  /** Bounds the scores of the way back softly to ±this; by default not at all. */
  readonly logitSoftCap?: number;
}

/**
 * An embedding, [batch, …] → [batch, …, outputDim], whose `reverse` gives scores of all numbers for vectors: [batch, …,
 * outputDim] → [batch, …, inputDim]. Weights: `embeddings` [inputDim, outputDim] and, unless they are tied,
 * `reverse_embeddings` [outputDim, inputDim].
 *
 * Source: Press & Wolf (2017).
 *
 * @example
 * const words = reversibleEmbedding(1000, 32);
 * const scores = words.reverse(words.apply(tensor([[4, 7]], { dtype: 'int32' }))); // [1, 2, 1000]
 */
export class ReversibleEmbedding extends EmbeddingLayer {
  static readonly className = 'ReversibleEmbedding';
  readonly className = ReversibleEmbedding.className;
  readonly tieWeights: boolean;
  readonly logitSoftCap: number | undefined;
  #reverse: Variable | undefined;

  /** @throws {ArgumentError} when the bound of the scores is not positive */
  constructor(inputDim: number, outputDim: number, options: ReversibleEmbeddingOptions = {}) {
    super('ReversibleEmbedding', inputDim, outputDim, options);
    const { tieWeights = true, logitSoftCap } = options;
    if (logitSoftCap !== undefined && !(logitSoftCap > 0)) {
      throw new ArgumentError(
        'ReversibleEmbedding',
        `logitSoftCap is ${logitSoftCap}; expected more than 0.`,
      );
    }
    this.tieWeights = tieWeights;
    this.logitSoftCap = logitSoftCap;
  }

  override build(inputShape: LayerShape): void {
    super.build(inputShape);
    if (this.tieWeights) return;
    this.#reverse = this.addWeight('reverse_embeddings', [this.outputDim, this.inputDim], {
      initializer: new RandomUniform(),
    });
  }

  /**
   * Scores of all numbers for vectors.
   *
   * @param vectors [batch, …, outputDim]
   * @returns [batch, …, inputDim]
   */
  reverse(vectors: Tensor): Tensor {
    this.ensureBuilt([null]);
    const scores =
      this.#reverse === undefined
        ? matmul(vectors, this.embeddings, { transposeB: true })
        : matmul(vectors, this.#reverse.value);
    const cap = this.logitSoftCap;
    return cap === undefined ? scores : tanh(scores.div(cap)).mul(cap);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      tieWeights: this.tieWeights,
      logitSoftCap: this.logitSoftCap ?? null,
    };
  }

  static fromConfig(config: JsonObject): ReversibleEmbedding {
    return fromEntries(
      ReversibleEmbedding.className,
      config,
      (reader) =>
        new ReversibleEmbedding(reader.integer('inputDim'), reader.integer('outputDim'), {
          ...readEmbedding(reader),
          tieWeights: reader.boolean('tieWeights', true),
          logitSoftCap: reader.optionalNumber('logitSoftCap'),
        }),
    );
  }
}

/** Makes a {@link ReversibleEmbedding} layer. */
export const reversibleEmbedding = (
  inputDim: number,
  outputDim: number,
  options?: ReversibleEmbeddingOptions,
): ReversibleEmbedding => new ReversibleEmbedding(inputDim, outputDim, options);
