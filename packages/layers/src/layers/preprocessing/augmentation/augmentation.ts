/**
 * What image augmentation shares: random changes in training, none in use. Numbers are drawn and images changed on the
 * device, also inside compiled programs; with a seed a layer has a generator of its own, whose state checkpoints keep.
 */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { clip, Generator } from '@hadal/core';
import type { CallContext } from '../../../layer/context';
import { optional } from '../../../layer/options';
import { ImageLayer, type ImageLayerOptions, readImageLayer } from '../image-layer';
import { type Interval, readValueRange, requireValueRange } from './factor';

export interface AugmentationOptions extends ImageLayerOptions {
  /** Gives the layer random numbers of its own; without it they come from the default generator that `setSeed` seeds. */
  readonly seed?: number;
}

export abstract class Augmentation extends ImageLayer {
  readonly seed: number | undefined;
  readonly #generator: Generator | undefined;

  constructor(where: string, options: AugmentationOptions) {
    super(where, options);
    this.seed = options.seed;
    this.#generator = options.seed === undefined ? undefined : new Generator(options.seed);
  }

  /**
   * Changes images as in training.
   *
   * @param images    [batch, height, width, channels], floating point
   * @param generator where random numbers come from; undefined for the default one
   */
  abstract augment(images: Tensor, generator: Generator | undefined): Tensor;

  /** What becomes of images in use. */
  protected keep(images: Tensor): Tensor {
    return images;
  }

  protected override transform(images: Tensor, { training }: CallContext): Tensor {
    const floating = this.floating(images);
    return training ? this.augment(floating, this.#generator) : this.keep(floating);
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), seed: this.seed ?? null };
  }
}

/** The options that `getConfig` wrote. */
export const readAugmentation = (reader: ConfigReader): AugmentationOptions => ({
  ...readImageLayer(reader),
  seed: optional(reader, 'seed', (key) => reader.integer(key)),
});

export interface PixelOptions extends AugmentationOptions {
  /** The least and the greatest that pixels can be (default [0, 255]). */
  readonly valueRange?: Interval;
}

/** Augmentation of the values of pixels. */
export abstract class PixelAugmentation extends Augmentation {
  readonly valueRange: Interval;

  constructor(where: string, options: PixelOptions) {
    super(where, options);
    this.valueRange = requireValueRange(where, options.valueRange);
  }

  /** Pixels kept within what they can be. */
  protected clipped(images: Tensor): Tensor {
    return clip(images, ...this.valueRange);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), valueRange: this.valueRange };
  }
}

/** The options that `getConfig` wrote. */
export const readPixelOptions = (reader: ConfigReader): PixelOptions => ({
  ...readAugmentation(reader),
  valueRange: readValueRange(reader),
});
