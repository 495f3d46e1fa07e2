/**
 * Images of pages as arrays and back: what canvases, videos and pictures show, and what `ImageData` holds.
 *
 * Pixels are read by drawing into a canvas, the one way that all sources have in common. Alpha is not premultiplied.
 */
import { ArgumentError, DataError, type HostArray, isFloat, ShapeError, type Tensor } from '@hadal/core';

/** Something of a page that shows an image, or its pixels. */
export type PixelSource =
  | ImageData
  | ImageBitmap
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLImageElement
  | HTMLVideoElement
  | VideoFrame;

/** How to read pixels. */
export interface FromPixelsOptions {
  /** 1 (grey), 3 (red, green, blue; default) or 4 (with alpha). */
  readonly channels?: 1 | 3 | 4;
  /** Bytes 0–255 (default), or numbers from 0 to 1. */
  readonly dtype?: 'uint8' | 'float32';
  /** Stretches the image to this size, smoothly, while it is read. */
  readonly size?: readonly [height: number, width: number];
}

/** A canvas to draw on. */
export type PixelTarget = HTMLCanvasElement | OffscreenCanvas;

const FROM = 'fromPixels';
const TO = 'toPixels';

/** How bright the eye finds red, green and blue, of 1 together. Source: ITU-R BT.601. */
const BRIGHTNESS = [0.299, 0.587, 0.114] as const;

const isPixels = (source: PixelSource): source is ImageData =>
  typeof ImageData !== 'undefined' && source instanceof ImageData;

/**
 * Reads an image of a page, synchronously.
 *
 * @param source  a canvas, `OffscreenCanvas`, video, picture, `ImageBitmap`, `VideoFrame` or `ImageData`
 * @param options channels, dtype, size
 * @returns shape [height, width, channels]; give it a batch axis with `tensor(...).expandDims(0)`
 * @throws {DataError} when there is no image yet, or it comes from another origin that does not let pages read it
 * @throws {ArgumentError} when an option is none of those that there are
 * @example
 * const image = fromPixels(document.querySelector('canvas')!, { channels: 1, dtype: 'float32', size: [28, 28] });
 * const scores = await model.predict({ ...image, shape: [1, 28, 28, 1] });
 */
export function fromPixels(source: PixelSource, options: FromPixelsOptions = {}): HostArray {
  const { channels = 3, dtype = 'uint8', size } = options;
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new ArgumentError(FROM, `channels is ${channels}; expected 1, 3 or 4.`);
  if (dtype !== 'uint8' && dtype !== 'float32')
    throw new ArgumentError(FROM, `dtype is ${dtype}; expected 'uint8' or 'float32'.`);
  if (size !== undefined && !(size.length === 2 && size.every((each) => Number.isInteger(each) && each > 0)))
    throw new ArgumentError(FROM, `size is [${size.join(', ')}]; expected [height, width] in whole pixels.`);
  const { data: pixels, width, height } = pixelsOf(source, size);
  const count = width * height;
  const data = dtype === 'uint8' ? new Uint8Array(count * channels) : new Float32Array(count * channels);
  const scale = dtype === 'uint8' ? 1 : 1 / 255;
  for (let pixel = 0; pixel < count; pixel++) {
    const from = pixel * 4;
    if (channels === 1) {
      const [red, green, blue] = BRIGHTNESS;
      const grey = red * pixels[from]! + green * pixels[from + 1]! + blue * pixels[from + 2]!;
      data[pixel] = dtype === 'uint8' ? Math.round(grey) : grey * scale;
      continue;
    }
    for (let channel = 0; channel < channels; channel++)
      data[pixel * channels + channel] = pixels[from + channel]! * scale;
  }
  return { data, shape: [height, width, channels], dtype };
}

