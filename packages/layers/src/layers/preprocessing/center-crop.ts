/** Cuts the middle out of images. */
import type { JsonObject, Tensor } from '@hadal/core';
import { resize } from '@hadal/core';
import { fromEntries } from '../../layer/options';
import {
  aspectCrop,
  cut,
  ImageLayer,
  type ImageLayerOptions,
  type ImageSize,
  readImageLayer,
  requireImageSize,
  sizeOf,
} from './image-layer';

/** The middle of images with the aspect ratio of `size`, resized to it. */
export function resizedMiddle(images: Tensor, size: ImageSize): Tensor {
  const middle = aspectCrop(sizeOf(images), size);
  return resize(cut(images, middle.start, middle.size), [...size]);
}

/**
 * The middle of images, [height, width] of it. Smaller images are cut to the aspect ratio and resized.
 *
 * @example
 * centerCrop(2, 2).apply(zeros([1, 6, 6, 3])).shape; // [1, 2, 2, 3]
 */
export class CenterCrop extends ImageLayer {
  static readonly className = 'CenterCrop';
  readonly className = CenterCrop.className;
  /** [height, width] of what is left. */
  readonly size: ImageSize;

  constructor(height: number, width: number, options: ImageLayerOptions = {}) {
    super('CenterCrop', options);
    this.size = requireImageSize('CenterCrop', height, width);
  }

  protected override get outputSize(): ImageSize {
    return this.size;
  }

  protected override transform(given: Tensor): Tensor {
    const images = this.floating(given);
    const [top, left] = sizeOf(images).map((extent, axis) => extent - (this.size[axis] ?? 1));
    if (top === undefined || left === undefined || top < 0 || left < 0)
      return resizedMiddle(images, this.size);
    return cut(images, [Math.floor(top / 2), Math.floor(left / 2)], this.size);
  }

  override getConfig(): JsonObject {
    const [height, width] = this.size;
    return { ...super.getConfig(), height, width };
  }

  static fromConfig(config: JsonObject): CenterCrop {
    return fromEntries(
      CenterCrop.className,
      config,
      (reader) => new CenterCrop(reader.integer('height'), reader.integer('width'), readImageLayer(reader)),
    );
  }
}

/** Makes a {@link CenterCrop} layer. */
export const centerCrop = (height: number, width: number, options?: ImageLayerOptions): CenterCrop =>
  new CenterCrop(height, width, options);
