/** Embeddings: whole numbers become vectors that are learned. */
import type { ConfigReader, JsonObject, Tensor, Variable } from '@hadal/core';
import { gather, isInteger, notEqual } from '@hadal/core';
import type { CallContext } from '../../layer/context';
import { Layer, type LayerOptions, type WeightOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { penalizeActivity, requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import {
  readWeightOptions,
  serializeWeightOptions,
  type WeightOptionsOf,
  weightOptions,
} from '../../layer/weight-options';
import {
  type Regularizer,
  type RegularizerLike,
  readRegularizer,
  resolveRegularizer,
  serializeRegularizer,
} from '../../regularizers/regularizer';

/** The vectors begin uniform in [-0.05, 0.05), unless told otherwise. */
export interface EmbeddingOptions extends LayerOptions, WeightOptionsOf<'embeddings'> {
  /** Whether 0 pads sequences: the output then has a mask that hides it (default false). */
  readonly maskZero?: boolean;
  /** A penalty on the output, divided by the batch size. */
  readonly activityRegularizer?: RegularizerLike;
}

/** What embeddings share: the table and looking up in it. */
export abstract class EmbeddingLayer extends Layer {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  readonly #options: WeightOptions;
  readonly #activityRegularizer: Regularizer | undefined;
  #embeddings: Variable | undefined;

  constructor(where: string, inputDim: number, outputDim: number, options: EmbeddingOptions) {
    super(options);
    this.inputDim = requirePositiveInteger(where, 'inputDim', inputDim);
    this.outputDim = requirePositiveInteger(where, 'outputDim', outputDim);
    this.maskZero = options.maskZero ?? false;
    this.#options = weightOptions(
      options.embeddingsInitializer ?? 'randomUniform',
      options.embeddingsRegularizer,
      options.embeddingsConstraint,
    );
    this.#activityRegularizer = resolveRegularizer(options.activityRegularizer);
  }

  /** The table, [inputDim, outputDim]. */
  protected get embeddings(): Tensor {
    return this.#embeddings!.value;
  }

  override get supportsMasking(): boolean {
    return this.maskZero;
  }

  override computeMask(inputs: Tensor): readonly (Tensor | undefined)[] {
    return this.maskZero ? [notEqual(inputs, 0)] : [undefined];
  }

  override build(_inputShape: LayerShape): void {
    this.#embeddings = this.addWeight('embeddings', [this.inputDim, this.outputDim], this.#options);
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    const numbers = isInteger(inputs.dtype) ? inputs : inputs.cast('int32');
    const output = gather(this.embeddings, numbers);
    penalizeActivity(this.#activityRegularizer, output, context);
    return output;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return [...inputShape, this.outputDim];
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      inputDim: this.inputDim,
      outputDim: this.outputDim,
      maskZero: this.maskZero,
      ...serializeWeightOptions('embeddings', this.#options),
      activityRegularizer: serializeRegularizer(this.#activityRegularizer),
    };
  }
}

/** The options that `getConfig` wrote. */
export const readEmbedding = (reader: ConfigReader): EmbeddingOptions => ({
  ...readLayerOptions(reader),
  maskZero: reader.boolean('maskZero', false),
  ...readWeightOptions(reader, 'embeddings'),
  activityRegularizer: readRegularizer(reader, 'activityRegularizer'),
});

/**
 * Looks up a vector for every whole number below `inputDim`: [batch, …] → [batch, …, outputDim]. Only vectors that were
 * looked up have gradients that are not 0. Weight: `embeddings` [inputDim, outputDim].
 *
 * @example
 * const words = input([100], { dtype: 'int32' });
 * const vectors = embedding(10_000, 64, { maskZero: true }).apply(words); // [batch, 100, 64]
 */
export class Embedding extends EmbeddingLayer {
  static readonly className = 'Embedding';
  readonly className = Embedding.className;

  constructor(inputDim: number, outputDim: number, options: EmbeddingOptions = {}) {
    super('Embedding', inputDim, outputDim, options);
  }

  static fromConfig(config: JsonObject): Embedding {
    return fromEntries(
      Embedding.className,
      config,
      (reader) =>
        new Embedding(reader.integer('inputDim'), reader.integer('outputDim'), readEmbedding(reader)),
    );
  }
}

/** Makes an {@link Embedding} layer of `inputDim` vectors of `outputDim` numbers. */
export const embedding = (inputDim: number, outputDim: number, options?: EmbeddingOptions): Embedding =>
  new Embedding(inputDim, outputDim, options);
