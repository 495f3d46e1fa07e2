/** Mirrors images at random. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, flip, where } from '@hadal/core';
import { fromEntries } from '../../../layer/options';
import { Augmentation, type AugmentationOptions, readAugmentation } from './augmentation';
import { drawn, oneEach } from './factor';

const MODES = ['horizontalAndVertical', 'horizontal', 'vertical'] as const;

/** Which sides may change places. */
export type FlipMode = (typeof MODES)[number];

/** The same with Keras' spelling. */
export type FlipModeName = FlipMode | 'horizontal_and_vertical';

/**
 * Mirrors every second image in training, chosen at random: left and right, top and bottom, or both at once.
 *
 * @example
 * const model = sequential([randomFlip('horizontal', { inputShape: [32, 32, 3] }), conv2d(16, 3), flatten(), dense(10)]);
 */
export class RandomFlip extends Augmentation {
  static readonly className = 'RandomFlip';
  readonly className = RandomFlip.className;
  /** Along which axes images are flipped. */
  readonly mode: FlipMode;

  constructor(mode: FlipModeName = 'horizontalAndVertical', options: AugmentationOptions = {}) {
    super('RandomFlip', options);
    const found = MODES.find((known) => known === (mode === 'horizontal_and_vertical' ? MODES[0] : mode));
    if (found === undefined) {
      throw new ArgumentError(
        'RandomFlip',
        `mode '${mode}' is unknown.`,
        `Use one of '${MODES.join("', '")}'.`,
      );
    }
    this.mode = found;
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const isFlipped = drawn(oneEach(images), [0, 1], images, generator).lessEqual(0.5);
    const axes = [...(this.mode === 'vertical' ? [] : [2]), ...(this.mode === 'horizontal' ? [] : [1])];
    return where(isFlipped, flip(images, axes), images);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), mode: this.mode };
  }

  static fromConfig(config: JsonObject): RandomFlip {
    return fromEntries(
      RandomFlip.className,
      config,
      (reader) => new RandomFlip(reader.choice('mode', MODES, MODES[0]), readAugmentation(reader)),
    );
  }
}

/** Makes a {@link RandomFlip} layer. */
export const randomFlip = (mode?: FlipModeName, options?: AugmentationOptions): RandomFlip =>
  new RandomFlip(mode, options);
