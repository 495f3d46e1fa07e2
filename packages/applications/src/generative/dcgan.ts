/** The two networks of generative adversarial training on images, made of convolutions. */
import { ArgumentError } from '@hadal/core';
import {
  activation,
  batchNormalization,
  conv2d,
  conv2dTranspose,
  dense,
  dropout,
  flatten,
  type LayerShape,
  layerNormalization,
  leakyReLU,
  RandomNormal,
  reshape,
  type Sequential,
  sequential,
} from '@hadal/layers';
import { requireSizes } from '../common/composite';

export interface GANOptions {
  /** [height, width, channels] of images in −1 … 1; height and width are multiples of 4 (default 28 × 28 × 1). */
  readonly imageShape?: readonly [height: number, width: number, channels: number];
  /** Features of the noise that images are made of (default 100). */
  readonly latentDim?: number;
  /** Channels at half of the extent; twice as many at a quarter of it (default 64). */
  readonly filters?: number;
}

/** Spread of weights and slope of negative values. Source: Radford, Metz & Chintala (2016). */
const STDDEV = 0.02;
const NEGATIVE_SLOPE = 0.2;
const KERNEL = 5;

/** Images are halved twice. */
const SHRINKS = 4;

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly latentDim: number;
  readonly filters: number;
}

/** Options with their defaults, checked. */
export function ganSizes(where: string, options: GANOptions): Sizes {
  const { imageShape: [height, width, channels] = [28, 28, 1], latentDim = 100, filters = 64 } = options;
  requireSizes(where, { height, width, channels, latentDim, filters });
  if (height % SHRINKS === 0 && width % SHRINKS === 0) return { height, width, channels, latentDim, filters };
  throw new ArgumentError(
    where,
    `images are ${height} × ${width}; expected multiples of ${SHRINKS}, since they are halved twice.`,
    'Pad or resize the images.',
  );
}

/**
 * Makes images of noise: [batch, latentDim] → [batch, height, width, channels] in −1 … 1.
 *
 * Source: Radford, Metz & Chintala (2016).
 */
export function dcganGenerator(options: GANOptions = {}): Sequential {
  const { height, width, channels, latentDim, filters } = ganSizes('dcganGenerator', options);
  const kernelInitializer = new RandomNormal({ stddev: STDDEV });
  const weights = { kernelInitializer, useBias: false };
  const enlarging = { ...weights, strides: 2, padding: 'same' } as const;
  const small = [height / SHRINKS, width / SHRINKS, 2 * filters] as const;
  return sequential(
    [
      dense(small[0] * small[1] * small[2], { ...weights, inputShape: [latentDim] }),
      reshape([...small]),
      batchNormalization(),
      activation('relu'),
      conv2dTranspose(filters, KERNEL, enlarging),
      batchNormalization(),
      activation('relu'),
      conv2dTranspose(channels, KERNEL, {
        ...enlarging,
        useBias: true,
        activation: 'tanh',
      }),
    ],
    { name: 'generator' },
  );
}

/**
 * Tells real images from made ones: [batch, height, width, channels] → [batch, 1] logits.
 *
 * @param normalization `none`, or `layer` for the critic of WGAN-GP, whose gradient must not mix images
 */
export function dcganDiscriminator(
  options: GANOptions = {},
  normalization: 'none' | 'layer' = 'none',
): Sequential {
  const { height, width, channels, filters } = ganSizes('dcganDiscriminator', options);
  const kernelInitializer = new RandomNormal({ stddev: STDDEV });
  const shrinking = (inputShape?: LayerShape) =>
    ({ kernelInitializer, strides: 2, padding: 'same', inputShape }) as const;
  const isNormalized = normalization === 'layer';
  return sequential(
    [
      conv2d(filters, KERNEL, shrinking([height, width, channels])),
      leakyReLU({ negativeSlope: NEGATIVE_SLOPE }),
      conv2d(2 * filters, KERNEL, shrinking()),
      ...(isNormalized ? [layerNormalization({ axis: [1, 2, 3] })] : []),
      leakyReLU({ negativeSlope: NEGATIVE_SLOPE }),
      flatten(),
      ...(isNormalized ? [] : [dropout(0.3)]),
      dense(1, { kernelInitializer }),
    ],
    { name: isNormalized ? 'critic' : 'discriminator' },
  );
}
