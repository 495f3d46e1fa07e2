/** The network of language models: a Transformer whose steps see only what came before. */
import { ArgumentError, arange, ConfigReader, gather, type JsonObject, type Tensor } from '@hadal/core';
import {
  type CallContext,
  dropout,
  inferenceContext,
  type LayerOptions,
  type LayerShape,
  layerNormalization,
  positionEmbedding,
  RandomNormal,
  readLayerOptions,
  reversibleEmbedding,
  transformerDecoder,
} from '@hadal/layers';
import { CompositeLayer, ownOptions, requireHeads, requireSizes } from '../common/composite';
import type { DecodeStep } from './decode';

export interface CausalTransformerOptions extends LayerOptions {
  /** How many tokens there are. */
  readonly vocabularySize: number;
  /** The most steps of a sequence. */
  readonly sequenceLength: number;
  /** Features of a step (default 128). */
  readonly width?: number;
  /** Blocks (default 4). */
  readonly numLayers?: number;
  /** Heads of attention (default 4). */
  readonly numHeads?: number;
  /** Features between the two maps of a block (default 4 times the width). */
  readonly intermediateDim?: number;
  /** Part of the values that is dropped in training (default 0.1). */
  readonly dropout?: number;
}

/** The spread of embeddings. Source: Radford et al. (2019). */
const STDDEV = 0.02;

/**
 * Token embeddings and positions that are learned, blocks normalized first, a last normalization, and scores of all tokens
 * by the embeddings: tokens [batch, length] → logits [batch, length, vocabularySize].
 *
 * Weights, named and ordered as in keras-hub: `token_embedding/embeddings`, `position_embedding/embeddings`, those of
 * `transformer_layer_0` and further blocks, `layer_norm/gamma` and `beta`.
 *
 * Source: Radford et al. (2019).
 *
 * @example
 * const model = sequential([causalTransformer({ vocabularySize: 64, sequenceLength: 32, inputShape: [32] })]);
 */
export class CausalTransformer extends CompositeLayer {
  static readonly className = 'CausalTransformer';
  readonly className = CausalTransformer.className;
  readonly vocabularySize: number;
  readonly sequenceLength: number;
  readonly width: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly intermediateDim: number;
  readonly dropout: number;
  readonly #tokens;
  readonly #positions;
  readonly #drop;
  readonly #blocks;
  readonly #norm;

