/** Inverts, posterizes and solarizes images at random. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, clip, exp2, floor, randomInt, where } from '@hadal/core';
import { fromEntries } from '../../../layer/options';
import { PixelAugmentation, type PixelOptions, readPixelOptions } from './augmentation';
import {
  between,
  drawn,
  drawnWhether,
  type Factor,
  type Interval,
  oneEach,
  PIXEL_RANGE,
  rangeOf,
  readFactor,
} from './factor';
import { FactorAugmentation, readFactorLayer } from './factor-augmentation';

/**
 * Turns images into their negatives in training, each with a probability that is drawn from a range in [0, 1].
 *
 * @example
 * randomInvert([0.1, 0.1]).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomInvert extends FactorAugmentation {
  static readonly className = 'RandomInvert';
  readonly className = RandomInvert.className;

  constructor(factor: Factor = 1, options: PixelOptions = {}) {
    super('RandomInvert', factor, [0, 1], options);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const inverted = images.neg().add(this.valueRange[1]);
    return where(drawnWhether(this.factor, images, generator), inverted, images);
  }

  static fromConfig(config: JsonObject): RandomInvert {
    return readFactorLayer(RandomInvert.className, config, (f, options) => new RandomInvert(f, options));
  }
}

/** Bits of a pixel. */
const BITS = 8;

/**
 * Leaves only the highest bits of pixels in training: so many of 8 as are drawn from a range in [1, 8], without its upper
 * end unless both are the same. A number n is the range [1, n].
 *
 * @example
 * randomPosterization([3, 3]).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomPosterization extends FactorAugmentation {
  static readonly className = 'RandomPosterization';
  readonly className = RandomPosterization.className;

  constructor(factor: Factor, options: PixelOptions = {}) {
    super('RandomPosterization', factor, [1, BITS], options);
    if (this.factor.some((bits) => !Number.isInteger(bits))) {
      throw new ArgumentError(
        'RandomPosterization',
        `factor is ${JSON.stringify(factor)}; expected whole numbers.`,
      );
    }
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const [least, most] = this.factor;
    const bits =
      least === most ? least : randomInt(oneEach(images), least, most, { generator }).cast(images.dtype);
    const step = typeof bits === 'number' ? 2 ** (BITS - bits) : exp2(bits.neg().add(BITS));
    const levels = floor(between(images, this.valueRange, PIXEL_RANGE));
    return between(floor(levels.div(step)).mul(step), PIXEL_RANGE, this.valueRange);
  }

  static fromConfig(config: JsonObject): RandomPosterization {
    return readFactorLayer(
      RandomPosterization.className,
      config,
      (f = BITS, options) => new RandomPosterization(f, options),
    );
  }
}

export interface SolarizationOptions extends PixelOptions {
  /** What is added before, as a share of the range of pixels (default 0); a number f is the range [0, f]. */
  readonly additionFactor?: Factor;
  /** From where on pixels are inverted, as a share of the range of pixels (default 0); a number f is the range [0, f]. */
  readonly thresholdFactor?: Factor;
}

/**
 * Inverts the bright pixels of images in training: those that are not below a threshold.
 *
 * @example
 * solarization({ thresholdFactor: [0.5, 0.5] }).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class Solarization extends PixelAugmentation {
  static readonly className = 'Solarization';
  readonly className = Solarization.className;
  readonly additionFactor: Interval;
  readonly thresholdFactor: Interval;

  constructor(options: SolarizationOptions = {}) {
    super('Solarization', options);
    this.additionFactor = rangeOf('Solarization', 'additionFactor', options.additionFactor ?? 0, [0, 1]);
    this.thresholdFactor = rangeOf('Solarization', 'thresholdFactor', options.thresholdFactor ?? 0, [0, 1]);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const most = PIXEL_RANGE[1];
    const addition = drawn(oneEach(images), this.additionFactor, images, generator).mul(most);
    const threshold = drawn(oneEach(images), this.thresholdFactor, images, generator).mul(most);
    const pixels = between(images, this.valueRange, PIXEL_RANGE);
    const brighter = clip(pixels.add(addition), ...PIXEL_RANGE);
    const solarized = where(brighter.less(threshold), brighter, brighter.neg().add(most));
    return between(solarized, PIXEL_RANGE, this.valueRange);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      additionFactor: this.additionFactor,
      thresholdFactor: this.thresholdFactor,
    };
  }

  static fromConfig(config: JsonObject): Solarization {
    return fromEntries(
      Solarization.className,
      config,
      (reader) =>
        new Solarization({
          ...readPixelOptions(reader),
          additionFactor: readFactor(reader, 'additionFactor'),
          thresholdFactor: readFactor(reader, 'thresholdFactor'),
        }),
    );
  }
}

/** Makes a {@link RandomInvert} layer. */
export const randomInvert = (factor?: Factor, options?: PixelOptions): RandomInvert =>
  new RandomInvert(factor, options);

/** Makes a {@link RandomPosterization} layer. */
export const randomPosterization = (factor: Factor, options?: PixelOptions): RandomPosterization =>
  new RandomPosterization(factor, options);

/** Makes a {@link Solarization} layer. */
export const solarization = (options?: SolarizationOptions): Solarization => new Solarization(options);
