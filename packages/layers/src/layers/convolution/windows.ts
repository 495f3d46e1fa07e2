/** How windows slide over images, as an option of layers: sizes, steps and padding for any number of spatial axes. */
import type { ConfigReader, DataFormat, PerAxis } from '@hadal/core';
import { ArgumentError, ShapeError } from '@hadal/core';
import { type ImageExtents, imageExtents, imageMeaning } from '../../layer/data-format';
import { optional, readAxes } from '../../layer/options';
import { requirePositiveInteger, windowedExtent } from '../../layer/rules';
import { formatLayerShape, type LayerShape, requireRank } from '../../layer/shape';

export const WINDOW_PADDINGS = ['valid', 'same', 'causal'] as const;

/**
 * `valid` adds nothing; `same` adds zeros so that the output has ⌈extent / stride⌉ positions; `causal` puts all of them
 * in front of a sequence, so that no step sees a later one.
 */
export type WindowPadding = (typeof WINDOW_PADDINGS)[number];

/** Whole numbers of at least 1, one for each spatial axis. */
export function perSpatialAxis(
  where: string,
  name: string,
  value: PerAxis,
  spatial: number,
): readonly number[] {
  const list = typeof value === 'number' ? Array.from({ length: spatial }, () => value) : value;
  if (list.length === spatial) return list.map((each) => requirePositiveInteger(where, name, each));
  throw new ArgumentError(
    where,
    `${name} is [${list}]; expected ${spatial === 1 ? 'one number' : `${spatial} numbers`}, or one for all axes.`,
  );
}

/** A number for all spatial axes or one for each, where it was saved. */
export const readPerAxis = (reader: ConfigReader, key: string): PerAxis | undefined =>
  optional(reader, key, (entry) => readAxes(reader, entry));

/** Checks padding that plain JavaScript may have misspelt; only sequences have a direction. */
export function requireWindowPadding(where: string, padding: WindowPadding, spatial: number): WindowPadding {
  const known = spatial === 1 ? WINDOW_PADDINGS : WINDOW_PADDINGS.slice(0, 2);
  if (known.includes(padding)) return padding;
  throw new ArgumentError(where, `unknown padding '${padding}'; expected '${known.join("' or '")}'.`);
}

/** A window and how it slides. */
export interface Windows {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: WindowPadding;
  readonly dilation: readonly number[];
  readonly dataFormat: DataFormat;
}

/** Checks the rank of images and takes their shape apart. */
export function requireImages(
  where: string,
  shape: LayerShape,
  spatial: number,
  format: DataFormat,
): ImageExtents {
  requireRank(where, shape, spatial + 2, imageMeaning(spatial, format));
  return imageExtents(shape, format);
}

/** The extents after a window has slid over images. */
export function windowedExtents(
  where: string,
  inputShape: LayerShape,
  { size, strides, padding, dilation, dataFormat }: Windows,
): ImageExtents {
  const images = requireImages(where, inputShape, size.length, dataFormat);
  const spatial = images.spatial.map((extent, axis) =>
    windowedExtent(
      extent,
      size[axis] ?? 1,
      strides[axis] ?? 1,
      padding === 'valid' ? 'valid' : 'same',
      dilation[axis] ?? 1,
    ),
  );
  if (spatial.every((extent) => extent === null || extent >= 1)) return { ...images, spatial };
  throw new ShapeError(
    where,
    `a window of ${size.join(' × ')} is larger than the input ${formatLayerShape(inputShape)}.`,
    "Use a smaller window, or padding: 'same'.",
  );
}
