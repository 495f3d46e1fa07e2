/** An embedding that also leads back, from vectors to scores of all numbers. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, matmul, ShapeError, tanh } from '@hadal/core';
import type { Initializer } from '../../initializers/initializer';
import { resolveInitializer } from '../../initializers/table';
import { isTensor } from '../../layer/arrangement';
import { fromEntries } from '../../layer/options';
import { formatLayerShape, type LayerShape } from '../../layer/shape';
import type { SymbolicTensor } from '../../layer/symbolic';
import { LayerWay } from '../../layer/way';
import { EmbeddingLayer, type EmbeddingOptions, readEmbedding } from './embedding';

export interface ReversibleEmbeddingOptions extends EmbeddingOptions {
  /** Whether the way back uses the same table (default true). */
  readonly tieWeights?: boolean;
  /** Bounds the scores of the way back softly to ±this; by default not at all. */
  readonly logitSoftCap?: number;
}

/** The way back. */
class EmbeddingReverse extends LayerWay {
  constructor(
    readonly embedding: ReversibleEmbedding,
    readonly scores: (vectors: Tensor) => Tensor,
  ) {
    super(embedding, 'reverse');
  }

  override build(): void {
    this.embedding.ensureBuilt([null]);
  }

  override call(inputs: Tensor): Tensor {
    return this.scores(inputs);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { inputDim, outputDim } = this.embedding;
    const last = inputShape.at(-1);
    if (last === outputDim || last === null) return [...inputShape.slice(0, -1), inputDim];
    throw new ShapeError(
      'ReversibleEmbedding',
      `reverse got vectors ${formatLayerShape(inputShape)}, expected ${outputDim} numbers in the last axis.`,
    );
  }
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
 * const text = input([20], { dtype: 'int32' });
 * const guess = model({ inputs: text, outputs: words.reverse(lstm(32).apply(words.apply(text))) }); // [null, 1000]
 */
export class ReversibleEmbedding extends EmbeddingLayer {
  static readonly className = 'ReversibleEmbedding';
  readonly className = ReversibleEmbedding.className;
  readonly tieWeights: boolean;
  readonly logitSoftCap: number | undefined;
  /** What can be done with the layer beside calling it. */
  readonly ways: readonly LayerWay[];
  readonly #back: EmbeddingReverse;
  readonly #initializer: Initializer;
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
    this.#initializer = resolveInitializer(options.embeddingsInitializer ?? 'randomUniform');
    this.#back = new EmbeddingReverse(this, (vectors) => this.#scores(vectors));
    this.ways = [this.#back];
  }

  override build(inputShape: LayerShape): void {
    super.build(inputShape);
    if (this.tieWeights) return;
    this.#reverse = this.addWeight('reverse_embeddings', [this.outputDim, this.inputDim], {
      initializer: this.#initializer,
    });
  }

  /**
   * Scores of all numbers for vectors. With a symbolic tensor it stands for what a model will compute.
   *
   * @param vectors [batch, …, outputDim]
   * @returns [batch, …, inputDim]
   * @throws {ShapeError} when vectors have another extent than outputDim
   */
  reverse(vectors: Tensor): Tensor;
  reverse(vectors: SymbolicTensor): SymbolicTensor;
  reverse(vectors: Tensor | SymbolicTensor): Tensor | SymbolicTensor {
    return isTensor(vectors) ? this.#back.apply(vectors) : this.#back.apply(vectors);
  }

  #scores(vectors: Tensor): Tensor {
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
