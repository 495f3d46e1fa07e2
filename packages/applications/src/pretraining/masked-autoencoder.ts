/** The masked autoencoder: what is hidden of an image is made up from the little that is shown. */
import {
  ArgumentError,
  argsort,
  batchGather,
  broadcastTo,
  ConfigReader,
  concat,
  type Generator,
  greaterEqual,
  type JsonObject,
  mean,
  randomUniform,
  square,
  sum,
  type Tensor,
  type Variable,
} from '@hadal/core';
import {
  type CallContext,
  dense,
  inferenceContext,
  type LayerOptions,
  type LayerShape,
  layerNormalization,
  positionEmbedding,
  RandomNormal,
  readLayerOptions,
  transformerEncoder,
} from '@hadal/layers';
import type { Optimizer } from '@hadal/optimizers';
import { CompositeLayer, ownOptions, requireHeads, requireSizes } from '../common/composite';
import { type TrainStep, trainingStep } from '../common/training';

export interface MaskedAutoencoderOptions extends LayerOptions {
  /** [height, width, channels]; height and width are multiples of the patch. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Extent of a patch (default 4). */
  readonly patchSize?: number;
  /** Part of the patches that is hidden (default 0.75). */
  readonly maskRatio?: number;
  /** Features of a step of the encoder, its blocks and heads (default 64, 4 and 4). */
  readonly width?: number;
  /** Blocks of the encoder (default 4). */
  readonly numLayers?: number;
  /** Heads of attention in encoder and decoder (default 4). */
  readonly numHeads?: number;
  /** Features of a step of the decoder and its blocks (default 32 and 1). */
  readonly decoderWidth?: number;
  /** Blocks of the decoder (default 1). */
  readonly decoderLayers?: number;
}

const EPSILON = 1e-6;
const STDDEV = 0.02;

/** A context that trains and has no penalties. */
const training: CallContext = { training: true, addLoss: () => undefined };

/**
 * A vision Transformer that is trained without labels: of each image most patches are hidden at random, the encoder sees
 * the others, and a small decoder gives the pixels of all. As a layer it is the encoder: images [batch, height, width,
 * channels] → the mean of what it knows of all patches, [batch, width].
 *
 * Source: He et al. (2022).
 *
 * @example
 * const autoencoder = maskedAutoencoder({ imageShape: [28, 28, 1] });
 * const step = autoencoder.trainer(adam(1e-3));
 * for await (const images of batches) await step(images);
 * const probe = sequential([autoencoder, dense(10, { activation: 'softmax' })]);
 */
export class MaskedAutoencoder extends CompositeLayer {
  static readonly className = 'MaskedAutoencoder';
  readonly className = MaskedAutoencoder.className;
  readonly imageShape: readonly [number, number, number];
  readonly patchSize: number;
  readonly maskRatio: number;
  readonly width: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly decoderWidth: number;
  readonly decoderLayers: number;
  /** How many patches an image has. */
  readonly patches: number;
  readonly #embed;
  readonly #positions;
  readonly #encoder;
  readonly #norm;
  readonly #narrow;
  readonly #decoderPositions;
  readonly #decoder;
  readonly #decoderNorm;
  readonly #pixels;
  #hidden: Variable | undefined;

  /** @throws {ArgumentError} when sizes do not fit each other, or everything or nothing would be hidden */
  constructor(options: MaskedAutoencoderOptions) {
    super({ ...ownOptions(options), inputShape: options.inputShape ?? options.imageShape });
    const { imageShape, patchSize = 4, maskRatio = 0.75, width = 64, numLayers = 4, numHeads = 4 } = options;
    const { decoderWidth = 32, decoderLayers = 1 } = options;
    const [height, across, channels] = imageShape;
    const where = 'MaskedAutoencoder';
    const sizes = { height, width: across, channels, patchSize, numLayers, numHeads, decoderLayers };
    requireSizes(where, { ...sizes, 'features of the encoder': width, decoderWidth });
    requireHeads(where, width, numHeads);
    requireHeads(where, decoderWidth, numHeads);
    if (height % patchSize !== 0 || across % patchSize !== 0) {
      throw new ArgumentError(
        where,
        `images are ${height} × ${across}; expected multiples of patchSize ${patchSize}.`,
      );
    }
    this.patches = (height / patchSize) * (across / patchSize);
    const shown = Math.round(this.patches * (1 - maskRatio));
    if (!(shown > 0 && shown < this.patches)) {
      throw new ArgumentError(
        where,
        `of ${this.patches} patches maskRatio ${maskRatio} shows ${shown}.`,
        'At least one has to be shown and one hidden.',
      );
    }
    this.imageShape = [height, across, channels];
    this.patchSize = patchSize;
    this.maskRatio = maskRatio;
    this.width = width;
    this.numLayers = numLayers;
    this.numHeads = numHeads;
    this.decoderWidth = decoderWidth;
    this.decoderLayers = decoderLayers;
    const { dtype } = this;
    const initializer = new RandomNormal({ stddev: STDDEV });
    const blocks = (count: number, features: number, name: string) =>
      Array.from({ length: count }, (_, index) =>
        this.adopt(
          transformerEncoder(4 * features, numHeads, {
            name: `${name}_${index}`,
            activation: 'gelu',
            layerNormEpsilon: EPSILON,
            normalizeFirst: true,
            dtype,
          }),
        ),
      );
    const positions = (name: string) =>
      this.adopt(positionEmbedding(this.patches, { name, initializer, dtype }));
    const norm = (name: string) => this.adopt(layerNormalization({ name, epsilon: EPSILON, dtype }));
    this.#embed = this.adopt(dense(width, { name: 'patch_embedding', dtype }));
    this.#positions = positions('position_embedding');
    this.#encoder = blocks(numLayers, width, 'encoder_layer');
    this.#norm = norm('encoder_norm');
    this.#narrow = this.adopt(dense(decoderWidth, { name: 'decoder_embedding', dtype }));
    this.#decoderPositions = positions('decoder_position_embedding');
    this.#decoder = blocks(decoderLayers, decoderWidth, 'decoder_layer');
    this.#decoderNorm = norm('decoder_norm');
    this.#pixels = this.adopt(dense(this.patchValues, { name: 'pixels', dtype }));
  }

