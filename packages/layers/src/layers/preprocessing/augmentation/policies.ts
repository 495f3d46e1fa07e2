/** Policies that change images by several kinds of augmentation, chosen at random. */
import type { ConfigReader, Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, randomBeta, randomGamma, zerosLike } from '@hadal/core';
import { fromEntries, optional } from '../../../layer/options';
import { requirePositiveInteger } from '../../../layer/rules';
import { type PixelOptions, readPixelOptions } from './augmentation';
import { type Factor, oneEach, readFactor } from './factor';
import { FactorAugmentation } from './factor-augmentation';
import { Palette } from './palette';

const INTERPOLATIONS = ['bilinear', 'nearest'] as const;

interface PolicyOptions extends PixelOptions {
  /** How much images are changed: a number f in [0, 1] for the range [0, f], or a range. */
  readonly factor?: Factor;
  /** How pixels between pixels are made (default bilinear). */
  readonly interpolation?: (typeof INTERPOLATIONS)[number];
}

const readPolicy = (reader: ConfigReader): PolicyOptions => ({
  ...readPixelOptions(reader),
  factor: readFactor(reader, 'factor'),
  interpolation: reader.choice('interpolation', INTERPOLATIONS, 'bilinear'),
});

const integer = (reader: ConfigReader, name: string): number | undefined =>
  optional(reader, name, (key) => reader.integer(key));

export interface RandAugmentOptions extends PolicyOptions {
  /** How many changes each image gets (default 2). */
  readonly numOps?: number;
}

/**
 * Changes each image `numOps` times in training, every time in one of eleven ways: shearing, shifting, turning,
 * brightness, color, contrast, sharpness, posterizing, solarizing, stretching and equalizing. Ways are chosen for each
 * image; Keras chooses them for the batch.
 *
 * Source: Cubuk et al. (2019).
 *
 * @example
 * const model = sequential([randAugment({ factor: 0.3, inputShape: [32, 32, 3] }), conv2d(16, 3), flatten(), dense(10)]);
 */
export class RandAugment extends FactorAugmentation {
  static readonly className = 'RandAugment';
  readonly className = RandAugment.className;
  readonly numOps: number;
  readonly interpolation: (typeof INTERPOLATIONS)[number];
  readonly #palette: Palette;

  /** @throws {ArgumentError} when an option is out of range */
  constructor(options: RandAugmentOptions = {}) {
    super('RandAugment', options.factor ?? 0.5, [0, 1], options);
    this.numOps = requirePositiveInteger('RandAugment', 'numOps', options.numOps ?? 2);
    this.interpolation = options.interpolation ?? 'bilinear';
    const { factor, valueRange, interpolation } = this;
    this.#palette = new Palette({ factor, valueRange, interpolation, allOps: true, mayRest: false });
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    let changed = images;
    for (let op = 0; op < this.numOps; op++) changed = this.#palette.apply(changed, generator);
    return changed;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), numOps: this.numOps, interpolation: this.interpolation };
  }

  static fromConfig(config: JsonObject): RandAugment {
    return fromEntries(
      RandAugment.className,
      config,
      (reader) => new RandAugment({ ...readPolicy(reader), numOps: integer(reader, 'numOps') }),
    );
  }
}

export interface AugMixOptions extends PolicyOptions {
  /** How many changed versions of an image are mixed (default 3). */
  readonly numChains?: number;
  /** How many changes each of them gets at most (default 3). */
  readonly chainDepth?: number;
  /** The parameter of the distributions that shares are drawn from (default 1). */
  readonly alpha?: number;
  /** Whether brightness, color, contrast and sharpness are among the changes (default true). */
  readonly allOps?: boolean;
}

/**
 * Mixes each image with changed versions of itself in training: `numChains` of them, each changed up to `chainDepth`
 * times in a way that is chosen at random, with shares that are drawn as well. All is chosen for each image; Keras
 * chooses for the batch.
 *
 * Source: Hendrycks et al. (2019).
 *
 * @example
 * augMix({ factor: 0.2 }).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class AugMix extends FactorAugmentation {
  static readonly className = 'AugMix';
  readonly className = AugMix.className;
  readonly numChains: number;
  readonly chainDepth: number;
  readonly alpha: number;
  readonly allOps: boolean;
  readonly interpolation: (typeof INTERPOLATIONS)[number];
  readonly #palette: Palette;

  /** @throws {ArgumentError} when an option is out of range */
  constructor(options: AugMixOptions = {}) {
    super('AugMix', options.factor ?? 0.3, [0, 1], options);
    this.numChains = requirePositiveInteger('AugMix', 'numChains', options.numChains ?? 3);
    this.chainDepth = requirePositiveInteger('AugMix', 'chainDepth', options.chainDepth ?? 3);
    this.alpha = options.alpha ?? 1;
    if (!(this.alpha > 0 && Number.isFinite(this.alpha))) {
      throw new ArgumentError('AugMix', `alpha is ${this.alpha}; expected a number above 0.`);
    }
    this.allOps = options.allOps ?? true;
    this.interpolation = options.interpolation ?? 'bilinear';
    const { factor, valueRange, interpolation, allOps } = this;
    this.#palette = new Palette({ factor, valueRange, interpolation, allOps, mayRest: true });
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const perImage = oneEach(images);
    // Gamma distributed numbers over their sum are Dirichlet distributed.
    const weights = Array.from({ length: this.numChains }, () =>
      randomGamma(perImage, this.alpha, { generator }).cast(images.dtype),
    );
    const total = weights.reduce((sum, weight) => sum.add(weight));
    const mixed = weights.reduce(
      (sum, weight) => sum.add(this.#chain(images, generator).mul(weight.div(total))),
      zerosLike(images),
    );
    const share = randomBeta(perImage, this.alpha, this.alpha, { generator }).cast(images.dtype);
    return this.clipped(images.mul(share).add(mixed.mul(share.neg().add(1))));
  }

  #chain(images: Tensor, generator: Generator | undefined): Tensor {
    let changed = images;
    for (let depth = 0; depth < this.chainDepth; depth++) changed = this.#palette.apply(changed, generator);
    return changed;
  }

  override getConfig(): JsonObject {
    const { numChains, chainDepth, alpha, allOps, interpolation } = this;
    return { ...super.getConfig(), numChains, chainDepth, alpha, allOps, interpolation };
  }

  static fromConfig(config: JsonObject): AugMix {
    return fromEntries(
      AugMix.className,
      config,
      (reader) =>
        new AugMix({
          ...readPolicy(reader),
          numChains: integer(reader, 'numChains'),
          chainDepth: integer(reader, 'chainDepth'),
          alpha: optional(reader, 'alpha', (key) => reader.number(key)),
          allOps: reader.boolean('allOps', true),
        }),
    );
  }
}

/** Makes a {@link RandAugment} layer. */
export const randAugment = (options?: RandAugmentOptions): RandAugment => new RandAugment(options);

/** Makes an {@link AugMix} layer. */
export const augMix = (options?: AugMixOptions): AugMix => new AugMix(options);
