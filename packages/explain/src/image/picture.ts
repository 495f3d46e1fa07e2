/**
 * Pictures: bytes with a width and a height, made from what models take, and written as PNG.
 */
import { ArgumentError, type HostArray, ShapeError } from '@hadal/core';
import { encode } from 'fast-png';

/** Eight bits a channel, row-major, red, green and blue interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 3 · width · height bytes. */
  readonly data: Uint8Array;
}

export interface PictureOptions {
  /** The values that are black and full brightness. Default [0, 1] for floats, [0, 255] for uint8. */
  readonly range?: readonly [black: number, white: number];
}

/**
 * Makes a picture of an image as a model takes it.
 *
 * @param image shape [height, width], [height, width, 1] (grey) or [height, width, 3] (colour); any dtype
 * @throws {ShapeError} for another shape
 * @throws {ArgumentError} when the range is empty
 * @example
 * const grey = toPicture({ data: Float32Array.of(0, 1), shape: [1, 2], dtype: 'float32' });
 * grey.data; // Uint8Array [0, 0, 0, 255, 255, 255]
 */
export function toPicture(image: HostArray, options: PictureOptions = {}): Picture {
  const { height, width, channels } = imageExtents('toPicture', image.shape);
  if (channels !== 1 && channels !== 3) {
    throw new ShapeError(
      'toPicture',
      `the image has ${channels} channels, shape [${image.shape.join(', ')}].`,
      'Expected [height, width], [height, width, 1] or [height, width, 3].',
    );
  }
  const [black, white] = options.range ?? (image.dtype === 'uint8' ? [0, 255] : [0, 1]);
  if (!(white > black)) {
    throw new ArgumentError(
      'toPicture',
      `the range [${black}, ${white}] is empty; expected [black, white] with black < white.`,
    );
  }
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let color = 0; color < 3; color++) {
      const value = image.data[channels === 1 ? pixel : pixel * 3 + color]!;
      data[pixel * 3 + color] = Math.round(255 * Math.min(1, Math.max(0, (value - black) / (white - black))));
    }
  }
  return { width, height, data };
}

/** Reads the extents of an image or a heat map; a missing channel axis counts as one channel. */
export function imageExtents(
  where: string,
  shape: readonly number[],
): { readonly height: number; readonly width: number; readonly channels: number } {
  const [height, width, channels = 1] = shape;
  if (height === undefined || width === undefined || shape.length > 3 || height * width * channels === 0) {
    throw new ShapeError(
      where,
      `an image of shape [${shape.join(', ')}] was given.`,
      'Expected [height, width] or [height, width, channels] of one image; take one out of a batch with sampleOf(batch, index).',
    );
  }
  return { height, width, channels };
}

/**
 * Enlarges by a whole factor, every pixel becoming a square: small images stay as crisp as the model sees them.
 *
 * @throws {ArgumentError} when `factor` is not a positive integer
 */
export function enlarge(picture: Picture, factor: number): Picture {
  if (!Number.isInteger(factor) || factor < 1) {
    throw new ArgumentError('enlarge', `the factor is ${factor}; expected an integer from 1.`);
  }
  const width = picture.width * factor;
  const height = picture.height * factor;
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / factor) * picture.width;
    for (let x = 0; x < width; x++) {
      const from = 3 * (row + Math.floor(x / factor));
      data.set(picture.data.subarray(from, from + 3), 3 * (y * width + x));
    }
  }
  return { width, height, data };
}

/** The picture as the bytes of a PNG file. */
export function encodePng({ width, height, data }: Picture): Uint8Array {
  return encode({ width, height, data, channels: 3, depth: 8 });
}