  /** Values of a patch. */
  get patchValues(): number {
    return this.patchSize ** 2 * this.imageShape[2];
  }

  override build(_inputShape: LayerShape): void {
    const steps = (features: number): LayerShape => [null, null, features];
    const initializer = new RandomNormal({ stddev: STDDEV });
    this.#hidden = this.addWeight('mask_token', [1, 1, this.decoderWidth], { initializer });
    this.#embed.ensureBuilt(steps(this.patchValues));
    for (const layer of [this.#positions, ...this.#encoder, this.#norm, this.#narrow]) {
      layer.ensureBuilt(steps(this.width));
    }
    for (const layer of [this.#decoderPositions, ...this.#decoder, this.#decoderNorm, this.#pixels]) {
      layer.ensureBuilt(steps(this.decoderWidth));
    }
  }

  /** Images as patches, [batch, patches, values], row by row. */
  patchify(images: Tensor): Tensor {
    const [height, across, channels] = this.imageShape;
    const size = this.patchSize;
    return images
      .cast(this.dtype)
      .reshape([-1, height / size, size, across / size, size, channels])
      .transpose([0, 1, 3, 2, 4, 5])
      .reshape([-1, this.patches, this.patchValues]);
  }

  #embedded(patches: Tensor, context: CallContext): Tensor {
    const x = this.#embed.apply(patches, context);
    return x.add(this.#positions.apply(x, context));
  }

  #encode(steps: Tensor, context: CallContext): Tensor {
    let x = steps;
    for (const block of this.#encoder) x = block.apply(x, context);
    return this.#norm.apply(x, context);
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    return mean(this.#encode(this.#embedded(this.patchify(inputs), context), context), 1);
  }

  /**
   * The pixels of all patches, from those that are shown.
   *
   * @param noise [batch, patches]: the patches with the least noise are shown
   * @returns the pixels [batch, patches, values], and which patches were hidden, bool [batch, patches]
   */
  reconstruct(
    images: Tensor,
    noise: Tensor,
    context: CallContext = inferenceContext,
  ): { readonly pixels: Tensor; readonly hidden: Tensor } {
    this.ensureBuilt([null, ...this.imageShape]);
    const [batch = 1] = images.shape;
    const shown = Math.round(this.patches * (1 - this.maskRatio));
    const order = argsort(noise);
    const places = argsort(order);
    const chosen = order.slice([0, 0], [batch, shown]);
    const visible = batchGather(this.#embedded(this.patchify(images), context), chosen);
    const known = this.#narrow.apply(this.#encode(visible, context), context);
    const unknown = broadcastTo(this.#hidden!.value, [batch, this.patches - shown, this.decoderWidth]);
    let x = batchGather(concat([known, unknown], 1), places);
    x = x.add(this.#decoderPositions.apply(x, context));
    for (const block of this.#decoder) x = block.apply(x, context);
    const pixels = this.#pixels.apply(this.#decoderNorm.apply(x, context), context);
    return { pixels, hidden: greaterEqual(places, shown) };
  }

  /**
   * A step of training with images, [batch, height, width, channels]; it gives the loss, the mean squared error of the
   * pixels that were hidden.
   */
  trainer(optimizer: Optimizer, { generator }: { readonly generator?: Generator } = {}): TrainStep {
    this.ensureBuilt([null, ...this.imageShape]);
    return trainingStep('maskedAutoencoder.train', [this], optimizer, (images) => {
      const noise = randomUniform([images!.shape[0] ?? 1, this.patches], { generator });
      const { pixels, hidden } = this.reconstruct(images!, noise, training);
      const errors = mean(square(pixels.sub(this.patchify(images!))), -1);
      const counts = hidden.cast(errors.dtype);
      return sum(errors.mul(counts)).div(sum(counts));
    });
  }

  override computeOutputShape([batch = null]: LayerShape): LayerShape {
    return [batch, this.width];
  }

  override getConfig(): JsonObject {
    const { imageShape, patchSize, maskRatio, width, numLayers, numHeads } = this;
    const { decoderWidth, decoderLayers } = this;
    return {
      ...super.getConfig(),
      imageShape,
      patchSize,
      maskRatio,
      width,
      numLayers,
      numHeads,
      decoderWidth,
      decoderLayers,
    };
  }

  static fromConfig(config: JsonObject): MaskedAutoencoder {
    const reader = new ConfigReader(MaskedAutoencoder.className, config);
    const [height = 0, across = 0, channels = 0] = reader.numbers('imageShape');
    const options: MaskedAutoencoderOptions = {
      ...readLayerOptions(reader),
      imageShape: [height, across, channels],
      patchSize: reader.integer('patchSize'),
      maskRatio: reader.number('maskRatio'),
      width: reader.integer('width'),
      numLayers: reader.integer('numLayers'),
      numHeads: reader.integer('numHeads'),
      decoderWidth: reader.integer('decoderWidth'),
      decoderLayers: reader.integer('decoderLayers'),
    };
    reader.done();
    return new MaskedAutoencoder(options);
  }
}

/** Makes a {@link MaskedAutoencoder} layer. */
export const maskedAutoencoder = (options: MaskedAutoencoderOptions): MaskedAutoencoder =>
  new MaskedAutoencoder(options);
