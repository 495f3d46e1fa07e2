/** Augmentation that reads images at moved points: what turning, zooming, shifting and shearing share. */
import type { ConfigReader, Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, affineTransform, concat, full, where } from '@hadal/core';
import { optional } from '../../../layer/options';
import { Augmentation, type AugmentationOptions, readAugmentation } from './augmentation';
import { drawn } from './factor';

const FILL_MODES = ['reflect', 'wrap', 'constant', 'nearest'] as const;
const INTERPOLATIONS = ['bilinear', 'nearest'] as const;

export interface AffineAugmentationOptions extends AugmentationOptions {
  /** What is seen beside the image (default reflect: the image mirrored at its edge). */
  readonly fillMode?: (typeof FILL_MODES)[number];
  /** How pixels between pixels are made (default bilinear). */
  readonly interpolation?: (typeof INTERPOLATIONS)[number];
  /** The value of `fillMode: 'constant'` (default 0). */
  readonly fillValue?: number;
}

function requireOneOf<T extends string>(where: string, name: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw new ArgumentError(where, `${name} '${value}' is unknown.`, `Use one of '${known.join("', '")}'.`);
}

export abstract class AffineAugmentation extends Augmentation {
  readonly fillMode: (typeof FILL_MODES)[number];
  readonly interpolation: (typeof INTERPOLATIONS)[number];
  readonly fillValue: number;

  constructor(name: string, options: AffineAugmentationOptions) {
    super(name, options);
    this.fillMode = requireOneOf(name, 'fillMode', options.fillMode ?? 'reflect', FILL_MODES);
    this.interpolation = requireOneOf(
      name,
      'interpolation',
      options.interpolation ?? 'bilinear',
      INTERPOLATIONS,
    );
    this.fillValue = options.fillValue ?? 0;
  }

  /** Where each image is read, [batch, 8], as `affineTransform` takes it. */
  abstract transforms(images: Tensor, generator: Generator | undefined): Tensor;

  override augment(images: Tensor, generator: Generator | undefined): Tensor {
    const { interpolation: method, fillMode, fillValue } = this;
    return affineTransform(images, this.transforms(images, generator), { method, fillMode, fillValue });
  }

  override getConfig(): JsonObject {
    const { fillMode, interpolation, fillValue } = this;
    return { ...super.getConfig(), fillMode, interpolation, fillValue };
  }
}

/** The options that `getConfig` wrote. */
export const readAffineAugmentation = (reader: ConfigReader): AffineAugmentationOptions => ({
  ...readAugmentation(reader),
  fillMode: reader.choice('fillMode', FILL_MODES, 'reflect'),
  interpolation: reader.choice('interpolation', INTERPOLATIONS, 'bilinear'),
  fillValue: optional(reader, 'fillValue', (key) => reader.number(key)),
});

/** The shape of one number for each image, as a column. */
export const column = (images: Tensor): readonly number[] => [images.shape[0] ?? 1, 1];

/** Transforms by their six numbers, each a column or the same for all images; nothing is projected. */
export function affineRows(images: Tensor, terms: readonly (Tensor | number)[]): Tensor {
  const columns = [...terms, 0, 0].map((term) =>
    typeof term === 'number' ? full(column(images), term, { dtype: images.dtype }) : term,
  );
  return concat(columns, 1);
}

/** 1 or -1 for each image, as a column. */
export const drawnSign = (images: Tensor, generator: Generator | undefined): Tensor =>
  where(drawn(column(images), [0, 1], images, generator).greater(0.5), -1, 1).cast(images.dtype);
