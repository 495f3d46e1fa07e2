/** Makes sequences, images and volumes larger by whole factors. */
import type { DataFormat, JsonObject, PerAxis, Tensor } from '@hadal/core';
import { moveAxis, resize, upSampling } from '@hadal/core';
import { imageExtents, imageShape, readDataFormat, requireDataFormat } from '../../layer/data-format';
import { Layer, type LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { perSpatialAxis, readPerAxis, requireImages } from '../convolution/windows';

export interface UpSamplingOptions extends LayerOptions {
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic'] as const;

export interface UpSampling2DOptions extends UpSamplingOptions {
  /** How pixels between pixels are made (default nearest: pixels are repeated). */
  readonly interpolation?: (typeof INTERPOLATIONS)[number];
}

abstract class UpSampling extends Layer {
  /** How often each row, column or step is repeated. */
  readonly size: readonly number[];
  readonly dataFormat: DataFormat;

  constructor(
    where: string,
    /** How many axes are enlarged. */
    readonly spatial: number,
    size: PerAxis,
    options: UpSamplingOptions,
  ) {
    super(options);
    this.size = perSpatialAxis(where, 'size', size, spatial);
    this.dataFormat = requireDataFormat(where, options.dataFormat);
  }

  /** The larger images, channels last. */
  protected enlarge(images: Tensor): Tensor {
    return upSampling(images, this.size);
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    requireImages(this.className, inputs.shape, this.spatial, this.dataFormat);
    if (this.dataFormat === 'channelsLast') return this.enlarge(inputs);
    return moveAxis(this.enlarge(moveAxis(inputs, 1, -1)), -1, 1);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    requireImages(this.className, inputShape, this.spatial, this.dataFormat);
    const images = imageExtents(inputShape, this.dataFormat);
    const spatial = images.spatial.map((extent, axis) =>
      extent === null ? null : extent * (this.size[axis] ?? 1),
    );
    return imageShape({ ...images, spatial }, this.dataFormat);
  }
}

/**
 * Repeats every step: [batch, steps, channels] → [batch, steps · size, channels].
 *
 * @example
 * upSampling1d(2).apply(zeros([2, 5, 3])).shape; // [2, 10, 3]
 */
export class UpSampling1D extends UpSampling {
  static readonly className = 'UpSampling1D';
  readonly className = UpSampling1D.className;

  constructor(size: PerAxis = 2, options: LayerOptions = {}) {
    super('UpSampling1D', 1, size, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), size: this.size[0] ?? 1 };
  }

  static fromConfig(config: JsonObject): UpSampling1D {
    return fromEntries(
      UpSampling1D.className,
      config,
      (reader) => new UpSampling1D(readPerAxis(reader, 'size'), readLayerOptions(reader)),
    );
  }
}

/**
 * Makes images larger: [batch, height, width, channels] → [batch, height · size, width · size, channels].
 *
 * @example
 * upSampling2d([2, 3], { interpolation: 'bilinear' }).apply(zeros([1, 4, 4, 8])).shape; // [1, 8, 12, 8]
 */
export class UpSampling2D extends UpSampling {
  static readonly className = 'UpSampling2D';
  readonly className = UpSampling2D.className;
  readonly interpolation: (typeof INTERPOLATIONS)[number];

  constructor(size: PerAxis = 2, options: UpSampling2DOptions = {}) {
    super('UpSampling2D', 2, size, options);
    this.interpolation = options.interpolation ?? 'nearest';
  }

  protected override enlarge(images: Tensor): Tensor {
    if (this.interpolation === 'nearest') return super.enlarge(images);
    const [height = 1, width = 1] = images.shape.slice(1, 3);
    const [rows = 1, columns = 1] = this.size;
    return resize(images, [height * rows, width * columns], { method: this.interpolation });
  }

  override getConfig(): JsonObject {
    const { size, dataFormat, interpolation } = this;
    return { ...super.getConfig(), size, dataFormat, interpolation };
  }

  static fromConfig(config: JsonObject): UpSampling2D {
    return fromEntries(
      UpSampling2D.className,
      config,
      (reader) =>
        new UpSampling2D(readPerAxis(reader, 'size'), {
          ...readLayerOptions(reader),
          dataFormat: readDataFormat(reader),
          interpolation: reader.choice('interpolation', INTERPOLATIONS, 'nearest'),
        }),
    );
  }
}

/** Repeats every voxel: [batch, depth, height, width, channels] → [batch, depth · size, …, channels]. */
export class UpSampling3D extends UpSampling {
  static readonly className = 'UpSampling3D';
  readonly className = UpSampling3D.className;

  constructor(size: PerAxis = 2, options: UpSamplingOptions = {}) {
    super('UpSampling3D', 3, size, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), size: this.size, dataFormat: this.dataFormat };
  }

  static fromConfig(config: JsonObject): UpSampling3D {
    return fromEntries(
      UpSampling3D.className,
      config,
      (reader) =>
        new UpSampling3D(readPerAxis(reader, 'size'), {
          ...readLayerOptions(reader),
          dataFormat: readDataFormat(reader),
        }),
    );
  }
}

/** Makes an {@link UpSampling1D} layer. */
export const upSampling1d = (size?: PerAxis, options?: LayerOptions): UpSampling1D =>
  new UpSampling1D(size, options);

/** Makes an {@link UpSampling2D} layer. */
export const upSampling2d = (size?: PerAxis, options?: UpSampling2DOptions): UpSampling2D =>
  new UpSampling2D(size, options);

/** Makes an {@link UpSampling3D} layer. */
export const upSampling3d = (size?: PerAxis, options?: UpSamplingOptions): UpSampling3D =>
  new UpSampling3D(size, options);
