/** Brings images to one size. */
import type { ConfigReader, JsonObject, ResizeMethod, Tensor } from '@hadal/core';
import { ArgumentError, pad, resize } from '@hadal/core';
import { fromEntries, optional } from '../../layer/options';
import {
  aspectCrop,
  cut,
  ImageLayer,
  type ImageLayerOptions,
  type ImageSize,
  readImageLayer,
  requireImageSize,
  saturate,
  sizeOf,
} from './image-layer';

const FILL_MODES = ['constant'] as const;

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const;

export interface ResizingOptions extends ImageLayerOptions {
  /** How pixels between pixels are made (default bilinear). */
  readonly interpolation?: ResizeMethod;
  /** Cuts the middle out of images of another aspect ratio, instead of stretching them (default false). */
  readonly cropToAspectRatio?: boolean;
  /** Puts borders at both sides of images of another aspect ratio, instead of stretching them (default false). */
  readonly padToAspectRatio?: boolean;
  /** What borders are filled with; Keras has one way. */
  readonly fillMode?: 'constant';
  /** The value of borders (default 0). */
  readonly fillValue?: number;
  /** Averages over all pixels that become one when images shrink; not for nearest (default false). */
  readonly antialias?: boolean;
}

/**
 * Resizes images to [height, width], in training and in use.
 *
 * Input [batch, height, width, channels] or one image without the batch axis, of any dtype, which stays: whole numbers
 * are rounded.
 *
 * @example
 * resizing(2, 3).apply(zeros([1, 4, 4, 3])).shape; // [1, 2, 3, 3]
 */
export class Resizing extends ImageLayer {
  static readonly className = 'Resizing';
  readonly className = Resizing.className;
  /** [height, width] of what comes out. */
  readonly size: ImageSize;
  readonly interpolation: ResizeMethod;
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillValue: number;
  readonly antialias: boolean;

  constructor(height: number, width: number, options: ResizingOptions = {}) {
    super('Resizing', options);
    this.size = requireImageSize('Resizing', height, width);
    this.interpolation = options.interpolation ?? 'bilinear';
    this.cropToAspectRatio = options.cropToAspectRatio ?? false;
    this.padToAspectRatio = options.padToAspectRatio ?? false;
    this.fillValue = options.fillValue ?? 0;
    this.antialias = options.antialias ?? false;
    if (!INTERPOLATIONS.includes(this.interpolation)) {
      throw new ArgumentError(
        'Resizing',
        `interpolation '${this.interpolation}' is unknown.`,
        `Use one of '${INTERPOLATIONS.join("', '")}'.`,
      );
    }
    if (this.cropToAspectRatio && this.padToAspectRatio) {
      throw new ArgumentError(
        'Resizing',
        'cropToAspectRatio and padToAspectRatio exclude each other.',
        'Choose one: images are either cut or given borders.',
      );
    }
  }

  protected override get outputSize(): ImageSize {
    return this.size;
  }

  protected override transform(images: Tensor): Tensor {
    const method = this.interpolation;
    const antialias = this.antialias && method !== 'nearest';
    const resized = resize(this.#proportioned(images), [...this.size], { method, antialias });
    return saturate(resized, images.dtype);
  }

  /** Images with the aspect ratio of the result, where that is asked for. */
  #proportioned(images: Tensor): Tensor {
    const given = sizeOf(images);
    if (this.cropToAspectRatio) {
      const { start, size } = aspectCrop(given, this.size);
      return cut(images, start, size);
    }
    if (!this.padToAspectRatio) return images;
    const [height, width] = given;
    const border = (extent: number, other: number, to: number, toOther: number): number =>
      Math.trunc((Math.max(extent, Math.trunc((other * to) / toOther)) - extent) / 2);
    const rows = border(height, width, this.size[0], this.size[1]);
    const columns = border(width, height, this.size[1], this.size[0]);
    if (rows === 0 && columns === 0) return images;
    const widths = [0, rows, columns, 0].map((each) => [each, each] as const);
    return pad(images, widths, this.fillValue);
  }

  override getConfig(): JsonObject {
    const [height, width] = this.size;
    const { interpolation, cropToAspectRatio, padToAspectRatio, fillValue, antialias } = this;
    return {
      ...super.getConfig(),
      height,
      width,
      interpolation,
      cropToAspectRatio,
      padToAspectRatio,
      fillMode: 'constant',
      fillValue,
      antialias,
    };
  }

  static fromConfig(config: JsonObject): Resizing {
    const flag = (reader: ConfigReader, key: string): boolean => reader.boolean(key, false);
    return fromEntries(
      Resizing.className,
      config,
      (reader) =>
        new Resizing(reader.integer('height'), reader.integer('width'), {
          ...readImageLayer(reader),
          interpolation: reader.choice('interpolation', INTERPOLATIONS, 'bilinear'),
          cropToAspectRatio: flag(reader, 'cropToAspectRatio'),
          padToAspectRatio: flag(reader, 'padToAspectRatio'),
          fillMode: reader.choice('fillMode', FILL_MODES, 'constant'),
          fillValue: optional(reader, 'fillValue', (key) => reader.number(key)),
          antialias: flag(reader, 'antialias'),
        }),
    );
  }
}

/** Makes a {@link Resizing} layer. */
export const resizing = (height: number, width: number, options?: ResizingOptions): Resizing =>
  new Resizing(height, width, options);
