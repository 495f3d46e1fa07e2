/** Turns, zooms, shifts and shears images at random. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import { cos, sin } from '@hadal/core';
import { fromEntries } from '../../../layer/options';
import { sizeOf } from '../image-layer';
import {
  AffineAugmentation,
  type AffineAugmentationOptions,
  affineRows,
  column,
  drawnSign,
  readAffineAugmentation,
} from './affine';
import { drawn, type Factor, type Interval, rangeOf, readFactor } from './factor';

/**
 * Turns images about their middle in training, by a share of a full turn that is drawn from a range: 0.1 is up to 36
 * degrees in either direction, positive ones counterclockwise.
 *
 * @example
 * const model = sequential([randomRotation(0.1, { inputShape: [32, 32, 3] }), conv2d(16, 3), flatten(), dense(10)]);
 */
export class RandomRotation extends AffineAugmentation {
  static readonly className = 'RandomRotation';
  readonly className = RandomRotation.className;
  readonly factor: Interval;

  constructor(factor: Factor, options: AffineAugmentationOptions = {}) {
    super('RandomRotation', options);
    this.factor = rangeOf('RandomRotation', 'factor', factor, [-1, 1]);
  }

  override transforms(images: Tensor, generator: Generator | undefined): Tensor {
    const [y, x] = sizeOf(images).map((extent) => (extent - 1) / 2) as [number, number];
    const angle = drawn(column(images), this.factor, images, generator).mul(2 * Math.PI);
    const [cosine, sine] = [cos(angle), sin(angle)];
    const toX = cosine.mul(-x).add(sine.mul(y)).add(x);
    const toY = sine.mul(-x).sub(cosine.mul(y)).add(y);
    return affineRows(images, [cosine, sine.neg(), toX, sine, cosine, toY]);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), factor: this.factor };
  }

  static fromConfig(config: JsonObject): RandomRotation {
    return fromEntries(
      RandomRotation.className,
      config,
      (reader) => new RandomRotation(readFactor(reader, 'factor') ?? 0, readAffineAugmentation(reader)),
    );
  }
}

/** More than nothing is left of an image. */
const ZOOMS: Interval = [-1 + Number.EPSILON, 1];

/**
 * Makes what images show smaller or larger in training: by 1 + a number from a range, where 0.2 shows up to 20 % more of
 * the surroundings, and -0.2 the middle larger.
 *
 * @param heightFactor the range for the height, and for the width where `widthFactor` is not given: then both keep their
 *   proportion
 * @example
 * randomZoom([-0.3, -0.1]).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomZoom extends AffineAugmentation {
  static readonly className = 'RandomZoom';
  readonly className = RandomZoom.className;
  readonly heightFactor: Factor;
  readonly widthFactor: Factor | undefined;
  readonly #height: Interval;
  readonly #width: Interval | undefined;

  constructor(heightFactor: Factor, widthFactor?: Factor, options: AffineAugmentationOptions = {}) {
    super('RandomZoom', options);
    this.heightFactor = heightFactor;
    this.widthFactor = widthFactor;
    this.#height = rangeOf('RandomZoom', 'heightFactor', heightFactor, ZOOMS);
    this.#width =
      widthFactor === undefined ? undefined : rangeOf('RandomZoom', 'widthFactor', widthFactor, ZOOMS);
  }

  override transforms(images: Tensor, generator: Generator | undefined): Tensor {
    const [height, width] = sizeOf(images);
    const down = drawn(column(images), this.#height, images, generator).add(1);
    const across =
      this.#width === undefined ? down : drawn(column(images), this.#width, images, generator).add(1);
    const offset = (zoom: Tensor, extent: number): Tensor =>
      zoom
        .neg()
        .add(1)
        .mul((extent - 1) / 2);
    return affineRows(images, [across, 0, offset(across, width), 0, down, offset(down, height)]);
  }

  override getConfig(): JsonObject {
    const { heightFactor, widthFactor } = this;
    return { ...super.getConfig(), heightFactor, widthFactor: widthFactor ?? null };
  }

  static fromConfig(config: JsonObject): RandomZoom {
    return fromEntries(
      RandomZoom.className,
      config,
      (reader) =>
        new RandomZoom(
          readFactor(reader, 'heightFactor') ?? 0,
          readFactor(reader, 'widthFactor'),
          readAffineAugmentation(reader),
        ),
    );
  }
}

/**
 * Shifts images in training, by shares of their height and width that are drawn from ranges: positive ones down and to
 * the right.
 *
 * @example
 * randomTranslation(0.1, 0.1).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomTranslation extends AffineAugmentation {
  static readonly className = 'RandomTranslation';
  readonly className = RandomTranslation.className;
  readonly heightFactor: Factor;
  readonly widthFactor: Factor;
  readonly #height: Interval;
  readonly #width: Interval;

  constructor(heightFactor: Factor, widthFactor: Factor, options: AffineAugmentationOptions = {}) {
    super('RandomTranslation', options);
    this.heightFactor = heightFactor;
    this.widthFactor = widthFactor;
    this.#height = rangeOf('RandomTranslation', 'heightFactor', heightFactor, [-1, 1]);
    this.#width = rangeOf('RandomTranslation', 'widthFactor', widthFactor, [-1, 1]);
  }

  override transforms(images: Tensor, generator: Generator | undefined): Tensor {
    const [height, width] = sizeOf(images);
    const down = drawn(column(images), this.#height, images, generator).mul(-height);
    const across = drawn(column(images), this.#width, images, generator).mul(-width);
    return affineRows(images, [1, 0, across, 0, 1, down]);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), heightFactor: this.heightFactor, widthFactor: this.widthFactor };
  }

  static fromConfig(config: JsonObject): RandomTranslation {
    return fromEntries(
      RandomTranslation.className,
      config,
      (reader) =>
        new RandomTranslation(
          readFactor(reader, 'heightFactor') ?? 0,
          readFactor(reader, 'widthFactor') ?? 0,
          readAffineAugmentation(reader),
        ),
    );
  }
}

/**
 * Shears images in training: rows are shifted by a share of their height above the bottom, columns by a share of their
 * place; shares are drawn from ranges, and their common sign as well.
 *
 * @example
 * randomShear(0.2, 0.1).apply(zeros([1, 8, 8, 3])).shape; // [1, 8, 8, 3]
 */
