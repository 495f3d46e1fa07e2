/** Changes the colors of images at random. Images have three channels: red, green and blue. */
import type { ConfigReader, Generator, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  adjustHue,
  clip,
  concat,
  hsvToRgb,
  rgbToGrayscale,
  rgbToHsv,
  split,
  where,
} from '@hadal/core';
import { fromEntries, optional } from '../../../layer/options';
import { drawnSign } from './affine';
import {
  Augmentation,
  type AugmentationOptions,
  PixelAugmentation,
  type PixelOptions,
  readAugmentation,
  readPixelOptions,
} from './augmentation';
import { between, drawn, type Factor, oneEach, PIXEL_RANGE, readFactor } from './factor';
import { FactorAugmentation, readFactorLayer } from './factor-augmentation';
import { RandomBrightness, RandomContrast } from './light';

/** Keeps divisors from being 0. */
const EPSILON = 1e-7;

/**
 * Multiplies the saturation of colors in training by f / (1 - f), for f from a range in [0, 1]: 0 makes gray, 0.5 changes
 * nothing, 1 saturates. Saturation stays within [0, 1].
 *
 * @example
 * randomSaturation([0.3, 0.7]).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomSaturation extends FactorAugmentation {
  static readonly className = 'RandomSaturation';
  readonly className = RandomSaturation.className;

  constructor(factor: Factor, options: PixelOptions = {}) {
    super('RandomSaturation', factor, [0, 1], options);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const factor = drawn(oneEach(images), this.factor, images, generator);
    const [hue, saturation, value] = split(rgbToHsv(images), 3, -1) as [Tensor, Tensor, Tensor];
    const changed = clip(saturation.mul(factor.div(factor.neg().add(1 + EPSILON))), 0, 1);
    return hsvToRgb(concat([hue, changed, value], -1));
  }

  static fromConfig(config: JsonObject): RandomSaturation {
    return readFactorLayer(
      RandomSaturation.className,
      config,
      (f = 0, options) => new RandomSaturation(f, options),
    );
  }
}

/**
 * Turns the hue of colors in training, in either direction by half a turn times a number from a range in [0, 1].
 *
 * @example
 * randomHue(0.2).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomHue extends FactorAugmentation {
  static readonly className = 'RandomHue';
  readonly className = RandomHue.className;

  constructor(factor: Factor, options: PixelOptions = {}) {
    super('RandomHue', factor, [0, 1], options);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const sign = drawnSign(images, generator).reshape(oneEach(images));
    const turn = drawn(oneEach(images), this.factor, images, generator).mul(sign).mul(0.5);
    const turned = clip(adjustHue(between(images, this.valueRange, [0, 1]), turn), 0, 1);
    return between(turned, [0, 1], this.valueRange);
  }

  static fromConfig(config: JsonObject): RandomHue {
    return readFactorLayer(RandomHue.className, config, (f = 0, options) => new RandomHue(f, options));
  }
}

/**
 * Mixes images with their gray version in training: 0 changes nothing, 1 makes gray; drawn from a range in [0, 1].
 *
 * @example
 * randomColorDegeneration([0, 0.5]).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomColorDegeneration extends FactorAugmentation {
  static readonly className = 'RandomColorDegeneration';
  readonly className = RandomColorDegeneration.className;

  constructor(factor: Factor, options: PixelOptions = {}) {
    super('RandomColorDegeneration', factor, [-1, 1], options);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const factor = drawn(oneEach(images), this.factor, images, generator);
    return this.clipped(images.add(rgbToGrayscale(images).sub(images).mul(factor)));
  }

  static fromConfig(config: JsonObject): RandomColorDegeneration {
    return readFactorLayer(
      RandomColorDegeneration.className,
      config,
      (f = 0, options) => new RandomColorDegeneration(f, options),
    );
  }
}

/**
 * Makes images gray in training, each with probability `factor`; they keep three channels.
 *
 * @example
 * randomGrayscale(0.2).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomGrayscale extends Augmentation {
  static readonly className = 'RandomGrayscale';
  readonly className = RandomGrayscale.className;

  constructor(
    /** How likely an image loses its colours. */
    readonly factor: number = 0.5,
    options: AugmentationOptions = {},
  ) {
    super('RandomGrayscale', options);
    if (!(factor >= 0 && factor <= 1)) {
      throw new ArgumentError('RandomGrayscale', `factor is ${factor}; expected a probability in [0, 1].`);
    }
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const isGray = drawn(oneEach(images), [0, 1], images, generator).less(this.factor);
    return where(isGray, rgbToGrayscale(images), images);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), factor: this.factor };
  }

  static fromConfig(config: JsonObject): RandomGrayscale {
    return fromEntries(
      RandomGrayscale.className,
      config,
      (reader) =>
        new RandomGrayscale(
          optional(reader, 'factor', (key) => reader.number(key)),
          readAugmentation(reader),
        ),
    );
  }
}

