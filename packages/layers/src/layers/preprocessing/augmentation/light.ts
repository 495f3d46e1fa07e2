/** Changes brightness and contrast of images at random. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import { adjustContrast } from '@hadal/core';
import type { PixelOptions } from './augmentation';
import { drawn, type Factor, oneEach } from './factor';
import { FactorAugmentation, readFactorLayer } from './factor-augmentation';

/**
 * Adds to all pixels of an image in training: a share of the range of pixels that is drawn from a range in [-1, 1].
 *
 * @example
 * randomBrightness(0.2, { valueRange: [0, 1] }).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomBrightness extends FactorAugmentation {
  static readonly className = 'RandomBrightness';
  readonly className = RandomBrightness.className;

  constructor(factor: Factor, options: PixelOptions = {}) {
    super('RandomBrightness', factor, [-1, 1], options);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const [least, most] = this.valueRange;
    const delta = drawn(oneEach(images), this.factor, images, generator).mul(most - least);
    return this.clipped(images.add(delta));
  }

  static fromConfig(config: JsonObject): RandomBrightness {
    return readFactorLayer(
      RandomBrightness.className,
      config,
      (f = 0, options) => new RandomBrightness(f, options),
    );
  }
}

/**
 * Moves pixels away from the mean of their channel, or towards it, in training: by a factor from 1 - lower to 1 + upper,
 * for a range in [0, 1]. As in Keras a number f is the range [0, f], which only makes contrast stronger.
 *
 * @example
 * randomContrast([0.3, 0.3]).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomContrast extends FactorAugmentation {
  static readonly className = 'RandomContrast';
  readonly className = RandomContrast.className;

  constructor(factor: Factor, options: PixelOptions = {}) {
    super('RandomContrast', factor, [0, 1], options);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const [lower, upper] = this.factor;
    return this.clipped(
      adjustContrast(images, drawn(oneEach(images), [1 - lower, 1 + upper], images, generator)),
    );
  }

  static fromConfig(config: JsonObject): RandomContrast {
    return readFactorLayer(
      RandomContrast.className,
      config,
      (f = 0, options) => new RandomContrast(f, options),
    );
  }
}

/** Makes a {@link RandomBrightness} layer. */
export const randomBrightness = (factor: Factor, options?: PixelOptions): RandomBrightness =>
  new RandomBrightness(factor, options);

/** Makes a {@link RandomContrast} layer. */
export const randomContrast = (factor: Factor, options?: PixelOptions): RandomContrast =>
  new RandomContrast(factor, options);
