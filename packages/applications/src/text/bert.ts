/** An encoder in the style of BERT, and its training on hidden words. */
import {
  ArgumentError,
  ConfigReader,
  type JsonObject,
  matmul,
  notEqual,
  type Tensor,
  type Variable,
} from '@hadal/core';
import {
  activation,
  type CallContext,
  dense,
  dropout,
  embedding,
  type Layer,
  type LayerOptions,
  type LayerReader,
  type LayerShape,
  layerNormalization,
  positionEmbedding,
  readLayerOptions,
  TruncatedNormal,
  transformerEncoder,
  withMask,
  Zeros,
} from '@hadal/layers';
import { CompositeLayer, ownOptions, requireHeads, requireSizes } from '../common/composite';

export interface BertOptions extends LayerOptions {
  /** How many tokens there are; 0 pads and is not looked at. */
  readonly vocabularySize: number;
  /** The most steps of a sequence (default 512). */
  readonly sequenceLength?: number;
  /** Features of a step (default 128). */
  readonly width?: number;
  /** Blocks (default 2). */
  readonly numLayers?: number;
  /** Heads of attention (default 2). */
  readonly numHeads?: number;
  /** Features between the two maps of a block (default 4 times the width). */
  readonly intermediateDim?: number;
  /** Part of the values that is dropped in training (default 0.1). */
  readonly dropout?: number;
  /** How many kinds of segments there are, such as the first and the second of two sentences (default 2). */
  readonly numSegments?: number;
}

/** Tokens and the segments they belong to, int [batch, length] each. */
export interface BertInputs {
  /** Tokens, of which 0 pads. */
  readonly tokens: Tensor;
  /** For each token the segment it belongs to, from 0. */
  readonly segments: Tensor;
  readonly [name: string]: Tensor;
}

/** What is known of every step, and of the whole. */
export interface BertOutputs {
  /** [batch, length, width], with the mask of the tokens. */
  readonly sequence: Tensor;
  /** [batch, width], from the first step. */
  readonly pooled: Tensor;
  readonly [name: string]: Tensor;
}

type ShapesOf<T> = { readonly [Key in keyof T]: LayerShape };

/** Those of the original. */
const EPSILON = 1e-12;
const initializer = (): TruncatedNormal => new TruncatedNormal({ stddev: 0.02 });

/**
 * Token, position and segment embeddings, then blocks that see the whole sequence: `{ tokens, segments }` → `{ sequence,
 * pooled }`.
 *
 * Weights, named and ordered as in keras-hub: `token_embedding`, `position_embedding`, `segment_embedding`,
 * `embeddings_layer_norm`, blocks `transformer_layer_0` …, `pooled_dense`.
 *
 * Source: Devlin et al. (2019).
 *
 * @example
 * const inputs = { tokens: input([64], { dtype: 'int32' }), segments: input([64], { dtype: 'int32' }) };
 * const { pooled } = bertEncoder({ vocabularySize: 1000 }).apply(inputs);
 * const classifier = model({ inputs, outputs: dense(2, { activation: 'softmax' }).apply(pooled) });
 */
export class BertEncoder extends CompositeLayer<BertInputs, BertOutputs> {
  static readonly className = 'BertEncoder';
  readonly className = BertEncoder.className;
  readonly vocabularySize: number;
  readonly sequenceLength: number;
  readonly width: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly intermediateDim: number;
  readonly dropout: number;
  readonly numSegments: number;
  readonly #tokens;
  readonly #positions;
  readonly #segments;
  readonly #norm;
  readonly #drop;
  readonly #blocks;
  readonly #pooler;