  /** @throws {ArgumentError} when a size is not positive, or the heads cannot share the width */
  constructor(options: CausalTransformerOptions) {
    super(ownOptions(options));
    const { vocabularySize, sequenceLength, width = 128, numLayers = 4, numHeads = 4 } = options;
    const { intermediateDim = 4 * width, dropout: rate = 0.1 } = options;
    requireSizes('CausalTransformer', {
      vocabularySize,
      sequenceLength,
      width,
      numLayers,
      numHeads,
      intermediateDim,
    });
    requireHeads('CausalTransformer', width, numHeads);
    this.vocabularySize = vocabularySize;
    this.sequenceLength = sequenceLength;
    this.width = width;
    this.numLayers = numLayers;
    this.numHeads = numHeads;
    this.intermediateDim = intermediateDim;
    this.dropout = rate;
    const initializer = new RandomNormal({ stddev: STDDEV });
    const { dtype } = this;
    this.#tokens = this.adopt(
      reversibleEmbedding(vocabularySize, width, {
        name: 'token_embedding',
        embeddingsInitializer: initializer,
        dtype,
      }),
    );
    this.#positions = this.adopt(
      positionEmbedding(sequenceLength, { name: 'position_embedding', initializer, dtype }),
    );
    this.#drop = this.adopt(dropout(rate, { name: 'embeddings_dropout', dtype }));
    this.#blocks = Array.from({ length: numLayers }, (_, index) =>
      this.adopt(
        transformerDecoder(intermediateDim, numHeads, {
          name: `transformer_layer_${index}`,
          activation: 'gelu',
          dropout: rate,
          normalizeFirst: true,
          kernelInitializer: initializer,
          dtype,
        }),
      ),
    );
    this.#norm = this.adopt(layerNormalization({ name: 'layer_norm', epsilon: 1e-5, dtype }));
  }

  override build(_inputShape: LayerShape): void {
    const steps: LayerShape = [null, null, this.width];
    this.#tokens.ensureBuilt([null, null]);
    for (const layer of [this.#positions, this.#drop, ...this.#blocks, this.#norm]) layer.ensureBuilt(steps);
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    const [, length = 0] = inputs.shape;
    if (length > this.sequenceLength) {
      throw new ArgumentError(
        this.scope,
        `a sequence has ${length} steps, the network knows ${this.sequenceLength}.`,
        'Cut it, or make the network with a larger sequenceLength.',
      );
    }
    const embedded = this.#tokens.apply(inputs, context);
    let x = embedded.add(this.#positions.apply(embedded, context));
    x = this.#drop.apply(x, context);
    for (const block of this.#blocks) x = block.apply(x, context);
    return this.#tokens.reverse(this.#norm.apply(x, context));
  }

  /**
   * The state of sequences without any step: the keys and values of all blocks, [batch, length, heads, depth] each.
   *
   * @param length the most steps that are to come (default as many as the network knows)
   */
  emptyState(batch: number, length = this.sequenceLength): readonly Tensor[] {
    this.ensureBuilt([null, null]);
    return this.#blocks.flatMap((block) => {
      const { key, value } = block.emptyCache(batch, length);
      return [key, value];
    });
  }

  /** Scores of what comes after tokens, int32 [batch], at a position; a {@link NextLogits}. */
  next(tokens: Tensor, index: Tensor, state: readonly Tensor[]): DecodeStep {
    const embedded = this.#tokens.apply(tokens.expandDims(-1));
    const [table] = this.#positions.weights;
    const places = arange(0, 1, 1, { dtype: 'int32' }).add(index);
    let x = table === undefined ? embedded : embedded.add(gather(table.value, places));
    const extended: Tensor[] = [];
    for (const [index_, block] of this.#blocks.entries()) {
      const [key, value] = [state[2 * index_], state[2 * index_ + 1]];
      if (key === undefined || value === undefined) {
        throw new ArgumentError(
          this.scope,
          `the state has ${state.length} tensors.`,
          'Begin with emptyState.',
        );
      }
      const { output, cache } = block.extend(x, { key, value }, index, inferenceContext);
      extended.push(cache.key, cache.value);
      x = output;
    }
    const logits = this.#tokens.reverse(this.#norm.apply(x));
    return { logits: logits.reshape([-1, this.vocabularySize]), state: extended };
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return [...inputShape, this.vocabularySize];
  }

  override getConfig(): JsonObject {
    const { vocabularySize, sequenceLength, width, numLayers, numHeads, intermediateDim, dropout } = this;
    return {
      ...super.getConfig(),
      vocabularySize,
      sequenceLength,
      width,
      numLayers,
      numHeads,
      intermediateDim,
      dropout,
    };
  }

  static fromConfig(config: JsonObject): CausalTransformer {
    const reader = new ConfigReader(CausalTransformer.className, config);
    const options: CausalTransformerOptions = {
      ...readLayerOptions(reader),
      vocabularySize: reader.integer('vocabularySize'),
      sequenceLength: reader.integer('sequenceLength'),
      width: reader.integer('width'),
      numLayers: reader.integer('numLayers'),
      numHeads: reader.integer('numHeads'),
      intermediateDim: reader.integer('intermediateDim'),
      dropout: reader.number('dropout'),
    };
    reader.done();
    return new CausalTransformer(options);
  }
}

/** Makes a {@link CausalTransformer} layer. */
export const causalTransformer = (options: CausalTransformerOptions): CausalTransformer =>
  new CausalTransformer(options);
