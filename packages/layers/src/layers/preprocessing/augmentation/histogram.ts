/** Spreads the values of pixels over their range: by their extremes, or by their histogram. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import {
  arange,
  clip,
  cumSum,
  gather,
  max,
  min,
  ones,
  reciprocal,
  round,
  scatterAdd,
  where,
  zeros,
} from '@hadal/core';
import { fromEntries, optional } from '../../../layer/options';
import { requirePositiveInteger } from '../../../layer/rules';
import { PixelAugmentation, type PixelOptions, readPixelOptions } from './augmentation';
import { between, PIXEL_RANGE } from './factor';

/** The greatest value of a pixel as it is counted here. */
const MOST = PIXEL_RANGE[1];

/**
 * Stretches each channel of each image so that its darkest pixel is the least value and its brightest the greatest, in
 * training and in use. A channel of one value stays.
 *
 * @example
 * await autoContrast({ valueRange: [0, 1] }).apply(tensor([[[0.2], [0.4]]])).data(); // Float32Array [0, 1]
 */
export class AutoContrast extends PixelAugmentation {
  static readonly className = 'AutoContrast';
  readonly className = AutoContrast.className;

  constructor(options: PixelOptions = {}) {
    super('AutoContrast', options);
  }

  protected override keep(images: Tensor): Tensor {
    return this.augment(images);
  }

  override augment(images: Tensor): Tensor {
    const pixels = between(images, this.valueRange, PIXEL_RANGE);
    const [low, high] = [min, max].map((extreme) => extreme(pixels, { axis: [1, 2], keepDims: true })) as [
      Tensor,
      Tensor,
    ];
    const isFlat = high.equal(low);
    const scale = reciprocal(where(isFlat, 1, high.sub(low))).mul(MOST);
    const stretched = clip(pixels.mul(scale).sub(low.mul(scale)), ...PIXEL_RANGE);
    return where(isFlat, images, between(stretched, PIXEL_RANGE, this.valueRange));
  }

  static fromConfig(config: JsonObject): AutoContrast {
    return fromEntries(
      AutoContrast.className,
      config,
      (reader) => new AutoContrast(readPixelOptions(reader)),
    );
  }
}

export interface EqualizationOptions extends PixelOptions {
  /** How many values are told apart (default 256). */
  readonly bins?: number;
}

/**
 * Moves the values of each channel in training so that all are about as frequent. The histogram is that of one image,
 * whatever others are in its batch; Keras takes that of the whole batch.
 *
 * @example
 * equalization().apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class Equalization extends PixelAugmentation {
  static readonly className = 'Equalization';
  readonly className = Equalization.className;
  readonly bins: number;

  constructor(options: EqualizationOptions = {}) {
    super('Equalization', options);
    this.bins = requirePositiveInteger('Equalization', 'bins', options.bins ?? 256);
  }

  override augment(images: Tensor, _generator: Generator | undefined): Tensor {
    const [batch = 1, height = 1, width = 1, channels = 1] = images.shape;
    const { bins } = this;
    const histograms = batch * channels;
    const pixels = between(images, this.valueRange, PIXEL_RANGE);
    const bin = clip(pixels.div(MOST).mul(bins - 1), 0, bins - 1).cast('int32');
    // Every channel of every image counts in bins of its own.
    const first = arange(histograms).cast('int32').mul(bins).reshape([batch, 1, 1, channels]);
    const place = bin.add(first).reshape([batch * height * width * channels]);
    const size = histograms * bins;
    const counts = scatterAdd(zeros([size]), place, ones([place.size])).reshape([histograms, bins]);
    const sums = cumSum(counts, 1);
    const least = min(where(sums.greater(0), sums, Number.MAX_SAFE_INTEGER), { axis: 1, keepDims: true });
    const others = sums.slice([0, bins - 1], [histograms, bins]).sub(least);
    const table = clip(round(sums.sub(least).mul(MOST).div(others.maximum(1))), ...PIXEL_RANGE);
    const isFlat = others.equal(0).reshape([batch, 1, 1, channels]);
    const looked = gather(table.reshape([size]), place)
      .reshape(images.shape)
      .cast(images.dtype);
    return between(where(isFlat, pixels, looked), PIXEL_RANGE, this.valueRange);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), bins: this.bins };
  }

  static fromConfig(config: JsonObject): Equalization {
    return fromEntries(
      Equalization.className,
      config,
      (reader) =>
        new Equalization({
          ...readPixelOptions(reader),
          bins: optional(reader, 'bins', (key) => reader.integer(key)),
        }),
    );
  }
}

/** Makes an {@link AutoContrast} layer. */
export const autoContrast = (options?: PixelOptions): AutoContrast => new AutoContrast(options);

/** Makes an {@link Equalization} layer. */
export const equalization = (options?: EqualizationOptions): Equalization => new Equalization(options);
