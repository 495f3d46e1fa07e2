/** Where images have their channels, as an option of layers. */
import type { ConfigReader, DataFormat } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { LayerShape } from './shape';

export const DATA_FORMATS = ['channelsLast', 'channelsFirst'] as const;

/** The format, which is channelsLast where none is given; plain JavaScript may have misspelt it. */
export function requireDataFormat(where: string, format: DataFormat = 'channelsLast'): DataFormat {
  if (DATA_FORMATS.includes(format)) return format;
  throw new ArgumentError(
    where,
    `dataFormat '${String(format)}' is unknown.`,
    "Use 'channelsLast' or 'channelsFirst'.",
  );
}

/** A saved format. */
export const readDataFormat = (reader: ConfigReader): DataFormat =>
  reader.choice('dataFormat', DATA_FORMATS, 'channelsLast');

/** The extents of images, by what they mean. */
export interface ImageExtents {
  readonly batch: number | null;
  readonly spatial: LayerShape;
  readonly channels: number | null;
}

/** Takes a shape of images apart. */
export function imageExtents(shape: LayerShape, format: DataFormat): ImageExtents {
  const [batch = null, ...rest] = shape;
  return format === 'channelsFirst'
    ? { batch, spatial: rest.slice(1), channels: rest[0] ?? null }
    : { batch, spatial: rest.slice(0, -1), channels: rest.at(-1) ?? null };
}

/** Puts a shape of images together. */
export const imageShape = ({ batch, spatial, channels }: ImageExtents, format: DataFormat): LayerShape =>
  format === 'channelsFirst' ? [batch, channels, ...spatial] : [batch, ...spatial, channels];

/** What images of a number of spatial axes look like, for messages. */
export function imageMeaning(spatial: number, format: DataFormat): string {
  const axes = ['steps', 'height, width', 'depth, height, width'][spatial - 1] ?? '…spatial';
  return format === 'channelsFirst' ? `[batch, channels, ${axes}]` : `[batch, ${axes}, channels]`;
}
