/** Cuts a part out of images at random. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import { concat, dynamicSlice, randomInt, zeros } from '@hadal/core';
import { fromEntries } from '../../../layer/options';
import { resizedMiddle } from '../center-crop';
import { type ImageSize, requireImageSize, sizeOf } from '../image-layer';
import { Augmentation, type AugmentationOptions, readAugmentation } from './augmentation';

/**
 * In training a part of [height, width] at a random place, the same one for all images of a batch. In use, and of
 * smaller images, the middle with that aspect ratio, resized.
 *
 * @example
 * randomCrop(24, 24).apply(zeros([8, 32, 32, 3])).shape; // [8, 24, 24, 3]
 */
export class RandomCrop extends Augmentation {
  static readonly className = 'RandomCrop';
  readonly className = RandomCrop.className;
  /** [height, width] of what comes out. */
  readonly size: ImageSize;

  constructor(height: number, width: number, options: AugmentationOptions = {}) {
    super('RandomCrop', options);
    this.size = requireImageSize('RandomCrop', height, width);
  }

  protected override get outputSize(): ImageSize {
    return this.size;
  }

  protected override keep(images: Tensor): Tensor {
    return resizedMiddle(images, this.size);
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const [batch = 0, , , channels = 0] = images.shape;
    const [height, width] = this.size;
    const [rows, columns] = [sizeOf(images)[0] - height, sizeOf(images)[1] - width];
    if (rows < 0 || columns < 0) return this.keep(images);
    const first = zeros([1], { dtype: 'int32' });
    const top = randomInt([1], 0, rows + 1, { generator });
    const left = randomInt([1], 0, columns + 1, { generator });
    return dynamicSlice(images, concat([first, top, left, first], 0), [batch, height, width, channels]);
  }

  override getConfig(): JsonObject {
    const [height, width] = this.size;
    return { ...super.getConfig(), height, width };
  }

  static fromConfig(config: JsonObject): RandomCrop {
    return fromEntries(
      RandomCrop.className,
      config,
      (reader) => new RandomCrop(reader.integer('height'), reader.integer('width'), readAugmentation(reader)),
    );
  }
}

/** Makes a {@link RandomCrop} layer. */
export const randomCrop = (height: number, width: number, options?: AugmentationOptions): RandomCrop =>
  new RandomCrop(height, width, options);
