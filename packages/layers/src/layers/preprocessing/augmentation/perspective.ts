/** Shows images in perspective at random. */
import type { ConfigReader, Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, affineTransform, concat, where, zerosLike } from '@hadal/core';
import { fromEntries, optional } from '../../../layer/options';
import { sizeOf } from '../image-layer';
import { column } from './affine';
import { Augmentation, type AugmentationOptions, readAugmentation } from './augmentation';
import { drawn, drawnWhether, type Factor, type Interval, rangeOf, readFactor } from './factor';

const INTERPOLATIONS = ['bilinear', 'nearest'] as const;

export interface RandomPerspectiveOptions extends AugmentationOptions {
  /** How far corners move, as a share of the image in [0, 1] (default 1: up to half of it). */
  readonly scale?: number;
  /** How pixels between pixels are made (default bilinear). */
  readonly interpolation?: (typeof INTERPOLATIONS)[number];
  /** The value beside the image (default 0). */
  readonly fillValue?: number;
}

/** By how much the corners of images move, each [batch, 1], as shares of the width or height. */
export interface CornerShifts {
  readonly right: Tensor;
  readonly bottom: Tensor;
  readonly across: Tensor;
  readonly down: Tensor;
}

/**
 * The transforms that show images with moved corners: the first stays, the one to its right moves along the upper edge,
 * the one below it along the left edge, and the last both ways.
 *
 * @returns [batch, 8], as `affineTransform` takes it
 */
export function perspective(images: Tensor, { right, bottom, across, down }: CornerShifts): Tensor {
  // An axis of one pixel has no extent that could be divided by, and none that shows.
  const [height, width] = sizeOf(images).map((extent) => Math.max(extent - 1, 1)) as [number, number];
  const moved = (shift: Tensor, extent: number): Tensor => shift.add(1).mul(extent);
  const [a, d] = [moved(right, width), moved(bottom, height)];
  const [p, q] = [moved(across, width), moved(down, height)];
  // With the first corner at the origin and two on the axes, the equations of a homography solve one by one.
  const tiltX = q.div(d).sub(1).div(p);
  const tiltY = p.div(a).sub(1).div(q);
  const none = zerosLike(a);
  const scaleX = tiltX.add(a.pow(-1)).mul(width);
  const scaleY = tiltY.add(d.pow(-1)).mul(height);
  return concat([scaleX, none, none, none, scaleY, none, tiltX, tiltY], 1);
}

/**
 * Shows images in perspective in training, each with a probability that is drawn from a range in [0, 1].
 *
 * @example
 * randomPerspective([0.5, 0.5], { scale: 0.4 }).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomPerspective extends Augmentation {
  static readonly className = 'RandomPerspective';
  readonly className = RandomPerspective.className;
  readonly factor: Interval;
  readonly scale: number;
  readonly interpolation: (typeof INTERPOLATIONS)[number];
  readonly fillValue: number;

  /** @throws {ArgumentError} when an option is out of range */
  constructor(factor: Factor = 1, options: RandomPerspectiveOptions = {}) {
    super('RandomPerspective', options);
    this.factor = rangeOf('RandomPerspective', 'factor', factor, [0, 1]);
    this.scale = options.scale ?? 1;
    this.interpolation = options.interpolation ?? 'bilinear';
    this.fillValue = options.fillValue ?? 0;
    if (!(this.scale >= 0 && this.scale <= 1)) {
      throw new ArgumentError('RandomPerspective', `scale is ${this.scale}; expected a number in [0, 1].`);
    }
    if (!INTERPOLATIONS.includes(this.interpolation)) {
      throw new ArgumentError(
        'RandomPerspective',
        `interpolation '${this.interpolation}' is unknown.`,
        `Use one of '${INTERPOLATIONS.join("', '")}'.`,
      );
    }
  }

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const { scale, interpolation: method, fillValue } = this;
    const isShown = drawnWhether(this.factor, images, generator);
    const shift = (): Tensor => drawn(column(images), [-scale / 2, scale / 2], images, generator);
    const shifts = { right: shift(), bottom: shift(), across: shift(), down: shift() };
    const shown = affineTransform(images, perspective(images, shifts), {
      method,
      fillMode: 'constant',
      fillValue,
    });
    return where(isShown, shown, images);
  }

  override getConfig(): JsonObject {
    const { factor, scale, interpolation, fillValue } = this;
    return { ...super.getConfig(), factor, scale, interpolation, fillValue };
  }

  static fromConfig(config: JsonObject): RandomPerspective {
    const number = (reader: ConfigReader, name: string): number | undefined =>
      optional(reader, name, (key) => reader.number(key));
    return fromEntries(
      RandomPerspective.className,
      config,
      (reader) =>
        new RandomPerspective(readFactor(reader, 'factor'), {
          ...readAugmentation(reader),
          scale: number(reader, 'scale'),
          interpolation: reader.choice('interpolation', INTERPOLATIONS, 'bilinear'),
          fillValue: number(reader, 'fillValue'),
        }),
    );
  }
}

/** Makes a {@link RandomPerspective} layer. */
export const randomPerspective = (factor?: Factor, options?: RandomPerspectiveOptions): RandomPerspective =>
  new RandomPerspective(factor, options);
