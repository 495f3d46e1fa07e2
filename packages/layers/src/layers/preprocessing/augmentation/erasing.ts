/** Covers a box of images at random. */
import type { ConfigReader, Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, logicalAnd, randomNormal, tensor, where } from '@hadal/core';
import { fromEntries, optional } from '../../../layer/options';
import { type PixelOptions, readPixelOptions } from './augmentation';
import { drawnBoxes } from './boxes';
import { drawn, drawnWhether, type Factor, type Interval, oneEach, rangeOf, readFactor } from './factor';
import { FactorAugmentation } from './factor-augmentation';

/** One value for all channels, or one for each. */
export type FillValue = number | readonly number[];

export interface RandomErasingOptions extends PixelOptions {
  /** The range of the share of an image that is covered (default [0.02, 0.33]). */
  readonly scale?: Factor;
  /** What covers it (default: noise). */
  readonly fillValue?: FillValue;
}

/**
 * Covers a box at a random place of images in training, each image with a probability that is drawn from a range in
 * [0, 1].
 *
 * Source: Zhong et al. (2017).
 *
 * @example
 * randomErasing([0.5, 0.5], { fillValue: 0 }).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomErasing extends FactorAugmentation {
  static readonly className = 'RandomErasing';
  readonly className = RandomErasing.className;
  readonly scale: Interval;
  readonly fillValue: FillValue | undefined;

  constructor(factor: Factor = 1, options: RandomErasingOptions = {}) {
    super('RandomErasing', factor, [0, 1], options);
    this.scale = rangeOf('RandomErasing', 'scale', options.scale ?? [0.02, 0.33], [0, 1]);
    const { fillValue } = options;
    if (
      fillValue !== undefined &&
      !(typeof fillValue === 'number' ? [fillValue] : fillValue).every(Number.isFinite)
    ) {
      throw new ArgumentError(
        'RandomErasing',
        `fillValue is ${JSON.stringify(fillValue)}; expected a number, or one for each channel.`,
      );
    }
    this.fillValue = fillValue;
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const side = (): Tensor => drawn(oneEach(images), this.scale, images, generator).sqrt();
    const { inside } = drawnBoxes(images, [side(), side()], generator);
    const isCovered = drawnWhether(this.factor, images, generator);
    return where(logicalAnd(inside, isCovered), this.#cover(images, generator), images);
  }

  #cover(images: Tensor, generator: Generator | undefined): Tensor {
    const { fillValue, valueRange } = this;
    const { shape, dtype } = images;
    if (fillValue === undefined)
      return this.clipped(randomNormal(shape, { dtype, generator }).mul(valueRange[1]));
    return this.clipped(tensor(typeof fillValue === 'number' ? [fillValue] : [...fillValue], { dtype }));
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), scale: this.scale, fillValue: this.fillValue ?? null };
  }

  static fromConfig(config: JsonObject): RandomErasing {
    const fill = (reader: ConfigReader): FillValue | undefined =>
      optional(reader, 'fillValue', (key) =>
        typeof reader.value(key) === 'number' ? reader.number(key) : reader.numbers(key),
      );
    return fromEntries(
      RandomErasing.className,
      config,
      (reader) =>
        new RandomErasing(readFactor(reader, 'factor'), {
          ...readPixelOptions(reader),
          scale: readFactor(reader, 'scale'),
          fillValue: fill(reader),
        }),
    );
  }
}

/** Makes a {@link RandomErasing} layer. */
export const randomErasing = (factor?: Factor, options?: RandomErasingOptions): RandomErasing =>
  new RandomErasing(factor, options);
