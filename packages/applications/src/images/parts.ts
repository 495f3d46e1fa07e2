/** Small pieces that networks for images are put together from. */
import {
  activation,
  batchNormalization,
  type LayerShape,
  type SidePair,
  type SymbolicTensor,
  zeroPadding2d,
} from '@hadal/layers';

/** What follows a convolution. */
export interface NormalizedOptions {
  readonly epsilon?: number;
  readonly momentum?: number;
}

/** Batch normalization and ReLU, named as in Keras: `<name>_bn` and `<name>_relu`. */
export function normalizedRelu(x: SymbolicTensor, name: string, options: NormalizedOptions): SymbolicTensor {
  const normalized = batchNormalization({ ...options, name: `${name}_bn` }).apply(x);
  return activation('relu', { name: `${name}_relu` }).apply(normalized);
}

/** The channels of images. */
export function channelsOf({ shape }: { readonly shape: LayerShape }): number {
  const channels = shape.at(-1);
  if (typeof channels === 'number') return channels;
  throw new RangeError('the channels of an image are not known');
}

/**
 * Zeros around images, so that a window that halves them is centred on every other pixel whether their extents are even
 * or odd.
 */
export function paddedForStride(x: SymbolicTensor, kernelSize: number, name: string): SymbolicTensor {
  const half = Math.floor(kernelSize / 2);
  const before = (extent: number | null | undefined): SidePair => [
    half - (typeof extent === 'number' ? 1 - (extent % 2) : 1),
    half,
  ];
  return zeroPadding2d([before(x.shape[1]), before(x.shape[2])], { name }).apply(x);
}

/** The nearest multiple of `divisor`, never less than 90 % of `channels`. Source: Sandler et al. (2018). */
export function divisible(channels: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor((channels + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * channels ? rounded + divisor : rounded;
}