export class RandomShear extends AffineAugmentation {
  static readonly className = 'RandomShear';
  readonly className = RandomShear.className;
  readonly xFactor: Interval;
  readonly yFactor: Interval;

  constructor(xFactor: Factor = 0, yFactor: Factor = 0, options: AffineAugmentationOptions = {}) {
    super('RandomShear', options);
    this.xFactor = rangeOf('RandomShear', 'xFactor', xFactor, [-1, 1]);
    this.yFactor = rangeOf('RandomShear', 'yFactor', yFactor, [-1, 1]);
  }

  override transforms(images: Tensor, generator: Generator | undefined): Tensor {
    const sign = drawnSign(images, generator);
    const y = drawn(column(images), this.yFactor, images, generator).mul(sign);
    const x = drawn(column(images), this.xFactor, images, generator).mul(sign);
    return affineRows(images, [1, x, 0, y, 1, 0]);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), xFactor: this.xFactor, yFactor: this.yFactor };
  }

  static fromConfig(config: JsonObject): RandomShear {
    return fromEntries(
      RandomShear.className,
      config,
      (reader) =>
        new RandomShear(
          readFactor(reader, 'xFactor'),
          readFactor(reader, 'yFactor'),
          readAffineAugmentation(reader),
        ),
    );
  }
}

/** Makes a {@link RandomRotation} layer. */
export const randomRotation = (factor: Factor, options?: AffineAugmentationOptions): RandomRotation =>
  new RandomRotation(factor, options);

/** Makes a {@link RandomZoom} layer. */
export const randomZoom = (
  heightFactor: Factor,
  widthFactor?: Factor,
  options?: AffineAugmentationOptions,
): RandomZoom => new RandomZoom(heightFactor, widthFactor, options);

/** Makes a {@link RandomTranslation} layer. */
export const randomTranslation = (
  heightFactor: Factor,
  widthFactor: Factor,
  options?: AffineAugmentationOptions,
): RandomTranslation => new RandomTranslation(heightFactor, widthFactor, options);

/** Makes a {@link RandomShear} layer. */
export const randomShear = (
  xFactor?: Factor,
  yFactor?: Factor,
  options?: AffineAugmentationOptions,
): RandomShear => new RandomShear(xFactor, yFactor, options);
