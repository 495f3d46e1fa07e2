/**
 * Kinds of augmentation of which each image gets one at random, chosen on the device. Those that move points are one
 * transform whose numbers are chosen; of the others all are computed and one is taken.
 */
import type { Generator, Tensor } from '@hadal/core';
import { affineTransform, randomInt, where } from '@hadal/core';
import { type AffineAugmentation, affineRows, column } from './affine';
import type { Augmentation } from './augmentation';
import { RandomColorDegeneration } from './color';
import { type Interval, oneEach } from './factor';
import { RandomSharpness } from './focus';
import { RandomRotation, RandomShear, RandomTranslation } from './geometric';
import { AutoContrast, Equalization } from './histogram';
import { RandomPosterization, Solarization } from './levels';
import { RandomBrightness, RandomContrast } from './light';

export interface PaletteOptions {
  /** How much is changed. */
  readonly factor: Interval;
  readonly valueRange: Interval;
  readonly interpolation: 'bilinear' | 'nearest';
  /** Whether brightness, color, contrast and sharpness are among the kinds. */
  readonly allOps: boolean;
  /** Whether it may be that nothing is done. */
  readonly mayRest: boolean;
}

/** Bits of a pixel. */
const BITS = 8;

export class Palette {
  readonly #moving: readonly AffineAugmentation[];
  readonly #others: readonly Augmentation[];

  constructor(readonly options: PaletteOptions) {
    const { factor, valueRange, interpolation, allOps } = options;
    this.#moving = [
      new RandomShear(factor, factor, { interpolation }),
      new RandomTranslation(factor, factor, { interpolation }),
      new RandomRotation(factor, { interpolation }),
    ];
    const pixels = { valueRange };
    const light = [
      new RandomBrightness(factor, pixels),
      new RandomColorDegeneration(factor, pixels),
      new RandomContrast(factor, pixels),
      new RandomSharpness(factor, pixels),
    ];
    this.#others = [
      ...(allOps ? light : []),
      new RandomPosterization(Math.max(1, Math.trunc(BITS * factor[1])), pixels),
      new Solarization({ additionFactor: factor, thresholdFactor: factor, valueRange }),
      new AutoContrast(pixels),
      new Equalization(pixels),
    ];
  }

  /** Changes each image in one way. */
  apply(images: Tensor, generator: Generator | undefined): Tensor {
    const kinds = this.#moving.length + this.#others.length + (this.options.mayRest ? 1 : 0);
    const choice = randomInt(column(images), 0, kinds, { generator });
    const transforms = this.#moving.reduce(
      (chosen, layer, kind) => where(choice.equal(kind), layer.transforms(images, generator), chosen),
      affineRows(images, [1, 0, 0, 0, 1, 0]),
    );
    const moved = affineTransform(images, transforms, {
      method: this.options.interpolation,
      fillMode: 'reflect',
    });
    const perImage = choice.reshape(oneEach(images));
    return this.#others.reduce(
      (chosen, layer, index) =>
        where(perImage.equal(this.#moving.length + index), layer.augment(moved, generator), chosen),
      moved,
    );
  }
}
