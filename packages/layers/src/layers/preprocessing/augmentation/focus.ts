/** Sharpens, smooths and blurs images at random. */
import type { ConfigReader, Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, arange, broadcastTo, depthwiseConv2d, tensor, where } from '@hadal/core';
import { fromEntries, optional, readAxes } from '../../../layer/options';
import { type Pair, requirePair } from '../../../layer/rules';
import { type PixelOptions, readPixelOptions } from './augmentation';
import { drawn, drawnWhether, type Factor, type Interval, oneEach, rangeOf, readFactor } from './factor';
import { FactorAugmentation, readFactorLayer } from './factor-augmentation';

/** Weights around a pixel and its own, those of Pillow's smoothing filter. */
const SMOOTHING = [1, 5].map((weight) => weight / 13) as [number, number];

/**
 * Sharpens images or smooths them in training: 0 smooths, 0.5 changes nothing, 1 sharpens; drawn from a range in [0, 1].
 *
 * @example
 * randomSharpness([0.2, 0.8]).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomSharpness extends FactorAugmentation {
  static readonly className = 'RandomSharpness';
  readonly className = RandomSharpness.className;

  constructor(factor: Factor, options: PixelOptions = {}) {
    super('RandomSharpness', factor, [0, 1], options);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const channels = images.shape[3] ?? 1;
    const [around, own] = SMOOTHING;
    const window = Array.from({ length: 9 }, (_, at) => (at === 4 ? own : around));
    const kernel = tensor(window, { dtype: images.dtype }).reshape([3, 3, 1, 1]);
    const smooth = depthwiseConv2d(images, broadcastTo(kernel, [3, 3, channels, 1]), { padding: 'same' });
    const factor = drawn(oneEach(images), this.factor, images, generator).mul(-2).add(1);
    return this.clipped(images.add(smooth.sub(images).mul(factor)));
  }

  static fromConfig(config: JsonObject): RandomSharpness {
    return readFactorLayer(
      RandomSharpness.className,
      config,
      (f = 0, options) => new RandomSharpness(f, options),
    );
  }
}

export interface RandomGaussianBlurOptions extends PixelOptions {
  /** Extent of the window in pixels, odd (default 3). */
  readonly kernelSize?: Pair;
  /** The range of the standard deviation in pixels, in [0, 1] (default 1); a number s is the range [0, s]. */
  readonly sigma?: Factor;
}

/**
 * A normal density at whole distances from the middle, summing to 1.
 *
 * @param sigma the standard deviation, [1], in floating point
 */
export function gaussianWeights(extent: number, sigma: Tensor): Tensor {
  const distance = arange(extent)
    .sub((extent - 1) / 2)
    .cast(sigma.dtype)
    .div(sigma);
  const weights = distance.square().mul(-0.5).exp();
  return weights.div(weights.sum());
}

/** Keeps deviations from being 0. */
const LEAST_SIGMA = 1e-6;

/**
 * Blurs images in training, each with a probability that is drawn from a range in [0, 1]; beside the image is 0. The
 * deviation is drawn once for a batch and axis.
 *
 * @example
 * randomGaussianBlur(0.5, { kernelSize: 5 }).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomGaussianBlur extends FactorAugmentation {
  static readonly className = 'RandomGaussianBlur';
  readonly className = RandomGaussianBlur.className;
  readonly kernelSize: readonly [number, number];
  readonly sigma: Interval;

  constructor(factor: Factor = 1, options: RandomGaussianBlurOptions = {}) {
    super('RandomGaussianBlur', factor, [0, 1], options);
    this.kernelSize = requirePair('RandomGaussianBlur', 'kernelSize', options.kernelSize ?? 3);
    if (this.kernelSize.some((extent) => extent % 2 === 0)) {
      throw new ArgumentError(
        'RandomGaussianBlur',
        `kernelSize is ${this.kernelSize}; expected odd numbers.`,
      );
    }
    this.sigma = rangeOf('RandomGaussianBlur', 'sigma', options.sigma ?? 1, [0, 1]);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const channels = images.shape[3] ?? 1;
    const isBlurred = drawnWhether(this.factor, images, generator);
    const density = (extent: number): Tensor =>
      gaussianWeights(extent, drawn([1], this.sigma, images, generator).add(LEAST_SIGMA));
    const [height, width] = this.kernelSize;
    const across = density(width).reshape([1, width, 1, 1]);
    const down = density(height).reshape([height, 1, 1, 1]);
    const kernel = broadcastTo(down.mul(across), [height, width, channels, 1]);
    const blurred = depthwiseConv2d(images, kernel, { padding: 'same' });
    return this.clipped(where(isBlurred, blurred, images));
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), kernelSize: this.kernelSize, sigma: this.sigma };
  }

  static fromConfig(config: JsonObject): RandomGaussianBlur {
    const pair = (reader: ConfigReader): Pair | undefined =>
      optional(reader, 'kernelSize', (key) => readAxes(reader, key) as Pair);
    return fromEntries(
      RandomGaussianBlur.className,
      config,
      (reader) =>
        new RandomGaussianBlur(readFactor(reader, 'factor'), {
          ...readPixelOptions(reader),
          kernelSize: pair(reader),
          sigma: readFactor(reader, 'sigma'),
        }),
    );
  }
}

/** Makes a {@link RandomSharpness} layer. */
export const randomSharpness = (factor: Factor, options?: PixelOptions): RandomSharpness =>
  new RandomSharpness(factor, options);

/** Makes a {@link RandomGaussianBlur} layer. */
export const randomGaussianBlur = (
  factor?: Factor,
  options?: RandomGaussianBlurOptions,
): RandomGaussianBlur => new RandomGaussianBlur(factor, options);