  /** @throws {ArgumentError} when a size is not positive, or the heads cannot share the width */
  constructor(options: BertOptions) {
    super(ownOptions(options));
    const { vocabularySize, sequenceLength = 512, width = 128, numLayers = 2, numHeads = 2 } = options;
    const { intermediateDim = 4 * width, dropout: rate = 0.1, numSegments = 2 } = options;
    const sizes = {
      vocabularySize,
      sequenceLength,
      width,
      numLayers,
      numHeads,
      intermediateDim,
      numSegments,
    };
    requireSizes('BertEncoder', sizes);
    requireHeads('BertEncoder', width, numHeads);
    this.vocabularySize = vocabularySize;
    this.sequenceLength = sequenceLength;
    this.width = width;
    this.numLayers = numLayers;
    this.numHeads = numHeads;
    this.intermediateDim = intermediateDim;
    this.dropout = rate;
    this.numSegments = numSegments;
    const { dtype } = this;
    const table = (count: number, name: string) =>
      embedding(count, width, { name, embeddingsInitializer: initializer(), dtype });
    this.#tokens = this.adopt(table(vocabularySize, 'token_embedding'));
    this.#positions = this.adopt(
      positionEmbedding(sequenceLength, { name: 'position_embedding', initializer: initializer(), dtype }),
    );
    this.#segments = this.adopt(table(numSegments, 'segment_embedding'));
    this.#norm = this.adopt(layerNormalization({ name: 'embeddings_layer_norm', epsilon: EPSILON, dtype }));
    this.#drop = this.adopt(dropout(rate, { name: 'embeddings_dropout', dtype }));
    this.#blocks = Array.from({ length: numLayers }, (_, index) =>
      this.adopt(
        transformerEncoder(intermediateDim, numHeads, {
          name: `transformer_layer_${index}`,
          activation: 'gelu',
          dropout: rate,
          layerNormEpsilon: EPSILON,
          kernelInitializer: initializer(),
          dtype,
        }),
      ),
    );
    this.#pooler = this.adopt(
      dense(width, { name: 'pooled_dense', activation: 'tanh', kernelInitializer: initializer(), dtype }),
    );
  }

  override get takesSeveral(): boolean {
    return true;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override computeMask({ tokens }: BertInputs): readonly (Tensor | undefined)[] {
    return [notEqual(tokens, 0), undefined];
  }

  override build(_inputShape: ShapesOf<BertInputs>): void {
    const steps: LayerShape = [null, null, this.width];
    this.#tokens.ensureBuilt([null, null]);
    this.#segments.ensureBuilt([null, null]);
    for (const layer of [this.#positions, this.#norm, this.#drop, ...this.#blocks]) layer.ensureBuilt(steps);
    this.#pooler.ensureBuilt([null, this.width]);
  }

  override call({ tokens, segments }: BertInputs, context: CallContext): BertOutputs {
    const words = this.#tokens.apply(tokens, context);
    let x = words.add(this.#positions.apply(words, context)).add(this.#segments.apply(segments, context));
    x = this.#drop.apply(this.#norm.apply(x, context), context);
    x = withMask(x, notEqual(tokens, 0));
    for (const block of this.#blocks) x = block.apply(x, context);
    const first = x.slice([0, 0, 0], [x.shape[0] ?? 1, 1, this.width]).reshape([-1, this.width]);
    return { sequence: x, pooled: this.#pooler.apply(first, context) };
  }

  /**
   * Scores of all tokens for features of their width, by the embeddings.
   *
   * @param features [batch, length, width]
   * @returns [batch, length, vocabularySize]
   */
  scores(features: Tensor): Tensor {
    const [table] = this.#tokens.weights;
    if (table === undefined)
      throw new ArgumentError(this.scope, 'is not built, so that there are no embeddings.');
    return matmul(features, table.value, { transposeB: true });
  }

  override computeOutputShape({ tokens }: ShapesOf<BertInputs>): ShapesOf<BertOutputs> {
    return { sequence: [...tokens, this.width], pooled: [tokens[0] ?? null, this.width] };
  }

  override getConfig(): JsonObject {
    const { vocabularySize, sequenceLength, width, numLayers, numHeads, intermediateDim } = this;
    return {
      ...super.getConfig(),
      vocabularySize,
      sequenceLength,
      width,
      numLayers,
      numHeads,
      intermediateDim,
      dropout: this.dropout,
      numSegments: this.numSegments,
    };
  }

  static fromConfig(config: JsonObject): BertEncoder {
    const reader = new ConfigReader(BertEncoder.className, config);
    const options: BertOptions = {
      ...readLayerOptions(reader),
      vocabularySize: reader.integer('vocabularySize'),
      sequenceLength: reader.integer('sequenceLength'),
      width: reader.integer('width'),
      numLayers: reader.integer('numLayers'),
      numHeads: reader.integer('numHeads'),
      intermediateDim: reader.integer('intermediateDim'),
      dropout: reader.number('dropout'),
      numSegments: reader.integer('numSegments'),
    };
    reader.done();
    return new BertEncoder(options);
  }
}

/**
 * An encoder with the head that guesses hidden words: `{ tokens, segments }` → logits [batch, length, vocabularySize].
 * After training `encoder` can be used alone. Weights of the head, after those of the encoder: `mlm_dense`, `mlm_layer_norm`,
 * `output_bias`.
 *
 * Source: Devlin et al. (2019).
 *
 * @example
 * const layer = bertMaskedLM(bertEncoder({ vocabularySize: 1000 }));
 * const guesser = model({ inputs, outputs: layer.apply(inputs) });
 * const loss = sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: -1 });
 * guesser.compile({ optimizer: 'adam', loss });
 * const { tokens, labels } = maskTokens(text, { vocabularySize: 1000, maskToken: 4 });
 */
export class BertMaskedLM extends CompositeLayer<BertInputs> {
  static readonly className = 'BertMaskedLM';
  readonly className = BertMaskedLM.className;
  /** What is kept after training on hidden words. */
  readonly encoder: BertEncoder;
  readonly #dense;
  readonly #activation;
  readonly #norm;
  #bias: Variable | undefined;

  constructor(encoder: BertEncoder, options: LayerOptions = {}) {
    super(options);
    const { dtype } = this;
    this.encoder = this.adopt(encoder);
    this.#dense = this.adopt(
      dense(encoder.width, { name: 'mlm_dense', kernelInitializer: initializer(), dtype }),
    );
    this.#activation = activation('gelu', { name: 'mlm_activation', dtype });
    this.#norm = this.adopt(layerNormalization({ name: 'mlm_layer_norm', epsilon: EPSILON, dtype }));
  }

  override get takesSeveral(): boolean {
    return true;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override computeMask({ tokens }: BertInputs): readonly (Tensor | undefined)[] {
    return [notEqual(tokens, 0)];
  }

  override build(inputShape: ShapesOf<BertInputs>): void {
    const steps: LayerShape = [null, null, this.encoder.width];
    this.encoder.ensureBuilt(inputShape);
    this.#dense.ensureBuilt(steps);
    this.#norm.ensureBuilt(steps);
    this.#bias = this.addWeight('output_bias', [this.encoder.vocabularySize], { initializer: new Zeros() });
  }

  override call(inputs: BertInputs, context: CallContext): Tensor {
    const { sequence } = this.encoder.apply(inputs, context);
    const guess = this.#activation.apply(this.#dense.apply(sequence, context), context);
    const scores = this.encoder.scores(this.#norm.apply(guess, context));
    return this.#bias === undefined ? scores : scores.add(this.#bias.value);
  }

  override computeOutputShape({ tokens }: ShapesOf<BertInputs>): LayerShape {
    return [...tokens, this.encoder.vocabularySize];
  }

  override getConfig(): JsonObject {
    const { encoder } = this;
    return {
      ...super.getConfig(),
      encoder: { className: encoder.className, config: encoder.getConfig() },
    };
  }

  static fromConfig(config: JsonObject, read: LayerReader): BertMaskedLM {
    const reader = new ConfigReader(BertMaskedLM.className, config);
    const options = readLayerOptions(reader);
    const encoder: Layer | unknown = read('encoder', reader.value('encoder'));
    reader.done();
    if (encoder instanceof BertEncoder) return new BertMaskedLM(encoder, options);
    throw new ArgumentError(BertMaskedLM.className, 'the encoder is no BertEncoder.');
  }
}

/** Makes a {@link BertEncoder} layer. */
export const bertEncoder = (options: BertOptions): BertEncoder => new BertEncoder(options);

/** Makes a {@link BertMaskedLM} layer around an encoder. */
export const bertMaskedLM = (encoder: BertEncoder, options?: LayerOptions): BertMaskedLM =>
  new BertMaskedLM(encoder, options);
