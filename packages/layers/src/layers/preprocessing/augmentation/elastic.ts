/** Bends images at random. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  arange,
  depthwiseConv2d,
  mapCoordinates,
  randomNormal,
  stack,
  vmap,
  where,
} from '@hadal/core';
import { fromEntries, optional } from '../../../layer/options';
import { sizeOf } from '../image-layer';
import { PixelAugmentation, type PixelOptions, readPixelOptions } from './augmentation';
import { drawn, drawnWhether, type Factor, type Interval, rangeOf, readFactor } from './factor';
import { gaussianWeights } from './focus';

const FILL_MODES = ['reflect', 'wrap', 'constant', 'nearest', 'mirror'] as const;
const INTERPOLATIONS = ['bilinear', 'nearest'] as const;

export interface RandomElasticTransformOptions extends PixelOptions {
  /** How much images are bent: a range in [0, 1] (default 1); a number s is the range [0, s]. */
  readonly scale?: Factor;
  /** How pixels between pixels are made (default bilinear). */
  readonly interpolation?: (typeof INTERPOLATIONS)[number];
  /** What is seen beside the image (default reflect). */
  readonly fillMode?: (typeof FILL_MODES)[number];
  /** The value of `fillMode: 'constant'` (default 0). */
  readonly fillValue?: number;
}

/** How far points move and how smoothly, as shares of the greater and the lesser side of an image. */
const REACH = 0.1;
const SMOOTHNESS = 0.05;

/** Standard deviations that a window of smoothing holds. */
const DEVIATIONS = 6;

/** Keeps deviations from being 0. */
const LEAST_SIGMA = 1e-6;

/**
 * Bends images in training, each with a probability that is drawn from a range in [0, 1]: every point is read beside its
 * place, by smooth random distances.
 *
 * Source: Simard, Steinkraus and Platt (2003).
 *
 * @example
 * randomElasticTransform(1, { scale: 0.5 }).apply(zeros([1, 32, 32, 3])).shape; // [1, 32, 32, 3]
 */
export class RandomElasticTransform extends PixelAugmentation {
  static readonly className = 'RandomElasticTransform';
  readonly className = RandomElasticTransform.className;
  readonly factor: Interval;
  readonly scale: Interval;
  readonly interpolation: (typeof INTERPOLATIONS)[number];
  readonly fillMode: (typeof FILL_MODES)[number];
  readonly fillValue: number;

  /** @throws {ArgumentError} when an option is out of range */
  constructor(factor: Factor = 1, options: RandomElasticTransformOptions = {}) {
    super('RandomElasticTransform', options);
    this.factor = rangeOf('RandomElasticTransform', 'factor', factor, [0, 1]);
    this.scale = rangeOf('RandomElasticTransform', 'scale', options.scale ?? 1, [0, 1]);
    this.interpolation = options.interpolation ?? 'bilinear';
    this.fillMode = options.fillMode ?? 'reflect';
    this.fillValue = options.fillValue ?? 0;
    if (!INTERPOLATIONS.includes(this.interpolation) || !FILL_MODES.includes(this.fillMode)) {
      throw new ArgumentError(
        'RandomElasticTransform',
        `interpolation is '${this.interpolation}' and fillMode '${this.fillMode}'.`,
        `Expected one of '${INTERPOLATIONS.join("', '")}', and one of '${FILL_MODES.join("', '")}'.`,
      );
    }
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    if (this.scale[1] === 0 || this.factor[1] === 0) return images;
    const [height, width] = sizeOf(images);
    const isBent = drawnWhether(this.factor, images, generator);
    const scale = drawn([1], this.scale, images, generator);
    const sides = [arange(height).reshape([1, height, 1]), arange(width).reshape([1, 1, width])];
    const points = sides.map((side) =>
      side.cast(images.dtype).add(this.#distances(images, scale, generator)),
    );
    const order = this.interpolation === 'bilinear' ? 1 : 0;
    const { fillMode, fillValue } = this;
    const read = (channel: Tensor, at: Tensor): Tensor =>
      mapCoordinates(channel, at, { order, fillMode, fillValue });
    const readChannels = vmap(read, { inAxes: [2, null], outAxes: 2 });
    const bent = vmap(readChannels)(images, stack(points, 1));
    return this.clipped(where(isBent, bent, images));
  }

  /** How far each point is read from its place along one axis, [batch, height, width]. */
  #distances(images: Tensor, scale: Tensor, generator: Generator | undefined): Tensor {
    const [batch = 1] = images.shape;
    const [height, width] = sizeOf(images);
    const least = Math.min(height, width) * SMOOTHNESS;
    // The window is that of the greatest deviation: shapes cannot depend on what is drawn.
    const extent = Math.trunc(DEVIATIONS * least * this.scale[1]) | 1;
    const sigma = scale.mul(least);
    const weights = gaussianWeights(extent, sigma.add(LEAST_SIGMA));
    const noise = randomNormal([batch, height, width, 1], { dtype: images.dtype, generator }).mul(sigma);
    const down = depthwiseConv2d(noise, weights.reshape([extent, 1, 1, 1]), { padding: 'same' });
    const smooth = depthwiseConv2d(down, weights.reshape([1, extent, 1, 1]), { padding: 'same' });
    return smooth.squeeze(3).mul(scale.mul(Math.max(height, width) * REACH));
  }

  override getConfig(): JsonObject {
    const { factor, scale, interpolation, fillMode, fillValue } = this;
    return { ...super.getConfig(), factor, scale, interpolation, fillMode, fillValue };
  }

  static fromConfig(config: JsonObject): RandomElasticTransform {
    return fromEntries(
      RandomElasticTransform.className,
      config,
      (reader) =>
        new RandomElasticTransform(readFactor(reader, 'factor'), {
          ...readPixelOptions(reader),
          scale: readFactor(reader, 'scale'),
          interpolation: reader.choice('interpolation', INTERPOLATIONS, 'bilinear'),
          fillMode: reader.choice('fillMode', FILL_MODES, 'reflect'),
          fillValue: optional(reader, 'fillValue', (key) => reader.number(key)),
        }),
    );
  }
}

/** Makes a {@link RandomElasticTransform} layer. */
export const randomElasticTransform = (
  factor?: Factor,
  options?: RandomElasticTransformOptions,
): RandomElasticTransform => new RandomElasticTransform(factor, options);
