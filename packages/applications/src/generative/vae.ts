/** The variational autoencoder: images through a few numbers that are normally distributed. */
import { ArgumentError, DataError, Generator, randomNormal, type Tensor } from '@hadal/core';
import {
  type AnyLayer,
  conv2d,
  conv2dTranspose,
  dense,
  flatten,
  input,
  Model,
  model,
  reshape,
  sequential,
} from '@hadal/layers';
import { type GANOptions, ganSizes } from './dcgan';
import { gaussianSample } from './gaussian-sample';

export interface VAEOptions extends Omit<GANOptions, 'filters'> {
  /** Channels at half of the extent; twice as many at a quarter of it (default 32). */
  readonly filters?: number;
  /** Units between the convolutions and the distribution (default 16). */
  readonly hiddenUnits?: number;
  /** How much the divergence counts against the pixels of an image (default 1). */
  readonly beta?: number;
  /** Seeds what is drawn in training. */
  readonly seed?: number;
  /** Of the whole model (default vae). */
  readonly name?: string;
}

/**
 * `model` gives images again, [batch, height, width, channels] in 0 … 1, and is trained like any other, with images as
 * inputs and targets. The divergence is part of its loss. The loss of the pixels should be their sum over an image: with
 * a mean, such as `binaryCrossentropy`, make `beta` smaller by as many as there are pixels.
 *
 * Source: Kingma & Welling (2014).
 *
 * @example
 * const autoencoder = vae({ imageShape: [28, 28, 1], latentDim: 2, beta: 1 / 784 });
 * autoencoder.model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
 * await autoencoder.model.fit(images, images, { epochs: 5 });
 * const pictures = await autoencoder.generate(16, 7);
 */
export class VAE {
  /** Images to means and logarithms of variances. */
  readonly encoder: Encoder;
  /** Latent numbers to images. */
  readonly decoder: Model;

  /**
   * @param model a model that {@link vae} made, such as one that was loaded
   * @throws {DataError} when its encoder or decoder is missing
   */
  constructor(readonly model: Model) {
    const [encoder, decoder] = [model.getLayer('encoder'), model.getLayer('decoder')];
    if (!isEncoder(encoder) || !isDecoder(decoder)) {
      throw new DataError('VAE', `the model "${model.name}" has no encoder and decoder that are models.`);
    }
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** Means and logarithms of variances, [batch, latentDim] each, of images. */
  encode(images: Tensor): Promise<readonly [Tensor, Tensor]> {
    return this.encoder.predictOnBatch(images);
  }

  /** Images of numbers, [batch, latentDim]. */
  decode(latent: Tensor): Promise<Tensor> {
    return this.decoder.predictOnBatch(latent);
  }

  /**
   * Images that were never seen.
   *
   * @param count how many
   * @param seed  makes the same ones again; without it, random numbers are those of `setSeed`
   */
  generate(count: number, seed?: number): Promise<Tensor> {
    const latentDim = this.decoder.inputShapes?.[0]?.at(-1);
    if (typeof latentDim !== 'number') throw new ArgumentError('VAE', 'the decoder is not built.');
    const generator = seed === undefined ? undefined : new Generator(seed);
    return this.decode(randomNormal([count, latentDim], { generator }));
  }
}

type Encoder = Model<Tensor, readonly [Tensor, Tensor]>;
const isEncoder = (layer: AnyLayer): layer is Encoder => layer instanceof Model;
const isDecoder = (layer: AnyLayer): layer is Model => layer instanceof Model;

/** Makes a {@link VAE} with random weights; two latent features unless told otherwise. */
export function vae(options: VAEOptions = {}): VAE {
  const { hiddenUnits = 16, beta = 1, seed, name = 'vae' } = options;
  const sizes = ganSizes('vae', { latentDim: 2, filters: 32, ...options });
  const { height, width, channels, latentDim, filters } = sizes;
  const halving = { strides: 2, padding: 'same', activation: 'relu' } as const;

  const image = input([height, width, channels], { name: 'image' });
  let x = conv2d(filters, 3, halving).apply(image);
  x = conv2d(2 * filters, 3, halving).apply(x);
  x = dense(hiddenUnits, { activation: 'relu' }).apply(flatten().apply(x));
  const center = dense(latentDim, { name: 'z_mean' }).apply(x);
  const logVariance = dense(latentDim, { name: 'z_log_var' }).apply(x);
  const encoder = model({ inputs: image, outputs: [center, logVariance], name: 'encoder' });

  const small = [height / 4, width / 4, 2 * filters];
  const decoder = sequential(
    [
      dense(
        small.reduce((size, extent) => size * extent, 1),
        { activation: 'relu', inputShape: [latentDim] },
      ),
      reshape(small),
      conv2dTranspose(2 * filters, 3, halving),
      conv2dTranspose(filters, 3, halving),
      conv2dTranspose(channels, 3, { padding: 'same', activation: 'sigmoid' }),
    ],
    { name: 'decoder' },
  );

  const whole = input([height, width, channels]);
  const moments = encoder.apply(whole);
  const latent = gaussianSample({ beta, seed, name: 'sample' }).apply(moments);
  return new VAE(model({ inputs: whole, outputs: decoder.apply(latent), name }));
}