/** The pixels of a source, at its own size or stretched. */
function pixelsOf(source: PixelSource, size: FromPixelsOptions['size']): ImageData {
  const [ownHeight, ownWidth] = extentsOf(source);
  const [height, width] = size ?? [ownHeight, ownWidth];
  if (isPixels(source) && height === ownHeight && width === ownWidth) return source;
  const context = contextOf(FROM, new OffscreenCanvas(width, height));
  if (isPixels(source)) {
    const whole = new OffscreenCanvas(ownWidth, ownHeight);
    contextOf(FROM, whole).putImageData(source, 0, 0);
    context.drawImage(whole, 0, 0, width, height);
  } else context.drawImage(source, 0, 0, width, height);
  try {
    return context.getImageData(0, 0, width, height);
  } catch (error) {
    throw new DataError(
      FROM,
      `the pixels may not be read: ${error instanceof Error ? error.message : String(error)}`,
      'The image comes from another origin: load it with crossOrigin = "anonymous", from a server that allows that.',
    );
  }
}

/** Height and width of what a source shows now. */
function extentsOf(source: PixelSource): readonly [height: number, width: number] {
  const extents =
    'videoWidth' in source
      ? ([source.videoHeight, source.videoWidth] as const)
      : 'naturalWidth' in source
        ? ([source.naturalHeight, source.naturalWidth] as const)
        : 'displayWidth' in source
          ? ([source.displayHeight, source.displayWidth] as const)
          : ([source.height, source.width] as const);
  if (extents[0] > 0 && extents[1] > 0) return extents;
  throw new DataError(
    FROM,
    `there is no image yet: it has ${extents[0]} × ${extents[1]} pixels.`,
    "Wait for a picture's decode(), and for 'loadeddata' of a video; a canvas needs a size, a bitmap must not be closed.",
  );
}

function contextOf(
  where: string,
  canvas: PixelTarget,
): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: where === FROM });
  // An OffscreenCanvas and an element have overloads of their own, which only differ in what they take.
  if (context instanceof OffscreenCanvasRenderingContext2D) return context;
  if (typeof CanvasRenderingContext2D !== 'undefined' && context instanceof CanvasRenderingContext2D)
    return context;
  throw new ArgumentError(
    where,
    'the canvas has a context of another kind already.',
    'Take a canvas that was not used for WebGL or WebGPU.',
  );
}

/** A value as a byte before rounding and clipping, which a clamped array does. */
function byteOf(value: number, white: number, at: number): number {
  if (!Number.isNaN(value)) return (value / white) * 255;
  throw new DataError(TO, `element ${at} is NaN; expected numbers from 0 to ${white}.`);
}

/**
 * Makes pixels of an image and draws them, where a canvas is given, which takes the size of the image.
 *
 * @param image  shape [height, width], [height, width, 1], [height, width, 3] or [height, width, 4]; uint8 and integers
 *               from 0 to 255, floats from 0 to 1; values outside are clipped
 * @param canvas to draw on
 * @returns the pixels
 * @throws {ShapeError} for another shape
 * @throws {DataError} when a value is NaN
 * @throws {ArgumentError} when the canvas is used for something else
 * @example
 * await toPixels(image, document.querySelector('canvas')!);
 */
export async function toPixels(image: HostArray | Tensor, canvas?: PixelTarget): Promise<ImageData> {
  const [height, width, channels = 1] = image.shape;
  const isImage = image.shape.length >= 2 && image.shape.length <= 3 && [1, 3, 4].includes(channels);
  if (!isImage || height === undefined || width === undefined || height * width === 0) {
    throw new ShapeError(
      TO,
      `an image of shape [${image.shape.join(', ')}] was given.`,
      'Expected [height, width] or [height, width, channels] of one image, with 1, 3 or 4 channels.',
    );
  }
  const data = typeof image.data === 'function' ? await image.data() : image.data;
  const white = isFloat(image.dtype) ? 1 : 255;
  const pixels = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * channels + (channels === 1 ? 0 : channel);
      pixels.data[pixel * 4 + channel] = byteOf(data[at]!, white, at);
    }
    const alpha = pixel * channels + 3;
    pixels.data[pixel * 4 + 3] = channels === 4 ? byteOf(data[alpha]!, white, alpha) : 255;
  }
  if (canvas !== undefined) {
    canvas.width = width;
    canvas.height = height;
    contextOf(TO, canvas).putImageData(pixels, 0, 0);
  }
  return pixels;
}