export interface RandomColorJitterOptions extends PixelOptions {
  /** As `randomBrightness` takes it; without it brightness stays. The others likewise. */
  readonly brightnessFactor?: Factor;
  /** As of `randomContrast`. */
  readonly contrastFactor?: Factor;
  /** As of `randomSaturation`. */
  readonly saturationFactor?: Factor;
  /** As of `randomHue`. */
  readonly hueFactor?: Factor;
}

/**
 * Changes brightness, contrast, saturation and hue at random in training, one after the other.
 *
 * @example
 * randomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.1 }).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomColorJitter extends PixelAugmentation {
  static readonly className = 'RandomColorJitter';
  readonly className = RandomColorJitter.className;
  readonly #factors: Pick<RandomColorJitterOptions, FactorName>;
  readonly #steps: readonly FactorAugmentation[];

  constructor(options: RandomColorJitterOptions = {}) {
    super('RandomColorJitter', options);
    const {
      brightnessFactor,
      contrastFactor,
      saturationFactor,
      hueFactor,
      valueRange = PIXEL_RANGE,
    } = options;
    this.#factors = { brightnessFactor, contrastFactor, saturationFactor, hueFactor };
    const step = (
      factor: Factor | undefined,
      make: (factor: Factor, options: PixelOptions) => FactorAugmentation,
    ): readonly FactorAugmentation[] => (factor === undefined ? [] : [make(factor, { valueRange })]);
    this.#steps = [
      ...step(brightnessFactor, (factor, own) => new RandomBrightness(factor, own)),
      ...step(contrastFactor, (factor, own) => new RandomContrast(factor, own)),
      ...step(saturationFactor, (factor, own) => new RandomSaturation(factor, own)),
      ...step(hueFactor, (factor, own) => new RandomHue(factor, own)),
    ];
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    return this.#steps.reduce((changed, step) => step.augment(changed, generator), images);
  }

  override getConfig(): JsonObject {
    const factors = FACTOR_NAMES.map((name) => [name, this.#factors[name] ?? null] as const);
    return { ...super.getConfig(), ...Object.fromEntries(factors) };
  }

  static fromConfig(config: JsonObject): RandomColorJitter {
    const factors = (reader: ConfigReader): Pick<RandomColorJitterOptions, FactorName> =>
      Object.fromEntries(FACTOR_NAMES.map((name) => [name, readFactor(reader, name)]));
    return fromEntries(
      RandomColorJitter.className,
      config,
      (reader) => new RandomColorJitter({ ...readPixelOptions(reader), ...factors(reader) }),
    );
  }
}

const FACTOR_NAMES = ['brightnessFactor', 'contrastFactor', 'saturationFactor', 'hueFactor'] as const;

type FactorName = (typeof FACTOR_NAMES)[number];

/** Makes a {@link RandomSaturation} layer. */
export const randomSaturation = (factor: Factor, options?: PixelOptions): RandomSaturation =>
  new RandomSaturation(factor, options);

/** Makes a {@link RandomHue} layer. */
export const randomHue = (factor: Factor, options?: PixelOptions): RandomHue =>
  new RandomHue(factor, options);

/** Makes a {@link RandomColorDegeneration} layer. */
export const randomColorDegeneration = (factor: Factor, options?: PixelOptions): RandomColorDegeneration =>
  new RandomColorDegeneration(factor, options);

/** Makes a {@link RandomGrayscale} layer. */
export const randomGrayscale = (factor?: number, options?: AugmentationOptions): RandomGrayscale =>
  new RandomGrayscale(factor, options);

/** Makes a {@link RandomColorJitter} layer. */
export const randomColorJitter = (options?: RandomColorJitterOptions): RandomColorJitter =>
  new RandomColorJitter(options);
